using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds calls of graph functions that are traced again and again: a C# number or text that changes with the loop around it, or is a random number
/// or the time of day (TG6101), an object or delegate that is made for the call (TG6102), and a tensor whose shape changes with the loop (TG6104).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG6101_SignatureChangesPerCall : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.ValueChangesPerCall, Rules.IdentityChangesPerCall, Rules.ShapeChangesPerCall];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.InvocationExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        if (!MarkedMethods.MayBeCalledBy((InvocationExpressionSyntax)context.Node, context.Compilation))
            return;
        StatementSyntax[] loops = [.. LoopChanges.LoopsAround(context.Node)];
        SemanticModel model = context.SemanticModel;
        // Inside a graph function the call is inlined: there is no signature.
        if (model.GetOperation(context.Node, context.CancellationToken) is not Microsoft.CodeAnalysis.Operations.IInvocationOperation call
            || call.TargetMethod.GraphFunction() is null || (context.ContainingSymbol as IMethodSymbol)?.GraphFunction() is not null)
        {
            return;
        }
        if (loops.Length > 0 && call.Instance?.Syntax is BaseObjectCreationExpressionSyntax)
            context.ReportDiagnostic(Diagnostic.Create(Rules.IdentityChangesPerCall, call.Instance.Syntax
                .GetLocation(), "this instance", call.TargetMethod.Name));
        foreach (Microsoft.CodeAnalysis.Operations.IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is not { } parameter || argument.Value.Syntax is not ExpressionSyntax value || argument.IsImplicit)
                continue;
            if (parameter.Type.IsTensor())
                AnalyzeShape(context, call.TargetMethod, value, loops);
            if (Structure.OfParameter(parameter.Type).Kind != StructureKind.Static)
                continue;
            if (LoopChanges.IsNumberOrText(parameter.Type))
            {
                if (LoopChanges.Changes(value, loops, model) || ((loops.Length > 0 || !RunsOnce(context)) && LoopChanges.IsDrawn(value, model)))
                    context.ReportDiagnostic(Diagnostic.Create(Rules.ValueChangesPerCall, value.GetLocation(), value.ToString(), parameter.Name,
                        call.TargetMethod.Name));
            }
            else if (loops.Length > 0 && IsMadeHere(value, model))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.IdentityChangesPerCall, value.GetLocation(),
                    $"the argument for '{parameter.Name}'", call.TargetMethod.Name));
            }
        }
    }

    private static bool RunsOnce(SyntaxNodeAnalysisContext context) =>
        context.ContainingSymbol is IMethodSymbol { Name: "Main" or "<Main>$" or "<top-level-statements-entry-point>" };

    // One trace serves all sizes that a signature leaves open.
    private static void AnalyzeShape(SyntaxNodeAnalysisContext context, IMethodSymbol function, ExpressionSyntax value, StatementSyntax[] loops)
    {
        ImmutableArray<KeyValuePair<string, TypedConstant>> declared = function.GraphFunction()!.NamedArguments;
        if (loops.Length == 0 || declared.Any(a => a.Key == "InputSignature") || !ShapeChanges(value, loops, context.SemanticModel))
            return;
        bool isRelaxed = !declared.Any(a => a is { Key: "ReduceRetracing", Value.Value: false });
        context.ReportDiagnostic(Diagnostic.Create(Rules.ShapeChangesPerCall, value.GetLocation(), value.ToString(), function.Name,
            isRelaxed ? "twice, for the first shape and then for any size" : "again for each shape"));
    }

    // Ops.Zeros(i, 3), new float[i], x[..i]: not x[i..(i + 3)].
    private static bool ShapeChanges(ExpressionSyntax value, StatementSyntax[] loops, SemanticModel model)
    {
        return value switch
        {
            IdentifierNameSyntax name => model.GetSymbolInfo(name).Symbol is ILocalSymbol local
                && loops.Any(l => l.Span.Contains(local.Locations[0].SourceSpan))
                && local.DeclaringSyntaxReferences[0].GetSyntax()
                    is VariableDeclaratorSyntax { Initializer.Value: not IdentifierNameSyntax and var start }
                && ShapeChanges(start, loops, model),
            ArrayCreationExpressionSyntax { Initializer: null } array => array.Type.RankSpecifiers[0].Sizes.Any(Varies),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Ones" or "Zeros" or "Iota" } } call =>
                model.GetSymbolInfo(call).Symbol is IMethodSymbol { ContainingType: var type } && type.Is("Ops")
                && call.ArgumentList.Arguments.Any(a => Varies(a.Expression)),
            ElementAccessExpressionSyntax element => Staging.IsTensor(element.Expression, model)
                && element.ArgumentList.Arguments.Any(a => a.Expression is RangeExpressionSyntax range
                && IsPresentAndVaries(range.LeftOperand) != IsPresentAndVaries(range.RightOperand)),
            _ => false,
        };

        bool Varies(ExpressionSyntax size) => LoopChanges.Changes(size, loops, model);

        bool IsPresentAndVaries(ExpressionSyntax? end) => end is not null && Varies(end);
    }

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
