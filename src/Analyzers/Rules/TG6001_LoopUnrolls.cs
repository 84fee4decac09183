using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds C# loops in a graph function that certainly record more nodes than the limit at which a trace warns: the number of iterations is a constant,
/// and each records at least the ops that no condition skips.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG6001_LoopUnrolls : DiagnosticAnalyzer
{
    // That of TENSORGRAPH_UNROLL, which is not known while a project is built.
    private const long Limit = 1000;

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.LoopUnrolls, Rules.LoopUnrollsInHelper];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.ForStatement, SyntaxKind.ForEachStatement);
        context.RegisterGraphFunctionsAction(AnalyzeHelpers);
    }

    private static void AnalyzeHelpers(CompilationAnalysisContext context, IReadOnlyList<IMethodSymbol> functions)
    {
        var calls = CallGraph.Of(context.Compilation);
        foreach (Helper helper in calls.HelpersOf(functions).Where(h => h.Declaration is MethodDeclarationSyntax))
        {
            SemanticModel model = calls.Model(helper.Declaration.SyntaxTree);
            foreach (StatementSyntax loop in Staging.InSameFunction(helper.Declaration).OfType<StatementSyntax>().Where(IsOuterLoop))
            {
                long nodes = NodesOf(loop, model);
                if (nodes > Limit)
                {
                    context.ReportDiagnostic(
                        Diagnostic.Create(Rules.LoopUnrollsInHelper, loop.GetFirstToken().GetLocation(), helper.Function.Name, nodes));
                }
            }
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var loop = (StatementSyntax)context.Node;
        if (!IsOuterLoop(loop) || !context.IsInGraphFunction()
            || loop.Ancestors().Any(n => n is AnonymousFunctionExpressionSyntax))
            return;
        long nodes = NodesOf(loop, context.SemanticModel);
        if (nodes > Limit)
            context.ReportDiagnostic(Diagnostic.Create(Rules.LoopUnrolls, loop.GetFirstToken().GetLocation(),
                loop.FirstAncestorOrSelf<MethodDeclarationSyntax>()!.Identifier.Text, nodes));
    }

    // A loop inside another one counts with it.
    private static bool IsOuterLoop(SyntaxNode node) =>
        node is ForStatementSyntax or ForEachStatementSyntax && !node.Ancestors().TakeWhile(n => !Staging.IsFunction(n)).Any(IsLoop);

    private static bool IsLoop(SyntaxNode node) =>
        node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax;

    private static long NodesOf(StatementSyntax loop, SemanticModel model) =>
        !Staging.IsStagedStatement(loop, model) && Iterations(loop, model) is { } iterations and > 0 && !Leaves(Staging.BodyOf(loop))
            ? iterations * NodesIn(Staging.BodyOf(loop), model)
            : 0;

    // The least that one run of some code records: nothing where a condition may skip it.
    private static long NodesIn(SyntaxNode code, SemanticModel model)
    {
        switch (code)
        {
            case IfStatementSyntax or SwitchStatementSyntax or TryStatementSyntax or WhileStatementSyntax or DoStatementSyntax
                or ConditionalExpressionSyntax or SwitchExpressionSyntax:
            case var function when Staging.IsFunction(function):
                return 0;
            case ForStatementSyntax or CommonForEachStatementSyntax:
                return NodesOf((StatementSyntax)code, model);
        }
        long nodes = Records(code, model) ? 1 : 0;
        foreach (SyntaxNode inner in code.ChildNodes())
            nodes = Math.Min(nodes + NodesIn(inner, model), int.MaxValue);
        return nodes;
    }

    private static bool Records(SyntaxNode node, SemanticModel model) => node switch
    {
        BinaryExpressionSyntax binary => !binary.IsKind(SyntaxKind.CoalesceExpression) && !binary.IsKind(SyntaxKind.AsExpression)
            && Staging.IsTensor(binary, model),
        AssignmentExpressionSyntax change => !change.IsKind(SyntaxKind.SimpleAssignmentExpression)
            && !change.IsKind(SyntaxKind.CoalesceAssignmentExpression) && Staging.IsTensor(change, model),
        _ => false,
    };

    private static bool Leaves(SyntaxNode body) =>
        body.DescendantNodes().Any(n => n is BreakStatementSyntax or ReturnStatementSyntax or GotoStatementSyntax or ContinueStatementSyntax
            or ThrowStatementSyntax or ThrowExpressionSyntax or YieldStatementSyntax);

    private static long? Iterations(StatementSyntax loop, SemanticModel model)
    {
        switch (loop)
        {
            case ForEachStatementSyntax { Expression: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } arguments } range }:
                return model.GetSymbolInfo(range).Symbol is IMethodSymbol { Name: "Range" or "Repeat", ContainingType.Name: "Enumerable" }
                    ? Constant(arguments[1].Expression, model)
                    : null;
            case ForStatementSyntax
            {
                Declaration.Variables: { Count: 1 } variables, Incrementors: { Count: 1 } steps,
                Condition: BinaryExpressionSyntax { Left: IdentifierNameSyntax tested } condition,
            } counted:
                string counter = variables[0].Identifier.ValueText;
                if (tested.Identifier.ValueText != counter || Changes(counted.Statement, counter) || Step(steps[0], counter, model) is not { } step
                    || Constant(variables[0].Initializer?.Value, model) is not { } first || Constant(condition.Right, model) is not { } last)
                    return null;
                return (SyntaxKind)condition.RawKind switch
                {
                    SyntaxKind.LessThanExpression when step > 0 => (last - first + step - 1) / step,
                    SyntaxKind.LessThanOrEqualExpression when step > 0 => (last - first + step) / step,
                    SyntaxKind.GreaterThanExpression when step < 0 => (first - last - step - 1) / -step,
                    SyntaxKind.GreaterThanOrEqualExpression when step < 0 => (first - last - step) / -step,
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static long? Step(ExpressionSyntax step, string counter, SemanticModel model) => step switch
    {
        PostfixUnaryExpressionSyntax { Operand: IdentifierNameSyntax name } unary when name.Identifier.ValueText == counter =>
            unary.IsKind(SyntaxKind.PostIncrementExpression) ? 1 : unary.IsKind(SyntaxKind.PostDecrementExpression) ? -1 : null,
        PrefixUnaryExpressionSyntax { Operand: IdentifierNameSyntax name } unary when name.Identifier.ValueText == counter =>
            unary.IsKind(SyntaxKind.PreIncrementExpression) ? 1 : unary.IsKind(SyntaxKind.PreDecrementExpression) ? -1 : null,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } change when name.Identifier.ValueText == counter
            && Constant(change.Right, model) is { } by and > 0 =>
            change.IsKind(SyntaxKind.AddAssignmentExpression) ? by : change.IsKind(SyntaxKind.SubtractAssignmentExpression) ? -by : null,
        _ => null,
    };

    private static bool Changes(SyntaxNode body, string counter) => body.DescendantNodes().OfType<IdentifierNameSyntax>()
        .Any(n => n.Identifier.ValueText == counter && (n.Parent is PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax
            or ArgumentSyntax { RefKindKeyword.RawKind: not 0 } || (n.Parent is AssignmentExpressionSyntax change && change.Left == n)));

    private static long? Constant(ExpressionSyntax? value, SemanticModel model) =>
        value is not null && model.GetConstantValue(value) is { HasValue: true, Value: int or long or short or byte } known
            ? Convert.ToInt64(known.Value, System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
