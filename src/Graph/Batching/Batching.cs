using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Copies a region so that it computes all entries of a batch at once. Values that depend on an entry have the batch as their first axis; others are
/// computed once. An op without a rule goes through the entries in a <c>scan</c>.
/// </summary>
public sealed class Batching : RegionMapper
{
    private readonly Dim _size;
    private readonly HashSet<Value> _batched = [];

    private Batching(GraphBuilder build, Dim size)
        : base(build) => _size = size;

    /// <summary>Emits a region for all entries; its results have the batch in front.</summary>
    /// <param name="b">Where to emit.</param>
    /// <param name="region">(parts of an entry, captures) → results of an entry.</param>
    /// <param name="items">The parts of all entries, with the batch in front.</param>
    /// <param name="captures">Values that all entries share.</param>
    /// <param name="size">Number of entries.</param>
    /// <exception cref="GraphException">TG3006 for an op with effects, or one whose results have sizes that depend on the entry.</exception>
    public static ImmutableArray<Value> Emit(GraphBuilder b, Region region, ReadOnlySpan<Value> items, ReadOnlySpan<Value> captures, Dim size)
    {
        var batching = new Batching(b, size.InGraph);
        var entries = new Value[items.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            // One that all entries share too has another name where it is gone through.
            entries[i] = captures.Contains(items[i]) ? b.Emit(OpDefs.Reshape, Attrs.Of("shape", items[i].Shape), [items[i]])[0] : items[i];
            batching._batched.Add(entries[i]);
        }

        var results = batching.Inline(region, [.. entries, .. captures]);
        return [.. results.Select(batching.All)];
    }

    /// <inheritdoc/>
    protected override void Visit(Node node)
    {
        Builder.Source = node.Source;
        var inputs = Map(node.Inputs);
        bool isBatched = inputs.Any(_batched.Contains);
        if (isBatched && (node.Op == OpDefs.BindSize || node.Types.Concat(node.Inputs.Select(input => input.Type)).Any(type => type.IsList)))
            throw NotBatched(node, "has a size or a list that depends on the entry", "Use sizes that are the same for all entries, and pad.");
        if (node.Op != OpDefs.BindSize && node.Effects.Any(IsNotForAll))
            throw NotBatched(node, "has an effect, which would happen once and not for each entry",
                "Move it out of the function; random numbers for all entries are items.");
        if (!isBatched)
        {
            Copy(node);
            return;
        }

        var results = node.Op.Is(Traits.Pointwise) ? [Pointwise(node, inputs)]
            : BatchRules.Lifted(node, _size) is { } attrs ? Results(Builder.Emit(node.Op, attrs, Lifted(node, inputs)))
            : Special(node, inputs) is { } special ? [special]
            : node.Op.IsComposite ? Expanded(node, inputs)
            : EntryByEntry(node, inputs);
        for (int i = 0; i < node.Types.Length; i++)
        {
            _batched.Add(results[i]);
            this[node[i]] = results[i];
        }
    }

    private static bool IsNotForAll(Effect effect) =>
        effect.Resource != Resource.Assert && (effect.IsWrite || effect.Resource.Kind != ResourceKind.Variable);

    private static ImmutableArray<Value> Results(Node node) => [.. node.Types.Select((_, i) => node[i])];

    // A value for all entries.
    private Value All(Value value) => _batched.Contains(value) ? value : Builder.BroadcastTo(value, new(value.Shape.Dims.Insert(0, _size)));

    // With axes of size 1 behind the batch, so that each entry has as many axes as given.
    private Value WithRank(Value value, int rank) => !_batched.Contains(value) || value.Shape.Rank > rank ? value
        : Builder.Reshape(value, new([value.Shape[0], .. Enumerable.Repeat((Dim)1, rank + 1 - value.Shape.Rank), .. value.Shape.Skip(1)]));

    private Value Pointwise(Node node, ImmutableArray<Value> inputs)
    {
        int rank = node.Types[0].Rank;
        return Builder.Emit(node.Op, node.Attrs, [.. inputs.Select(input => WithRank(input, rank))])[0];
    }

    private Value[] Lifted(Node node, ImmutableArray<Value> inputs) => node.Op == OpDefs.BroadcastTo
        ? [WithRank(inputs[0], node.Types[0].Rank)]
        : [.. inputs.Select(All)];

