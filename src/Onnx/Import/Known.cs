using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Values that are known while a model is read: constants, and sizes as data. Shapes in ONNX are tensors that nodes compute; graphs have sizes in
/// types. Each node is looked at once, when it is made, so that no chain of nodes is too long.
/// </summary>
internal sealed class Known(Func<Resource, Literal?> weightOf)
{
    private readonly Dictionary<Value, ImmutableHashSet<Resource>> _weights = [];
    private readonly HashSet<Resource> _needed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Weights whose values have become a part of the graph, so that another value of them would change nothing.</summary>
    public IReadOnlySet<Resource> NeededWeights => _needed;

    // More elements are not computed here; a list of sizes is never so long.
    private const long MostElements = 4096, MostSizes = 64;

    private static readonly HashSet<OpDef> Computed =
    [
        OpDefs.Cast, OpDefs.Reshape, OpDefs.BroadcastTo, OpDefs.Transpose, OpDefs.Slice, OpDefs.Pad, OpDefs.Concat, OpDefs.Reverse, OpDefs.Iota,
        OpDefs.Gather, OpDefs.Select, OpDefs.ReduceSum, OpDefs.ReduceProd, OpDefs.ReduceMax, OpDefs.ReduceMin, OpDefs.ReduceAll, OpDefs.ReduceAny,
        OpDefs.CumSum, OpDefs.ScatterAdd, OpDefs.TakeAlongAxis,
    ];

    private readonly Interpreter _interpreter = new();
    private readonly Dictionary<Value, Literal> _literals = [];
    private readonly Dictionary<Value, Dim?[]> _sizes = [];

    /// <summary>The constant that a value is, or null. It may be that of weights, which may change.</summary>
    public Literal? Constant(Value value) => _literals.GetValueOrDefault(value);

    /// <summary>The constant that a value is, whatever values weights have, or null.</summary>
    public Literal? Fixed(Value value) => _weights.ContainsKey(value) ? null : Constant(value);

    /// <summary>The constant that a value is, which becomes a part of the graph, or null.</summary>
    public Literal? Needed(Value value)
    {
        if (_weights.TryGetValue(value, out var weights))
            _needed.UnionWith(weights);
        return Constant(value);
    }

    /// <summary>The numbers of a value as sizes, null for one that only a run knows; null when none is known.</summary>
    public Dim?[]? Sizes(Value value) =>
        _sizes.TryGetValue(value, out var sizes) ? sizes
        : _literals.TryGetValue(value, out var literal) && literal.Type.DType.IsInteger() && literal.Count <= MostSizes && Needed(value) is not null
            ? [.. Enumerable.Range(0, (int)literal.Count).Select(i => (Dim?)literal.GetLong(i))]
        : null;

    /// <summary>Says that a value in an inner block is one of an outer block.</summary>
    public void Same(Value outer, Value inner)
    {
        if (_literals.TryGetValue(outer, out var literal))
            _literals[inner] = literal;
        if (_weights.TryGetValue(outer, out var weights))
            _weights[inner] = weights;
        if (_sizes.TryGetValue(outer, out var sizes))
            _sizes[inner] = sizes;
    }

    /// <summary>Looks at a node that was made.</summary>
    public void Note(Node node)
    {
        if (node.Types.Length == 0 || !node.Regions.IsEmpty)
            return;
        if (LiteralOf(node) is { } literal)
        {
            _literals[node[0]] = literal;
            NoteWeights(node);
        }
        else if (node.Types.Length == 1 && SizesOf(node) is { } sizes && Array.Exists(sizes, size => size is not null))
        {
            _sizes[node[0]] = sizes;
            if (Array.TrueForAll(sizes, size => size is { IsConstant: true }) && node.Types[0].Shape.IsConstant
                && node.Types[0].DType != DType.String)
                _literals[node[0]] = Literal.FromLongs(node.Types[0], i => sizes[i]!.Value.Value);
        }
    }

    private void NoteWeights(Node node)
    {
        var weights = node.Op == OpDefs.ReadVariable ? [node.Attrs.Get<Resource>("var")] : ImmutableHashSet<Resource>.Empty;
        foreach (var input in node.Inputs)
        {
            if (_weights.TryGetValue(input, out var more))
                weights = weights.Union(more);
        }

        if (!weights.IsEmpty)
            _weights[node[0]] = weights;
    }

    private Literal? LiteralOf(Node node)
    {
        if (node.Op == OpDefs.Constant)
            return node.Attrs.Get<Literal>("value");
        if (node.Op == OpDefs.ReadVariable)
            return weightOf(node.Attrs.Get<Resource>("var"));
        if (node.Types.Length != 1 || !(Computed.Contains(node.Op) || node.Op.Is(Traits.Pointwise)) || !node.Types[0].Shape.IsConstant
            || CountOf(node.Types[0].Shape) > MostElements
            || node.Attrs.Any(attr => attr.Value is Dim { IsConstant: false } or Shape { IsConstant: false }))
        {
            return null;
        }

        var inputs = new Literal[node.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!_literals.TryGetValue(node.Inputs[i], out var input) || input.Count > MostElements)
                return null;
            inputs[i] = input;
        }

