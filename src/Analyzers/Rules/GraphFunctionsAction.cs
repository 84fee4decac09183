using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>A helper that a graph function comes to, on its own object or another one.</summary>
internal readonly record struct Helper(SyntaxNode Declaration, IMethodSymbol Function, bool OnThis);

/// <summary>For rules about what graph functions do, alone or all of a program at once.</summary>
internal static class GraphFunctionsAction
{
    /// <summary>Has the graph functions that a program declares, in a fixed order, looked at when all of it is known.</summary>
    /// <param name="context">Of the analyzer.</param>
    /// <param name="analyze">Looks at them.</param>
    /// <param name="torch">Whether those on tensors of TorchSharp are among them.</param>
    public static void RegisterGraphFunctionsAction(this AnalysisContext context,
        Action<CompilationAnalysisContext, IReadOnlyList<IMethodSymbol>> analyze, bool torch = false) =>
        context.RegisterCompilationStartAction(start =>
        {
            var functions = new ConcurrentBag<IMethodSymbol>();
            start.RegisterSymbolAction(symbol =>
            {
                if (symbol.Symbol is IMethodSymbol method && method.GraphFunction() is not null
                    && (torch || !method.IsTorchFunction(symbol.Compilation)))
                    functions.Add(CallGraph.Definition(method));
            }, SymbolKind.Method);
            start.RegisterCompilationEndAction(end => analyze(end, [.. functions.OrderBy(f => f.ToDisplayString(), StringComparer.Ordinal)]));
        });

    /// <summary>True for a node in the body of a graph function.</summary>
    /// <param name="context">Of the node.</param>
    /// <param name="torch">Whether one on tensors of TorchSharp counts.</param>
    public static bool IsInGraphFunction(this SyntaxNodeAnalysisContext context, bool torch = false) =>
        context.Node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { AttributeLists.Count: > 0 } method
        && context.SemanticModel.GetDeclaredSymbol(method, context.CancellationToken) is { } symbol && symbol.GraphFunction() is not null
        && (torch || !symbol.IsTorchFunction(context.Compilation));

    /// <summary>The method that certainly runs where code calls it by its name, if it is no graph function: no other may stand for it.</summary>
    public static bool IsHelper(this CallGraph calls, IMethodSymbol method) =>
        method.GraphFunction() is null && calls.Family(method).Take(2).Count() == 1;

    /// <summary>The helpers that graph functions call by their names, directly or not, each once.</summary>
    public static IEnumerable<Helper> HelpersOf(this CallGraph calls, IReadOnlyList<IMethodSymbol> functions)
    {
        var seen = new HashSet<IMethodSymbol>(functions, SymbolEqualityComparer.Default);
        var work = new Queue<(IMethodSymbol Method, IMethodSymbol Function, bool OnThis)>(functions.Select(f => (f, f, true)));
        while (work.Count > 0)
        {
            (IMethodSymbol method, IMethodSymbol function, bool onThis) = work.Dequeue();
            foreach (Callee call in calls.CalleesOf(method))
            {
                if (call.IsNamed && calls.IsHelper(call.Method) && seen.Add(call.Method))
                    work.Enqueue((call.Method, function, onThis && call.OnThis));
            }
            if (method.GraphFunction() is null && calls.Declaration(method) is { } declaration)
                yield return new(declaration, function, onThis);
        }
    }
}
