namespace TensorGraph;

/// <summary>Ops in method form.</summary>
public sealed partial class Tensor
{
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
}
