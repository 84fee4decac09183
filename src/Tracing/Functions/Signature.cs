using System.Globalization;
using TensorGraph.Backends;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The calls that a concrete function serves: a spec per tensor leaf, a value per C# leaf. A call fits when every C# value is the same, every
/// tensor has the dtype and rank, the same arguments are one tensor, equal names have equal sizes, and what the trace took to be equal is.
/// </summary>
internal sealed class Signature(Leaf[] statics, TensorType?[] tensors, int[]? aliases, LeafName[] names)
{
    // Per leaf: the C# value (when the tensor's type is null), or the type.
    private readonly bool _isConstant = tensors.All(type => type is null || type.Value.Shape.IsConstant);

    // The first argument that the trace itself changed.
    private int? _written;

    // Layouts of the tensors of a call that fitted; the next call most likely has the same ones.
    private volatile TensorLayout?[]? _lastFit;

    public ReadOnlySpan<TensorType?> Tensors => tensors;

    /// <summary>For each tensor the first one that is the same; null where all differ.</summary>
    public int[]? TensorAliases { get; } = aliases is null ? null : [.. Enumerable.Range(0, tensors.Length)
        .Where(leaf => tensors[leaf] is not null).Select(leaf => tensors.Take(aliases![leaf]).Count(type => type is not null))];

    /// <summary>True when no call fits again: the trace changed an argument that it read, or an object that is part of the key is gone.</summary>
    public bool IsDead => _written is not null || statics.Any(leaf => leaf.IsDead);

    public static Signature Of(GraphCall call, Func<int, TensorType, TensorType> typeOf)
    {
        var leaves = call.Leaves;
        var statics = new Leaf[leaves.Length];
        var tensors = new TensorType?[leaves.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            if (leaves[i].Tensor is { } tensor)
                tensors[i] = typeOf(i, tensor.GraphType);
            else
                statics[i] = leaves[i].ForKey();
        }

        return new(statics, tensors, Aliases.Of(leaves), call.Function!.NamesOf(leaves));
    }

    /// <summary>
    /// Ends the trace: the identity of a collection counts only if the trace keeps it; a trace that changed one serves no other call.
    /// </summary>
    public void Settle(GraphCall call, Func<object, bool> isKept)
    {
        for (int i = 0; i < statics.Length; i++)
        {
            if (tensors[i] is not null)
                continue;
            var now = call.Leaves[i];
            if (names[i].Role == LeafRole.Identity && !now.IsKept(isKept))
                statics[i] = Leaf.Any;
            statics[i].Settle(isKept);
            if (!statics[i].SameStatic(now))
                _written ??= i;
        }
    }

