using System.ComponentModel;
using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>The part of <see cref="GraphFunction{TResult}"/> that does not depend on its result type.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class GraphFunctionDefinition
{
    private readonly ConditionalWeakTable<object, FunctionCache> _instances = [];
    private readonly object _staticOwner = new();
    // Held weakly, since a cache must die with its instance.
    private WeakReference<FunctionCache>? _last;

    private protected GraphFunctionDefinition(string name, ParameterLeaves[] parameters, string[]? inputSignature, bool reduceRetracing,
        bool changesCollections, string convertedSource)
    {
        Name = name;
        Parameters = parameters;
        InputSignature = inputSignature is null ? null : [.. inputSignature.Select(TensorSpec.Parse)];
        ReduceRetracing = reduceRetracing;
        ChangesCollections = changesCollections;
        ConvertedSource = convertedSource;
        Watch = new TracingWatch(this);
    }

    internal string Name { get; }

    internal ParameterLeaves[] Parameters { get; }

    internal TensorSpec[]? InputSignature { get; }

    internal bool ReduceRetracing { get; }

    internal bool ChangesCollections { get; }

    internal long? LoopMemoryBudget { get; init; }

    internal string ConvertedSource { get; }

    internal TracingWatch Watch { get; }

    /// <summary>The names of the leaves of a call.</summary>
    internal LeafName[] NamesOf(ReadOnlySpan<Leaf> leaves)
    {
        var names = new List<LeafName>();
        foreach (var parameter in Parameters)
            parameter.Name(leaves, names.Count, "", names);
        return [.. names];
    }

    /// <summary>Starts a call.</summary>
    /// <param name="target">The instance; null for a static method.</param>
    public GraphCall Begin(object? target) => GraphCall.Rent(this, target);

    /// <summary>The concrete functions of one instance (null: of a static method). Held by the instance, so they die with it.</summary>
    internal FunctionCache CacheOf(object? target)
    {
        object owner = target ?? _staticOwner;
        if (_last is { } last && last.TryGetTarget(out var cache) && cache.IsOwnedBy(owner))
            return cache;
        cache = _instances.GetValue(owner, static key => new FunctionCache(key));
        _last = new(cache);
        return cache;
    }

    /// <summary>Traces a call whose leaves of tensors are replaced by symbolic ones.</summary>
    internal abstract (Ir.Graph Graph, Leaf[] Result, TraceContext Trace) TraceCall(GraphCall call, TraceRequest request, bool allowVariables);
}
