using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds reads of a tensor's value in a graph function, where it certainly has none: <c>x.Item&lt;float&gt;()</c>, <c>(float)x.Sum()</c>.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1001_SymbolicAsValue : DiagnosticAnalyzer
{
    private static readonly HashSet<string> s_reads = new(StringComparer.Ordinal) { "Item", "ToArray", "ToDouble", "ToLiteral" };

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.SymbolicAsValue];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(AnalyzeCall, SyntaxKind.InvocationExpression);
        context.RegisterSyntaxNodeAction(AnalyzeCast, SyntaxKind.CastExpression);
    }

    private static void AnalyzeCall(SyntaxNodeAnalysisContext context)
    {
        if (context.Node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call
            && s_reads.Contains(access.Name.Identifier.ValueText) && context.IsInGraphFunction()
            && Staging.IsTensor(access.Expression, context.SemanticModel))
            Report(context, call, access.Expression);
    }

    private static void AnalyzeCast(SyntaxNodeAnalysisContext context)
    {
        var cast = (CastExpressionSyntax)context.Node;
        if (cast.Type is PredefinedTypeSyntax && context.IsInGraphFunction()
            && Staging.IsTensor(cast.Expression, context.SemanticModel)
            && context.SemanticModel.GetTypeInfo(cast, context.CancellationToken).Type is { SpecialType: not SpecialType.System_Object })
            Report(context, cast, cast.Expression);
    }

    private static void Report(SyntaxNodeAnalysisContext context, ExpressionSyntax read, ExpressionSyntax tensor)
    {
        MethodDeclarationSyntax function = read.FirstAncestorOrSelf<MethodDeclarationSyntax>()!;
        var values = new SymbolicValues(function, context.SemanticModel);
        if (!values.IsTraced(read) || MayRunOtherwise(function, read) || IsUnderFlag(read, context.SemanticModel) || !values.IsSymbolic(tensor))
            return;
        string remedy = ConditionAround(read) is { } condition
            ? $"A condition on a tensor becomes part of the graph: compare '{tensor}' itself, as in 'if ({condition.ToString().Replace(read.ToString(), tensor.ToString())})'"
            : "Keep it a Tensor, or look at it with Ops.Print, or run C# on it with Ops.HostCall";
        context.ReportDiagnostic(Diagnostic.Create(Rules.SymbolicAsValue, read.GetLocation(), read.ToString(), function.Identifier.Text, remedy));
    }

    // A method that asks how it runs, or that expects an error, knows what it does.
    private static bool MayRunOtherwise(MethodDeclarationSyntax function, SyntaxNode read) =>
        read.Ancestors().OfType<TryStatementSyntax>().Any(t => t.Catches.Count > 0)
        || function.DescendantNodes().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText is "IsSymbolic" or "RunImperatively");

    // if (_debug) …: a switch that may be on only where nothing is traced.
    private static bool IsUnderFlag(SyntaxNode read, SemanticModel model)
    {
        return read.Ancestors().Any(n => n switch
        {
            IfStatementSyntax branch => !branch.Condition.Span.Contains(read.Span) && HasFlag(branch.Condition),
            ConditionalExpressionSyntax choice => !choice.Condition.Span.Contains(read.Span) && HasFlag(choice.Condition),
            _ => false,
        });

        bool HasFlag(ExpressionSyntax condition) => condition.DescendantNodesAndSelf()
            .Any(n => n is SimpleNameSyntax name && model.GetTypeInfo(name).Type is { SpecialType: SpecialType.System_Boolean });
    }

    private static ExpressionSyntax? ConditionAround(SyntaxNode read)
    {
        SyntaxNode node = read;
        while (node.Parent is ExpressionSyntax outer and (BinaryExpressionSyntax or ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax))
            node = outer;
        return node.Parent switch
        {
            IfStatementSyntax branch when branch.Condition == node => branch.Condition,
            WhileStatementSyntax loop when loop.Condition == node => loop.Condition,
            DoStatementSyntax loop when loop.Condition == node => loop.Condition,
            ConditionalExpressionSyntax choice when choice.Condition == node => choice.Condition,
            _ => null,
        };
    }
}