    public bool Fits(GraphCall call, IReadOnlyList<SizeConstraint> assumptions)
    {
        if (_written is not null)
            return false;
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
        if (!FitsSizes(leaves, assumptions))
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

    /// <summary>The same C# values. The text of a signature does not tell two objects of one type apart.</summary>
    public bool HasValuesOf(GraphCall call)
    {
        var leaves = call.Leaves;
        if (leaves.Length != tensors.Length)
            return false;
        for (int i = 0; i < leaves.Length; i++)
        {
            if (tensors[i] is null && !SameValue(i, leaves[i]))
                return false;
        }

        return true;
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
        return (names[leaf].Name, old, leaf == _written && SameValue(leaf, call.Leaves[leaf])
            ? "changed by the method itself"
            : old != now ? now
            : statics[leaf].StaticType is null ? $"another {now}"
            : names[leaf].Describe(statics[leaf].TextOfOther(call.Leaves[leaf])));
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

        return _written ?? -1;
    }

    public LeafRole RoleOf(int leaf) => names[leaf].Role;

    /// <summary>True if a tensor has the type of the trace's one: then it is another argument too, or was one.</summary>
    public bool DiffersInAlias(GraphCall call, int leaf) =>
        leaf < call.Count && tensors[leaf] is { } wanted && FitsRank(wanted, call.Leaves[leaf].Tensor);

    private bool SameValue(int leaf, in Leaf value) => value.Tensor is null && statics[leaf].SameStatic(value);

    // Dtype, rank and constant sizes.
    private static bool FitsRank(TensorType wanted, Tensor? tensor)
    {
        if (tensor is null || tensor.DType != wanted.DType || tensor.Rank != wanted.Rank)
            return false;
        var dims = wanted.Shape.Dims.AsSpan();
        var actual = tensor.GraphType.Shape.Dims.AsSpan();
        for (int axis = 0; axis < dims.Length; axis++)
        {
            if (dims[axis].IsConstant && dims[axis] != actual[axis])
                return false;
        }

        return true;
    }

    /// <summary>True if the symbolic sizes fit: equal names are equal numbers, and the constraints hold.</summary>
    public bool FitsSizes(ReadOnlySpan<Leaf> leaves, IReadOnlyList<SizeConstraint> constraints)
    {
        if (_isConstant && constraints.Count == 0)
            return true;
        Dictionary<string, long> sizes = [];
        for (int i = 0; i < leaves.Length; i++)
        {
            if (tensors[i] is not { } wanted)
                continue;
            for (int axis = 0; axis < wanted.Rank; axis++)
            {
                long size = leaves[i].Tensor!.GraphType.Shape[axis].Value;
                if (wanted.Shape[axis].IsSymbol && !sizes.TryAdd(wanted.Shape[axis].ToString(), size) && sizes[wanted.Shape[axis].ToString()] != size)
                    return false;
            }
        }

        return constraints.Where(constraint => constraint.IsOver(sizes.ContainsKey)).All(constraint => constraint.Holds(name => sizes[name]));
    }

    /// <summary>A constraint over the sizes of arguments: <c>x.Shape[0] == 2*y.Shape[1]</c>.</summary>
    public string InArguments(SizeConstraint constraint)
    {
        var axes = Axes().DistinctBy(axis => axis.Size).ToDictionary(axis => axis.Size, axis => Dim.Named(axis.Place));
        return constraint.Substitute(name => axes[name]).ToString();
    }

    /// <summary>The first size in which a call differs, or the first constraint that it breaks, with what it was and what it is.</summary>
    public (string Name, string Old, string New)? SizeDifference(GraphCall call, IReadOnlyList<SizeConstraint> constraints)
    {
        if (call.Leaves.Length != tensors.Length)
            return null;
        var sizes = new Dictionary<string, (string Place, long Number)>();
        foreach (var (size, place, leaf, axis) in Axes())
        {
            long number = call.Leaves[leaf].Tensor!.GraphType.Shape[axis].Value;
            if (!sizes.TryAdd(size, (place, number)) && sizes[size].Number != number)
                return ($"{sizes[size].Place} == {place}", "true", "false");
        }

        if (constraints.FirstOrDefault(constraint => constraint.IsOver(sizes.ContainsKey)
            && !constraint.Holds(name => sizes[name].Number)) is not { } broken)
            return null;
        var shown = broken.Substitute(name => Dim.Named(sizes[name].Place));
        return broken is { Relation: SizeRelation.Equal, Right.IsConstant: true }
            ? (shown.Left.ToString(), broken.Right.ToString(), broken.Left.Evaluate(name => sizes[name].Number)
            .ToString(CultureInfo.InvariantCulture))
            : (shown.ToString(), "true", "false");
    }

    // The axes with symbolic sizes.
    private IEnumerable<(string Size, string Place, int Leaf, int Axis)> Axes() =>
        from leaf in Enumerable.Range(0, tensors.Length)
        where tensors[leaf] is not null
        from axis in Enumerable.Range(0, tensors[leaf]!.Value.Rank)
        let size = tensors[leaf]!.Value.Shape[axis]
        where size.IsSymbol
        select (size.ToString(), string.Create(CultureInfo.InvariantCulture, $"{names[leaf].Name}.Shape[{axis}]"), leaf, axis);

    private string LeafText(int leaf) => WithAlias(tensors[leaf]?.ToString() ?? statics[leaf].ToString(), aliases, names, leaf);

    private static string TextOf(ReadOnlySpan<Leaf> leaves, int[]? aliases, LeafName[] names, int leaf) =>
        WithAlias(leaves[leaf].ToString(), aliases, names, leaf);

    private static string WithAlias(string text, int[]? aliases, LeafName[] names, int leaf) =>
        aliases is not null && aliases[leaf] != leaf ? $"{text} = {names[aliases[leaf]].Name}" : text;

    private static string Describe(Leaf[] leaves, int[]? aliases, LeafName[] names) =>
        Describe(names, leaves.Select((_, i) => TextOf(leaves, aliases, names, i)));

    private static string Describe(LeafName[] names, IEnumerable<string> leaves) =>
        string.Join(", ", names.Zip(leaves, (name, leaf) => name.Show(leaf)).Where(text => text is not null));
}