        try
        {
            return _interpreter.Run(node, inputs, name => throw new InvalidOperationException($"size {name}"))[0];
        }
        catch (GraphException)
        {
            // It fails if it runs.
            return null;
        }
    }

    private static double CountOf(Shape shape) => shape.Aggregate(1.0, (product, size) => product * size.Value);

    private Dim?[]? SizesOf(Node node)
    {
        if (!node.Types[0].Shape.IsConstant || CountOf(node.Types[0].Shape) > MostSizes)
            return null;
        var op = node.Op;
        try
        {
            return op == OpDefs.DimSize ? [node.Attrs.Get<Dim>("dim")]
                : op == OpDefs.Cast && node.Types[0].DType is DType.I32 or DType.I64 or DType.F32 or DType.F64 ? Sizes(node.Inputs[0])
                : op == OpDefs.Reshape || op == OpDefs.Floor || op == OpDefs.Ceil || op == OpDefs.Round || op == OpDefs.Trunc ? Whole(node)
                : op == OpDefs.BroadcastTo ? Sizes(node.Inputs[0]) is [var size] ? Repeat(size, node) : null
                : op == OpDefs.Concat ? Joined(node)
                : op == OpDefs.Slice ? Sliced(node)
                : op == OpDefs.Gather ? Gathered(node)
                : op == OpDefs.Reverse ? Sizes(node.Inputs[0]) is { } all && node.Types[0].Rank == 1 ? [.. all.Reverse()] : null
                : op == OpDefs.Equal ? Paired(node, IsEqual)
                : op == OpDefs.Select ? Selected(node)
                : op == OpDefs.ReduceProd && node.Types[0].Rank == 0 ? Folded(node, (a, b) => a * b)
                : op == OpDefs.ReduceSum && node.Types[0].Rank == 0 ? Folded(node, (a, b) => a + b)
                : op == OpDefs.Add ? Paired(node, (a, b) => a + b)
                : op == OpDefs.Sub ? Paired(node, (a, b) => a - b)
                : op == OpDefs.Mul ? Paired(node, (a, b) => a * b)
                : op == OpDefs.Max ? Paired(node, (a, b) => Dim.Max(a, b))
                : op == OpDefs.Min ? Paired(node, (a, b) => Dim.Min(a, b))
                : (op == OpDefs.Div || op == OpDefs.FloorDiv) && node.Types[0].DType.IsInteger() ? Paired(node, Quotient)
                : null;
        }
        catch (GraphException)
        {
            // Sizes beyond the limits of expressions: a run computes them.
            return null;
        }
    }

    // A size is not below 0, which exports use as a mark.
    private static Dim? IsEqual(Dim a, Dim b) => a == b ? 1
        : a.IsConstant && b.IsConstant ? 0
        : (a.IsConstant ? a.Value < 0 && IsProduct(b) : b is { IsConstant: true, Value: < 0 } && IsProduct(a)) ? 0 : null;

    // Both divisions agree for sizes, which are not negative; differences may be.
    private static Dim? Quotient(Dim a, Dim b) => b is { IsConstant: true, Value: > 0 } && (a.IsConstant ? a.Value >= 0 : a.IsSymbol || IsProduct(a))
        ? Dim.FloorDiv(a, b) : null;

    // A sum with a minus may be negative.
    private static bool IsProduct(Dim a) => !a.ToString().Contains('-', StringComparison.Ordinal);

    private Dim?[]? Whole(Node node) => Sizes(node.Inputs[0]);

    private static Dim?[] Repeat(Dim? size, Node node) => [.. Enumerable.Repeat(size, (int)CountOf(node.Types[0].Shape))];

    private Dim?[]? Joined(Node node) => node.Types[0].Rank != 1 ? null
        : [.. node.Inputs.SelectMany(input => Sizes(input) ?? new Dim?[(int)input.Shape[0].Value])];

    private Dim?[]? Sliced(Node node)
    {
        if (node.Types[0].Rank != 1 || Sizes(node.Inputs[0]) is not { } all)
            return null;
        long start = node.Attrs.Get<Shape>("start")[0].Value, step = node.Attrs.Longs("step")[0];
        return [.. Enumerable.Range(0, (int)node.Types[0].Shape[0].Value).Select(i => all[start + (i * step)])];
    }

    private Dim?[]? Gathered(Node node) =>
        node.Inputs[0].Shape.Rank == 1 && Sizes(node.Inputs[0]) is { } all && Constant(node.Inputs[1]) is { } at
        && Enumerable.Range(0, (int)at.Count).All(i => at.GetLong(i) >= 0 && at.GetLong(i) < all.Length)
            ? [.. Enumerable.Range(0, (int)at.Count).Select(i => all[at.GetLong(i)])] : null;

    private Dim?[]? Selected(Node node)
    {
        if (Constant(node.Inputs[0]) is not { } which || Sizes(node.Inputs[1]) is not { } first || Sizes(node.Inputs[2]) is not { } second)
            return null;
        return [.. Enumerable.Range(0, (int)CountOf(node.Types[0].Shape))
            .Select(i => At(which.GetLong(which.Count == 1 ? 0 : i) != 0 ? first : second, i))];
    }

    private Dim?[]? Folded(Node node, Func<Dim, Dim, Dim> fold) => Sizes(node.Inputs[0]) is { Length: > 0 } all
        && Array.TrueForAll(all, size => size is not null)
        ? [all.Select(size => size!.Value).Aggregate(fold)] : null;

    private Dim?[]? Paired(Node node, Func<Dim, Dim, Dim?> pair)
    {
        if (node.Types[0].Rank > 1 || Sizes(node.Inputs[0]) is not { } left || Sizes(node.Inputs[1]) is not { } right)
            return null;
        return [.. Enumerable.Range(0, (int)CountOf(node.Types[0].Shape))
            .Select(i => At(left, i) is { } a && At(right, i) is { } b ? pair(a, b) : null)];
    }

    private static Dim? At(Dim?[] sizes, int i) => sizes[sizes.Length == 1 ? 0 : i];
}
