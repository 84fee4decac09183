using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>For rules that look at all graph functions of a program at once.</summary>
internal static class GraphFunctionsAction
{
    /// <summary>Has the graph functions that a program declares, in a fixed order, looked at when all of it is known.</summary>
    public static void RegisterGraphFunctionsAction(this AnalysisContext context,
        Action<CompilationAnalysisContext, IReadOnlyList<IMethodSymbol>> analyze) =>
        context.RegisterCompilationStartAction(start =>
        {
            var functions = new ConcurrentBag<IMethodSymbol>();
            start.RegisterSymbolAction(symbol =>
            {
                if (symbol.Symbol is IMethodSymbol method && method.GraphFunction() is not null)
                    functions.Add(CallGraph.Definition(method));
            }, SymbolKind.Method);
            start.RegisterCompilationEndAction(end => analyze(end, [.. functions.OrderBy(f => f.ToDisplayString(), StringComparer.Ordinal)]));
        });
}
