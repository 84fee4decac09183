using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds delegates with control flow on tensors that a graph function gets from code that is not converted: as an argument, or in a field or
/// property.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1113_DelegateIsNotConverted : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.DelegateIsNotConverted];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterGraphFunctionsAction(Analyze);
    }

    private static void Analyze(CompilationAnalysisContext context, IReadOnlyList<IMethodSymbol> functions)
    {
        var calls = CallGraph.Of(context.Compilation);
        var flow = new DelegateFlow(calls, functions, onTensors: true, context.CancellationToken);
        var reported = new HashSet<Location>();
        foreach ((SyntaxNode value, DelegateSlot slot) in flow.Find())
        {
            if (NameIfStaged(value, calls) is { } name && reported.Add(value.GetLocation()))
                context.ReportDiagnostic(Diagnostic.Create(Rules.DelegateIsNotConverted, value.GetLocation(), name, slot.Function.Name,
                    slot.Holder.Name));
        }
    }

    private static string? NameIfStaged(SyntaxNode value, CallGraph calls)
    {
        SemanticModel model = calls.Model(value.SyntaxTree);
        if (value is AnonymousFunctionExpressionSyntax)
        {
            MethodFacts facts = MethodFacts.Of(value, model);
            return facts.IsStaged || facts.Callees.Any(c => c.Method.GraphFunction() is null && calls.MeetsStagedAsWritten(c.Method)) ? "This lambda" : null;
        }
        return model.GetSymbolInfo(value).Symbol is IMethodSymbol method && calls.MeetsStagedAsWritten(method) ? $"'{method.Name}'" : null;
    }
}
