using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Reports why a [GraphFunction] method, or a helper that it reaches, cannot be converted.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class GraphFunctionAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        .. Rules.OfConversion, Rules.ParameterByReference, Rules.AsyncOrIterator, Rules.UnsupportedReturnType, Rules.UnsupportedParameterType,
        Rules.MethodHasNoBody, Rules.UnsupportedContainer, Rules.FileLocalType, Rules.CallIsNotConverted,
        Rules.NotInTorchSurface, Rules.ValueOfTorchTensor, Rules.TorchInPlace,
    ];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            // Several functions may reach the same helper: what is wrong there is said once.
            var reported = new ReportedOnce();
            start.RegisterSymbolAction(symbol => Analyze(symbol, reported), SymbolKind.Method);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, ReportedOnce reported)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (method.GraphFunction() is null)
            return;
        foreach (Diagnostic diagnostic in FunctionConversion.Of(CallGraph.Definition(method), CallGraph.Of(context.Compilation)).Diagnostics)
        {
            if (reported.IsNew(diagnostic))
                context.ReportDiagnostic(diagnostic);
        }
    }
}
