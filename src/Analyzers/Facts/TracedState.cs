using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// The C# state that one twin, and the code that it runs as it is written, reads: what the twin can name at its start, so that calls compare it,
/// and what it cannot. Code runs as it is written where a twin calls it without a name (accessors, operators, constructors, deconstruction, what
/// the framework calls), where there can be no twin, and in all that such code calls in turn.
/// </summary>
internal sealed class TracedState
{
    private static readonly ConditionalWeakTable<CallGraph, ConcurrentDictionary<IMethodSymbol, TracedState>> s_known = new();

    private readonly CallGraph _calls;
    private readonly IMethodSymbol _twin;
    private readonly List<StateRead> _compared = [];
    private readonly List<StateRead> _frozen = [];
    private readonly HashSet<IMethodSymbol> _twins = new(SymbolEqualityComparer.Default);

    private TracedState(IMethodSymbol twin, CallGraph calls)
    {
        _calls = calls;
        _twin = twin;
        var seen = new HashSet<(IMethodSymbol, bool)>();
        var work = new Stack<(IMethodSymbol Method, bool OnThis)>([(twin, true)]);
        while (work.Count > 0)
        {
            (IMethodSymbol method, bool onThis) = work.Pop();
            if (!seen.Add((method, onThis)))
                continue;
            HashSet<ISymbol> answered = AddReads(method, onThis);
            foreach (Callee call in calls.CalleesOf(method).Concat(calls.CalledByOthers(method)))
            {
                if (call.Method.AssociatedSymbol is { } property && answered.Contains(property.OriginalDefinition))
                    continue;
                foreach (IMethodSymbol body in calls.Family(call.Method))
                {
                    // A call of a graph function by its name is rerouted wherever it stands.
                    if (Same(method, twin) ? calls.RunsTwin(call, body) : call.IsNamed && body.GraphFunction() is not null && calls.HasEntry(body))
                        _twins.Add(body);
                    else
                        work.Push((body, onThis && call.OnThis && IsOfOwnType(body)));
                }
            }
        }
    }

    public static TracedState Of(IMethodSymbol twin, CallGraph calls) =>
        s_known.GetValue(calls, static _ => new(SymbolEqualityComparer.Default)).GetOrAdd(twin, t => new TracedState(t, calls));

    /// <summary>The state that the twin must name.</summary>
    public IReadOnlyList<StateRead> Compared => _compared;

    /// <summary>The C# state that a trace of <paramref name="root"/> reads and nobody compares.</summary>
    public static IEnumerable<StateRead> Frozen(IMethodSymbol root, CallGraph calls)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var work = new Stack<IMethodSymbol>([root]);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (!seen.Add(next))
                continue;
            TracedState state = Of(next, calls);
            foreach (StateRead read in state._frozen)
                yield return read;
            foreach (IMethodSymbol twin in state._twins)
                work.Push(twin);
        }
    }

    /// <summary>The C# state that a delegate reads which was made by code that is not converted: a lambda, or the name of a method.</summary>
    public static IEnumerable<StateRead> OfDelegate(SyntaxNode value, CallGraph calls)
    {
        SemanticModel model = calls.Model(value.SyntaxTree);
        var work = new Stack<IMethodSymbol>();
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var twins = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        if (model.GetSymbolInfo(value).Symbol is IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } named)
        {
            Push(CallGraph.Definition(named));
        }
        else
        {
            var facts = MethodFacts.Of(value, model);
            foreach (StateRead read in facts.StateReads)
                yield return read;
            PushAll(facts.Callees, facts.CalledByOthers);
        }
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (!seen.Add(next))
                continue;
            foreach (StateRead read in calls.ReadsOf(next))
                yield return read;
            PushAll(calls.CalleesOf(next), calls.CalledByOthers(next));
        }
        // A twin compares what it reads, as far as it can.
        foreach (StateRead read in twins.SelectMany(twin => Frozen(twin, calls)))
            yield return read;

        void PushAll(IEnumerable<Callee> callees, IEnumerable<Callee> byOthers)
        {
            foreach (Callee callee in callees)
                Push(callee.Method, body => body.GraphFunction() is null);
            foreach (Callee callee in byOthers)
                Push(callee.Method, body => body.GraphFunction() is null, byOthers: true);
        }

        void Push(IMethodSymbol method, Func<IMethodSymbol, bool>? isWanted = null, bool byOthers = false)
        {
            foreach (IMethodSymbol body in calls.Family(method).Where(body => isWanted?.Invoke(body) != false))
            {
                if (calls.IsRunAsTwin(method, body, byOthers))
                    twins.Add(body);
                else
                    work.Push(body);
            }
        }
    }

    /// <summary>
    /// Sorts what a method reads by itself; the properties whose values the twin compares are returned: what their getters read does not matter.
    /// </summary>
    private HashSet<ISymbol> AddReads(IMethodSymbol method, bool onThis)
    {
        var answered = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (StateRead read in _calls.ReadsOf(method))
        {
            bool compared = IsNamed(read, method, onThis);
            if (read.Kind != StateKind.Content && read.Member is IPropertySymbol)
                (compared ? answered : open).Add(read.Member.OriginalDefinition);
            if (compared)
                _compared.Add(read);
            // Into a getter that is not compared itself one can look.
            else if (read.Kind != StateKind.Computed || read.IsComparable)
                _frozen.Add(read);
        }
        answered.ExceptWith(open);
        return answered;
    }

    private bool IsNamed(StateRead read, IMethodSymbol method, bool onThis)
    {
        if (!read.IsComparable)
            return false;
        if (Same(method, _twin))
            return true;
        return (read.Root == StateRoot.Static || (read.Root == StateRoot.This && onThis))
            && read.Links.All(l => _calls.Compilation.IsSymbolAccessibleWithin(l, _twin.ContainingType));
    }

    private bool IsOfOwnType(IMethodSymbol body)
    {
        for (INamedTypeSymbol? type = _twin.ContainingType; type is not null; type = type.BaseType)
        {
            if (Same(type.OriginalDefinition, body.ContainingType.OriginalDefinition))
                return true;
        }
        return false;
    }

    private static bool Same(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}