    private Value? Special(Node node, ImmutableArray<Value> inputs) =>
        node.Op == OpDefs.Dot ? Dot(node, inputs)
        : node.Op == OpDefs.Conv ? Conv(node, inputs)
        : node.Op == OpDefs.Gather ? Gather(node, inputs)
        : node.Op == OpDefs.ScatterAdd ? Builder.Emit(node.Op, Together(node), [.. inputs.Select(All)])[0]
        : null;

    private Value Dot(Node node, ImmutableArray<Value> inputs)
    {
        var d = TypeRules.DotAxes.Of(node.Attrs);
        bool left = _batched.Contains(inputs[0]), right = _batched.Contains(inputs[1]);
        int[] Behind(int[] axes, bool isBatched) => isBatched ? [.. axes.Select(axis => axis + 1)] : axes;
        int[] Batch(int[] axes, bool isBatched) => left && right ? [0, .. Behind(axes, true)] : Behind(axes, isBatched);
        var product = Builder.Dot(inputs[0], inputs[1], Behind(d.LeftContract, left), Behind(d.RightContract, right), Batch(d.LeftBatch, left),
            Batch(d.RightBatch, right));
        int free = left ? 0 : d.LeftFree(inputs[0].Shape.Rank).Length;
        return left && right ? product : ToFront(product, d.LeftBatch.Length + free);
    }

    // The entries are more examples, or more outputs.
    private Value? Conv(Node node, ImmutableArray<Value> inputs)
    {
        Value x = inputs[0], w = inputs[1];
        bool many = _batched.Contains(x);
        if ((many && _batched.Contains(w)) || (!many && node.Attrs.Get<long>("groups") != 1))
            return null;
        Value Joined(Value value) => Builder.Reshape(value, new([value.Shape[0] * value.Shape[1], .. value.Shape.Skip(2)]));
        var result = Builder.Emit(OpDefs.Conv, node.Attrs, many ? [Joined(x), w] : [x, Joined(w)])[0];
        return many
            ? Builder.Reshape(result, new([_size, x.Shape[1], .. result.Shape.Skip(1)]))
            : ToFront(Builder.Reshape(result, new([result.Shape[0], _size, w.Shape[1], .. result.Shape.Skip(2)])), 1);
    }

    private Value Gather(Node node, ImmutableArray<Value> inputs)
    {
        long axis = node.Attrs.Get<long>("axis");
        bool alone = node.Attrs.Get("batch", 0L) == 0;
        if (alone && !_batched.Contains(inputs[1]))
            return Builder.Emit(node.Op, node.Attrs.With("axis", axis + 1), inputs.AsSpan())[0];
        return alone && !_batched.Contains(inputs[0])
            ? ToFront(Builder.Emit(node.Op, node.Attrs, inputs.AsSpan())[0], (int)axis)
            : Builder.Emit(node.Op, Together(node), [.. inputs.Select(All)])[0];
    }

    private static Attrs Together(Node node) =>
        node.Attrs.With("axis", node.Attrs.Get<long>("axis") + 1).With("batch", node.Attrs.Get("batch", 0L) + 1);

    private Value ToFront(Value value, int axis) => axis == 0 ? value
        : Builder.Transpose(value, [axis, .. Enumerable.Range(0, value.Shape.Rank).Where(other => other != axis)]);

    private ImmutableArray<Value> Expanded(Node node, ImmutableArray<Value> inputs) => Inline(GraphBuilder.Expand(node), inputs.AsSpan());

    private ImmutableArray<Value> EntryByEntry(Node node, ImmutableArray<Value> inputs)
    {
        var build = new GraphBuilder { Source = node.Source };
        var parameters = new Value[inputs.Length];
        int[] sequences = [.. Enumerable.Range(0, inputs.Length).Where(i => _batched.Contains(inputs[i]))];
        int[] captures = [.. Enumerable.Range(0, inputs.Length).Except(sequences)];
        foreach (int i in sequences.Concat(captures))
            parameters[i] = build.Parameter(sequences.Contains(i) ? inputs[i].Type.Element : inputs[i].Type);
        var body = build.Finish("vmap", Results(build.Emit(node.Op, node.Attrs, parameters, node.Regions)).AsSpan());
        foreach (var assumption in body.Assumptions)
            Builder.Assume(assumption);
        return DifferentiableScan.Emit(
            Builder, [], [.. sequences.Select(i => inputs[i])], _size, (body.Entry, [.. captures.Select(i => inputs[i])]), reverse: false);
    }

    private static GraphException NotBatched(Node node, string problem, string remedy) =>
        new(DiagnosticIds.NotBatched, $"vmap: {node.Op.Name} {problem}", remedy, node.Source);
}
