using TensorGraph.Backends;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// What a concrete function was traced for: a spec per tensor leaf, a value per C# leaf. A call fits when every C# value is the same, every
/// tensor has the dtype and rank, the same arguments are one tensor, equal names have equal sizes, and what the trace took to be equal is.
/// </summary>
internal sealed class Signature(Leaf[] statics, TensorType?[] tensors, int[]? aliases, LeafName[] names)
{
    // Per leaf: the C# value (when the tensor's type is null), or the type.
    private readonly bool _isConstant = tensors.All(type => type is null || type.Value.Shape.IsConstant);

    // Layouts of the tensors of a call that fitted; the next call most likely has the same ones.
    private volatile TensorLayout?[]? _lastFit;

    public ReadOnlySpan<TensorType?> Tensors => tensors;

    /// <summary>For each tensor the first one that is the same; null where all differ.</summary>
    public int[]? TensorAliases { get; } = aliases is null ? null : [.. Enumerable.Range(0, tensors.Length)
        .Where(leaf => tensors[leaf] is not null).Select(leaf => tensors.Take(aliases![leaf]).Count(type => type is not null))];

    /// <summary>True when an object that is part of the key is gone.</summary>
    public bool IsDead => statics.Any(leaf => leaf.IsDead);

    public static Signature Of(GraphCall call, Func<int, TensorType, TensorType> typeOf)
    {
        var leaves = call.Leaves;
        var statics = new Leaf[leaves.Length];
        var tensors = new TensorType?[leaves.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            if (leaves[i].Tensor is { } tensor)
                tensors[i] = typeOf(i, tensor.Type);
            else
                statics[i] = leaves[i].ForKey();
        }

        return new(statics, tensors, Aliases.Of(leaves), call.Function!.NamesOf(leaves));
    }

    public bool Fits(GraphCall call, IReadOnlyList<DimAssumption> assumptions)
    {
        var leaves = call.Leaves;
        if (_lastFit is { } last && FitsAsBefore(leaves, last))
            return true;
        if (leaves.Length != tensors.Length)
            return false;
        for (int i = 0; i < leaves.Length; i++)
        {
            if (tensors[i] is { } wanted ? !FitsRank(wanted, leaves[i].Tensor) : !SameValue(i, leaves[i]))
                return false;
        }

        if (!Aliases.Fit(leaves, aliases))
            return false;
        if (!(_isConstant && assumptions.Count == 0) && !FitsSymbols(leaves, assumptions))
            return false;
        var layouts = new TensorLayout?[leaves.Length];
        for (int i = 0; i < layouts.Length; i++)
            layouts[i] = leaves[i].Tensor is { IsSymbolic: false } tensor ? tensor.Data.Layout : null;
        _lastFit = layouts;
        return true;
    }

    private bool FitsAsBefore(ReadOnlySpan<Leaf> leaves, TensorLayout?[] last)
    {
        if (leaves.Length != last.Length)
            return false;
        for (int i = 0; i < leaves.Length; i++)
        {
            if (tensors[i] is null)
            {
                if (!SameValue(i, leaves[i]))
                    return false;
            }
            else if (leaves[i].Tensor is not { IsSymbolic: false } tensor || tensor.Data.Layout != last[i])
            {
                return false;
            }
        }

        return Aliases.Fit(leaves, aliases);
    }

    /// <summary>Same C# values, dtypes, ranks and aliases: only sizes differ.</summary>
    public bool DiffersOnlyInSizes(GraphCall call)
    {
        var leaves = call.Leaves;
        if (leaves.Length != tensors.Length)
            return false;
        for (int i = 0; i < leaves.Length; i++)
        {
            if (tensors[i] is { } wanted
                ? leaves[i].Tensor is not { } tensor || tensor.DType != wanted.DType || tensor.Rank != wanted.Rank
                : !SameValue(i, leaves[i]))
            {
                return false;
            }
        }

        return Aliases.Fit(leaves, aliases);
    }

