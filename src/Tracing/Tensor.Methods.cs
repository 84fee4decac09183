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

    /// <summary>Sum over axes; <paramref name="keep"/> leaves them as size 1.</summary>
    public Tensor Sum(int[]? axes, bool keep) => Ops.Sum(this, axes, keep);

    /// <summary>Mean over axes; <paramref name="keep"/> leaves them as size 1.</summary>
    public Tensor Mean(int[]? axes, bool keep) => Ops.Mean(this, axes, keep);

    /// <summary>Largest element over axes; <paramref name="keep"/> leaves them as size 1.</summary>
    public Tensor Max(int[]? axes, bool keep) => Ops.ReduceMax(this, axes, keep);

    /// <summary>Smallest element over axes; <paramref name="keep"/> leaves them as size 1.</summary>
    public Tensor Min(int[]? axes, bool keep) => Ops.ReduceMin(this, axes, keep);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => Ops.Relu(this);

    /// <summary>1 ÷ (1 + e⁻ˣ).</summary>
    public Tensor Sigmoid() => Ops.Sigmoid(this);

    /// <summary>eˣ / Σ eˣ along an axis.</summary>
    public Tensor Softmax(int axis = -1) => Ops.Softmax(this, axis);

    /// <summary>x².</summary>
    public Tensor Square() => Ops.Square(this);

    /// <summary>The tensor to the power of b.</summary>
    public Tensor Pow(Tensor b) => Ops.Pow(this, b);

    /// <summary>The tensor to the power of a C# number. Errors: TG2005 when its dtype can't hold that.</summary>
    public Tensor Pow(Scalar b) => Ops.Pow(this, b);

    /// <summary>min(max(x, low), high). Errors: TG2005 when its dtype can't hold a bound.</summary>
    public Tensor Clip(Scalar low, Scalar high) => Ops.Clip(this, low, high);

    /// <summary>The axes back to front: of a matrix rows and columns exchanged.</summary>
    public Tensor T => Ops.Transpose(this);

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

    /// <summary>Drops axes of size 1: the named one, or all.</summary>
    public Tensor Squeeze(int? axis = null) => Ops.Squeeze(this, axis);

    /// <summary>Adds an axis of size 1.</summary>
    public Tensor ExpandDims(int axis) => Ops.ExpandDims(this, axis);

    /// <summary>Matrix product.</summary>
    public Tensor MatMul(Tensor other) => Ops.MatMul(this, other);
}
