using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds calls of graph functions in a loop that are traced in each turn: a C# number or text that changes with the loop (TG6101), and an object or
/// delegate that is made for the call (TG6102).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG6101_SignatureChangesPerCall : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.ValueChangesPerCall, Rules.IdentityChangesPerCall];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.InvocationExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        StatementSyntax[] loops = [.. LoopsAround(context.Node)];
        if (loops.Length == 0 || !MarkedMethods.MayBeCalledBy((InvocationExpressionSyntax)context.Node, context.Compilation))
            return;
        SemanticModel model = context.SemanticModel;
        // Inside a graph function the call is inlined: there is no signature.
        if (model.GetOperation(context.Node, context.CancellationToken) is not Microsoft.CodeAnalysis.Operations.IInvocationOperation call
            || call.TargetMethod.GraphFunction() is null || (context.ContainingSymbol as IMethodSymbol)?.GraphFunction() is not null)
        {
            return;
        }
        if (call.Instance?.Syntax is BaseObjectCreationExpressionSyntax)
            context.ReportDiagnostic(Diagnostic.Create(Rules.IdentityChangesPerCall, call.Instance.Syntax
                .GetLocation(), "this instance", call.TargetMethod.Name));
        foreach (Microsoft.CodeAnalysis.Operations.IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is not { } parameter || argument.Value.Syntax is not ExpressionSyntax value || argument.IsImplicit
                || Structure.OfParameter(parameter.Type).Kind != StructureKind.Static)
                continue;
            if (IsNumberOrText(parameter.Type))
            {
                if (Changes(value, loops, model))
                    context.ReportDiagnostic(Diagnostic.Create(Rules.ValueChangesPerCall, value.GetLocation(), value.ToString(), parameter.Name,
                        call.TargetMethod.Name));
            }
            else if (IsMadeHere(value, model))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.IdentityChangesPerCall, value.GetLocation(),
                    $"the argument for '{parameter.Name}'", call.TargetMethod.Name));
            }
        }
    }

    private static IEnumerable<StatementSyntax> LoopsAround(SyntaxNode node)
    {
        SyntaxNode inner = node;
        foreach (SyntaxNode outer in node.Ancestors().TakeWhile(n => !Staging.IsFunction(n)))
        {
            // What a loop evaluates once is not in it.
            bool once = outer is CommonForEachStatementSyntax each && each.Expression == inner
                || outer is ForStatementSyntax { Declaration: { } declaration } && declaration == inner;
            if (!once && outer is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax)
                yield return (StatementSyntax)outer;
            inner = outer;
        }
    }

    // Few different values (bool, an enum, a remainder, a choice) make few traces.
    private static bool IsNumberOrText(ITypeSymbol type) =>
        type.TypeKind != TypeKind.Enum && type.SpecialType is >= SpecialType.System_Char and <= SpecialType.System_String;

    private static bool Changes(ExpressionSyntax value, StatementSyntax[] loops, SemanticModel model)
    {
        bool isClear = !value.DescendantNodesAndSelf().Any(n =>
            n is InvocationExpressionSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or ElementAccessExpressionSyntax
            || n.IsKind(SyntaxKind.ModuloExpression) || n.IsKind(SyntaxKind.BitwiseAndExpression));
        return isClear && value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Any(n => model.GetSymbolInfo(n).Symbol is ILocalSymbol local && loops.Any(loop => Changes(local, loop, loops, model)));
    }

    private static bool Changes(ILocalSymbol local, StatementSyntax loop, StatementSyntax[] loops, SemanticModel model)
    {
        SyntaxNode declaration = local.DeclaringSyntaxReferences[0].GetSyntax();
        if (declaration == loop)
            return true;
        if (!loop.Span.Contains(declaration.Span) || declaration.Parent?.Parent == loop)
            return IsNumberOrText(local.Type) && Written(loop, local, model);
        // Declared in the body: it changes if what it starts with does.
        return declaration is VariableDeclaratorSyntax { Initializer.Value: { } start }
            && Changes(start, [.. loops.Where(l => l.Span.Contains(start.Span))], model);
    }

    private static bool Written(StatementSyntax loop, ILocalSymbol local, SemanticModel model) => EffectWalker.Walk(loop, model)
        .Any(e => e is { Kind: EffectKind.Write, At.Kind: PlaceKind.Variable } && e.Syntax is not VariableDeclaratorSyntax
        && SymbolEqualityComparer.Default.Equals(e.At.Symbol, local));

    // The compiler keeps a delegate that captures nothing.
    private static bool IsMadeHere(ExpressionSyntax value, SemanticModel model) => value switch
    {
        BaseObjectCreationExpressionSyntax => model.GetTypeInfo(value).Type is { IsReferenceType: true },
        AnonymousFunctionExpressionSyntax lambda => model.AnalyzeDataFlow(lambda) is { Succeeded: true, Captured.Length: > 0 }
            || lambda.DescendantNodes().Any(n => n is ThisExpressionSyntax)
            || lambda.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(n => n.Parent is not MemberAccessExpressionSyntax { } access
            && model.GetSymbolInfo(n).Symbol is { IsStatic: false, Kind: SymbolKind.Field or SymbolKind.Property or SymbolKind.Method }),
        _ => false,
    };
}