    /// <summary><c>x: f32[2], training: true</c></summary>
    public string Describe() => Describe(names, tensors.Select((_, i) => LeafText(i)));

    /// <summary>The leaves of a call, in the same form.</summary>
    public static string Describe(GraphCall call) => Describe(call.Leaves.ToArray(), Aliases.Of(call.Leaves), call.Function!.NamesOf(call.Leaves));

    /// <summary>Name of a leaf, what this signature has there and what a call has.</summary>
    public (string Argument, string Old, string New) Describe(GraphCall call, int leaf)
    {
        string old = names[leaf].Describe(LeafText(leaf)), now = names[leaf].Describe(TextOf(call.Leaves, Aliases.Of(call.Leaves), names, leaf));
        // Two objects of one type would look the same.
        return (names[leaf].Name, old, old == now ? $"another {now}" : now);
    }

    /// <summary>The first leaf in which a call differs; -1 without one. Numbers of elements come ahead of the elements, so both have it.</summary>
    public int FirstDifference(GraphCall call)
    {
        var leaves = call.Leaves;
        int[]? given = Aliases.Of(leaves);
        for (int i = 0; i < Math.Min(leaves.Length, tensors.Length); i++)
        {
            if ((given?[i] ?? i) != (aliases?[i] ?? i))
                return i;
            bool same = tensors[i] is { } wanted ? FitsRank(wanted, leaves[i].Tensor) : SameValue(i, leaves[i]);
            if (!same)
                return i;
        }

        return -1;
    }

    private bool SameValue(int leaf, in Leaf value) => value.Tensor is null && statics[leaf].SameStatic(value);

    // Dtype, rank and constant sizes.
    private static bool FitsRank(TensorType wanted, Tensor? tensor)
    {
        if (tensor is null || tensor.DType != wanted.DType || tensor.Rank != wanted.Rank)
            return false;
        var dims = wanted.Shape.Dims.AsSpan();
        var actual = tensor.Shape.Dims.AsSpan();
        for (int axis = 0; axis < dims.Length; axis++)
        {
            if (dims[axis].IsConstant && dims[axis] != actual[axis])
                return false;
        }

        return true;
    }

    private bool FitsSymbols(ReadOnlySpan<Leaf> leaves, IReadOnlyList<DimAssumption> assumptions)
    {
        Dictionary<string, long> sizes = [];
        for (int i = 0; i < leaves.Length; i++)
        {
            if (tensors[i] is not { } wanted)
                continue;
            for (int axis = 0; axis < wanted.Rank; axis++)
            {
                long size = leaves[i].Tensor!.Shape[axis].Value;
                if (wanted.Shape[axis].IsSymbol && !sizes.TryAdd(wanted.Shape[axis].ToString(), size) && sizes[wanted.Shape[axis].ToString()] != size)
                    return false;
            }
        }

        return assumptions.Where(assumption => assumption.IsOver(sizes.ContainsKey)).All(assumption => assumption.Left.Evaluate(name => sizes[name]) == assumption.Right.Evaluate(name => sizes[name]));
    }

    private string LeafText(int leaf) => WithAlias(tensors[leaf]?.ToString() ?? statics[leaf].ToString(), aliases, names, leaf);

    private static string TextOf(ReadOnlySpan<Leaf> leaves, int[]? aliases, LeafName[] names, int leaf) => WithAlias(leaves[leaf].ToString(), aliases, names, leaf);

    private static string WithAlias(string text, int[]? aliases, LeafName[] names, int leaf) =>
        aliases is not null && aliases[leaf] != leaf ? $"{text} = {names[aliases[leaf]].Name}" : text;

    private static string Describe(Leaf[] leaves, int[]? aliases, LeafName[] names) => Describe(names, leaves.Select((_, i) => TextOf(leaves, aliases, names, i)));

    private static string Describe(LeafName[] names, IEnumerable<string> leaves) =>
        string.Join(", ", names.Zip(leaves, (name, leaf) => name.Show(leaf)).Where(text => text is not null));
}
