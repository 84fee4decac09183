using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// The <paramref name="Files"/> that a result may depend on in every character: those with the reached methods and all parts of their types.
/// And the names of members that the framework or a virtual call reaches: any file may declare what such a call runs.
/// </summary>
internal sealed record ConversionInputs(ImmutableArray<SyntaxTree> Files, ImmutableArray<string> DispatchedNames)
{
    /// <summary>The inputs of a result about some methods of a file.</summary>
    public static ConversionInputs Of(SyntaxTree file, IEnumerable<IMethodSymbol> methods, CallGraph calls)
    {
        var reached = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var types = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var called = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var dispatched = new HashSet<string>(StringComparer.Ordinal);
        var work = new Stack<IMethodSymbol>(methods);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (!reached.Add(next))
                continue;
            // Initialisers that a constructor runs, and code that changes a private array, may be in another part of a partial type.
            for (INamedTypeSymbol? type = next.ContainingType; type is not null && types.Add(type.OriginalDefinition); type = type.ContainingType) { }
            if (CallGraph.IsDispatched(next))
                dispatched.Add(NameOf(next));
            if (next.OverriddenMethod is { } overridden)
                work.Push(overridden.OriginalDefinition);
            foreach (Callee implicitly in calls.CalledByOthers(next))
            {
                dispatched.Add(NameOf(implicitly.Method));
                Push(implicitly.Method);
            }
            foreach (Callee callee in calls.CalleesOf(next))
                Push(callee.Method);
            Push(next);
        }
        IEnumerable<SyntaxTree> files = types.Where(t => !calls.IsForeign(t)).SelectMany(t => t.DeclaringSyntaxReferences).Select(r => r.SyntaxTree);
        return new ConversionInputs([file, .. files.Distinct().Where(f => f != file)], [.. dispatched]);

        void Push(IMethodSymbol method)
        {
            if (!called.Add(method))
                return;
            foreach (IMethodSymbol member in calls.Family(method))
                work.Push(member);
        }
    }

    // An explicit implementation has the name of its interface in front.
    private static string NameOf(IMethodSymbol method)
    {
        string name = CallGraph.MemberName(method);
        return name.Substring(name.LastIndexOf('.') + 1);
    }
}
