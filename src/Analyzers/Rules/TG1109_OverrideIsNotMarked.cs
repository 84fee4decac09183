using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>A traced call goes to the twin of the method that its class declares or inherits; an unmarked override has none.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG1109_OverrideIsNotMarked : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.OverrideIsNotMarked];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.Method);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (method.GraphFunction() is not null)
            return;
        for (IMethodSymbol? overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (overridden.GraphFunction() is null)
                continue;
            context.ReportDiagnostic(Diagnostic.Create(Rules.OverrideIsNotMarked, method.Locations[0], Name(method), Name(overridden)));
            return;
        }
    }

    private static string Name(IMethodSymbol method) => $"{method.ContainingType.Name}.{method.Name}";
}
