using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>Functions whose result has as many entries as the data say. In a graph the size has a name that each run binds.</summary>
public static partial class Ops
{
    /// <summary>
    /// Places of the elements that are not 0 (of bool: true), in row-major order. Shape: as many rows as there are, one column for each axis. DType:
    /// i64. Errors: TG2003 a scalar. Gradient: none. Source: torch.nonzero, np.argwhere.
    /// </summary>
    public static Tensor NonZero(Tensor x)
    {
        if (Check.NotNull(x).Rank == 0)
            Throw.Rank("non_zero", $"a {x.GraphType} has no places", "Pass a tensor with at least one axis.");
        Shape shape = x.GraphType.Shape;
        var places = PlacesOfTrue(Reshape(x.DType == DType.Bool ? x : NotEqual(x, 0), -1));
        Tensor ColumnOf(int axis) =>
            Rem(Div(places, SizeOf(shape.Skip(axis + 1).Aggregate((Dim)1, (product, size) => product * size))), SizeOf(shape[axis]));
        return Stack([.. Enumerable.Range(0, shape.Rank).Select(ColumnOf)], axis: 1);
    }

    /// <summary>
    /// The entries at which a mask is true, in order; <c>x[mask]</c> is the same. The mask covers the first axes of x. Shape: as many as there are,
    /// then the axes that the mask does not cover. Errors: TG2001, TG2002 a mask that is not bool, TG2003. Gradient: to the entries that were taken.
    /// Source: NumPy indexing, tf.boolean_mask.
    /// </summary>
    public static Tensor BooleanMask(Tensor x, Tensor mask)
    {
        Shape shape = Check.NotNull(x).GraphType.Shape;
        mask = Mask(x, mask);
        return Gather(Reshape(x, [mask.GraphType.Shape.ElementCount, .. shape.Skip(mask.Rank)]), PlacesOfTrue(Reshape(mask, -1)));
    }

    /// <summary>A mask over the first axes of a tensor, with sizes that are its, or are checked to be.</summary>
    internal static Tensor Mask(Tensor x, Tensor mask)
    {
        Shape shape = x.GraphType.Shape, covered = Check.NotNull(mask).GraphType.Shape;
        if (mask.DType != DType.Bool)
            Throw.DType("boolean_mask", $"the mask is {mask.GraphType}", "A mask is bool: compare the tensor with something.");
        if (covered.Rank == 0 || covered.Rank > shape.Rank)
            Throw.Rank("boolean_mask", $"the mask {mask.GraphType} of {x.GraphType}", "A mask has one axis or more, and not more than the tensor.");
        if (covered.Zip(shape).Any(pair => (pair.First.IsConstant && pair.Second.IsConstant && pair.First != pair.Second)
            || (pair.First.Is(1) && !pair.Second.Is(1))))
            Throw.Shape("boolean_mask", $"the mask {mask.GraphType} does not cover the first axes of {x.GraphType}", "Both have the same sizes there.");
        return BroadcastTo(mask, new([.. shape.Take(covered.Rank)]));
    }

    // Each place goes where the number of those before it says; the others go past the end.
    private static Tensor PlacesOfTrue(Tensor flags)
    {
        Dim all = flags.GraphType.Shape[0];
        var ones = Cast(flags, DType.I64);
        var count = Sum(ones);
        Dim size = ExecutionContext.Current is TraceContext ? GraphControl.Size(count) : (long)count;
        var to = Where(flags, CumSum(ones) - 1, SizeOf(all));
        var places = ScatterAdd(Zeros(new TensorType(DType.I64, [all + 1])), to, Iota(all, DType.I64));
        return Slice(places, [0], [size]);
    }
}
