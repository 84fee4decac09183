using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// Answers to one question about all that methods come to. Each body is walked once, however many methods are asked about: what is known of a body
/// holds for each way to it.
/// </summary>
internal sealed class ReachedMethods
{
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _bodies = new(SymbolEqualityComparer.Default);

    // Methods of which nothing wanted comes, whichever body runs.
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _empty = new(SymbolEqualityComparer.Default);

    /// <summary>Answers for methods, with those that share their twins.</summary>
    public ConcurrentDictionary<IMethodSymbol, bool> Answers { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>True if some of the bodies, or of those that they come to, are wanted.</summary>
    /// <param name="first">The bodies.</param>
    /// <param name="isWanted">True for a body that is looked for.</param>
    /// <param name="calls">The methods that a body calls.</param>
    /// <param name="runs">The bodies that a call of a method may run.</param>
    public bool Any(
        IEnumerable<IMethodSymbol> first, Func<IMethodSymbol, bool> isWanted, Func<IMethodSymbol, IEnumerable<IMethodSymbol>> calls,
        Func<IMethodSymbol, IEnumerable<IMethodSymbol>> runs)
    {
        var called = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var from = new Dictionary<IMethodSymbol, IMethodSymbol?>(SymbolEqualityComparer.Default);
        var work = new Stack<IMethodSymbol>();
        foreach (IMethodSymbol body in first)
            Add(body, null);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (_bodies.TryGetValue(next, out bool known))
            {
                if (known)
                    return Reached(next, from);
                continue;
            }
            if (isWanted(next))
                return Reached(next, from);
            foreach (IMethodSymbol callee in calls(next))
            {
                if (_empty.ContainsKey(callee) || !called.Add(callee))
                    continue;
                foreach (IMethodSymbol body in runs(callee))
                    Add(body, next);
            }
        }
        // What was walked on the way comes to nothing wanted either.
        foreach (IMethodSymbol body in from.Keys)
            _bodies[body] = false;
        foreach (IMethodSymbol callee in called)
            _empty[callee] = true;
        return false;

        void Add(IMethodSymbol body, IMethodSymbol? caller)
        {
            if (from.ContainsKey(body))
                return;
            from.Add(body, caller);
            work.Push(body);
        }
    }

    // All bodies on the way to one that is wanted come to it.
    private bool Reached(IMethodSymbol last, Dictionary<IMethodSymbol, IMethodSymbol?> from)
    {
        for (IMethodSymbol? body = last; body is not null; body = from[body])
            _bodies[body] = true;
        return true;
    }
}
