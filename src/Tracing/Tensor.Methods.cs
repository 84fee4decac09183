using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>Ops in method form, and indexing.</summary>
public sealed partial class Tensor
{
    /// <summary>Entry <paramref name="index"/> along the first axis; a negative C# index counts from the end. Errors: TG2004.</summary>
    [IndexerName("Element")]
    public Tensor this[int index] => At(index);

    /// <summary>Entry along the first axis; <c>^1</c> is the last. Errors: TG2004.</summary>
    [IndexerName("Element")]
    public Tensor this[Index index] => At(index.IsFromEnd ? -index.Value : index.Value);

    /// <summary>Entries along the first axis: <c>x[1..^1]</c>.</summary>
    [IndexerName("Element")]
    public Tensor this[Range range]
    {
        get
        {
            CheckHasAxis();
            Dim size = Shape[0], start = Bound(range.Start, size), stop = Bound(range.End, size);
            return Ops.Slice(this, Start(start), Shape.With(0, stop));
        }
    }

    /// <summary>The entry along the first axis at a position that is data. Errors: TG2004 at run time.</summary>
    [IndexerName("Element")]
    public Tensor this[Tensor index]
    {
        get
        {
            CheckHasAxis();
            return Ops.Gather(this, index);
        }
    }

    /// <summary>Entries along the first axis, one after the other.</summary>
    public IEnumerator<Tensor> GetEnumerator()
    {
        CheckHasAxis();
        if (!Shape[0].IsConstant)
            throw SymbolicUse("foreach");
        for (int i = 0; i < Shape[0].Value; i++)
            yield return this[i];
    }

    /// <summary>Sum over axes; without axes over all.</summary>
    public Tensor Sum(params int[] axes) => Ops.Sum(this, axes);

    /// <summary>Mean over axes; without axes over all.</summary>
    public Tensor Mean(params int[] axes) => Ops.Mean(this, axes);

    /// <summary>Largest element over axes; without axes of all.</summary>
    public Tensor Max(params int[] axes) => Ops.ReduceMax(this, axes);

    /// <summary>Smallest element over axes; without axes of all.</summary>
    public Tensor Min(params int[] axes) => Ops.ReduceMin(this, axes);

    /// <summary>True when one element over axes is.</summary>
    public Tensor Any(params int[] axes) => Ops.Any(this, axes);

    /// <summary>True when all elements over axes are.</summary>
    public Tensor All(params int[] axes) => Ops.All(this, axes);

    /// <summary>Position of the largest element along an axis, i32.</summary>
    public Tensor ArgMax(int axis = -1) => Ops.ArgMax(this, axis);

    /// <summary>Hyperbolic tangent.</summary>
    public Tensor Tanh() => Ops.Tanh(this);

    /// <summary>eˣ.</summary>
    public Tensor Exp() => Ops.Exp(this);

    /// <summary>Natural logarithm.</summary>
    public Tensor Log() => Ops.Log(this);

    /// <summary>Square root.</summary>
    public Tensor Sqrt() => Ops.Sqrt(this);

    /// <summary>|x|.</summary>
    public Tensor Abs() => Ops.Abs(this);

    /// <summary>Elements as another dtype.</summary>
    public Tensor Cast(DType dtype) => Ops.Cast(this, dtype);

    /// <summary>The same elements under another shape; one size may be −1.</summary>
    public Tensor Reshape(params ReadOnlySpan<Dim> sizes) => Ops.Reshape(this, sizes);

    /// <summary>Axes in another order; without a permutation back to front.</summary>
    public Tensor Transpose(params int[] permutation) => Ops.Transpose(this, permutation);

    /// <summary>Matrix product.</summary>
    public Tensor MatMul(Tensor other) => Ops.MatMul(this, other);

    private Tensor At(long index)
    {
        CheckHasAxis();
        Dim size = Shape[0];
        if (size.IsConstant && (index >= size.Value || index < -size.Value))
            Throw.Range("index", $"{index} is out of range for axis 0 of {Type}", size.Is(0) ? "The axis is empty." : $"Use an index from {-size.Value} to {size.Value - 1}.");
        Dim start = index < 0 ? size + index : index;
        return Ops.Reshape(Ops.Slice(this, Start(start), Shape.With(0, start + 1)), Shape.Dims.AsSpan()[1..]);
    }

    private Shape Start(Dim first) => new Shape(new long[Rank]).With(0, first);

    private static Dim Bound(Index index, Dim size) => index.IsFromEnd ? size - index.Value : index.Value;

    private void CheckHasAxis()
    {
        if (Rank == 0)
            Throw.Rank("index", $"a {Type} has no axes", "Use the scalar as it is.");
    }
}
