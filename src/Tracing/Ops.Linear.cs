using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Equations and factors of matrices: the last two axes; the axes before them are a batch. Computed in double precision, on one thread.
/// </summary>
public static partial class Ops
{
    /// <summary>
    /// The lower triangular L for which L·Lᵀ is x, a symmetric positive definite matrix whose lower triangle is read; NaN where it is not positive
    /// definite. DType: floats. Errors: TG2001 not square, TG2003. Gradient: to the lower triangle. Source: np.linalg.cholesky.
    /// </summary>
    public static Tensor Cholesky(Tensor x) => Dispatch.Run(OpDefs.Cholesky, x);

    /// <summary>
    /// The x for which a·x = b, for each column of b; ±∞ or NaN where a is singular. Shape: that of b, with the rows and batch axes of a. DType:
    /// floats. Errors: TG2001, TG2002, TG2003. Gradient: to both. Source: np.linalg.solve.
    /// </summary>
    public static Tensor Solve(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Solve, a, b);

    /// <summary>The inverse of square matrices; ±∞ or NaN where there is none. As <see cref="Solve"/>. Source: np.linalg.inv.</summary>
    public static Tensor Inverse(Tensor x)
    {
        Shape shape = Check.NotNull(x).GraphType.Shape;
        if (shape.Rank < 2)
            Throw.Rank("inverse", $"{x.GraphType} is no matrix", "Pass a tensor with at least two axes.");
        return Solve(x, BroadcastTo(Eye(shape[^1], dtype: x.DType), shape));
    }
}
