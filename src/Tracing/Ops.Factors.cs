using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Factors of matrices of any shape, and transforms of lines. Computed in double precision, on one thread.</summary>
public static partial class Ops
{
    /// <summary>
    /// Orthonormal columns Q and an upper triangular R, without a negative number on its diagonal, whose product is x.
    /// </summary>
    /// <remarks>
    /// Shape: with k the smaller of rows m and columns n, Q is m × k and R is k × n; axes in front are a batch. DType: floats. Errors: TG2003; TG4001
    /// in the gradient of a matrix with more columns than rows. Gradient: where the columns are independent; of any order. NaN where x is not finite.
    /// Source: np.linalg.qr, which leaves the signs to chance.
    /// </remarks>
    public static (Tensor Q, Tensor R) Qr(Tensor x)
    {
        var results = Dispatch.RunAll(OpDefs.Qr, Attrs.Empty, x);
        return (results[0], results[1]);
    }

    /// <summary>
    /// Orthonormal columns U, singular values S from the largest on, and orthonormal rows Vt: x is U·diag(S)·Vt. The largest element of each column
    /// of U is positive.
    /// </summary>
    /// <remarks>
    /// Shape: with k the smaller of rows m and columns n, U is m × k, S has k elements, Vt is k × n; axes in front are a batch. DType: floats.
    /// Errors: TG2003. Gradient: where the singular values whose vectors are used differ from all others and are not 0; of the values alone, of any
    /// matrix; of any order where all differ and are not 0. NaN where x is not finite. Source: np.linalg.svd(x,
    /// full_matrices=False).
    /// </remarks>
    public static (Tensor U, Tensor S, Tensor Vt) Svd(Tensor x)
    {
        var results = Dispatch.RunAll(OpDefs.Svd, Attrs.Empty, x);
        return (results[0], results[1], results[2]);
    }

    /// <summary>The discrete Fourier transform along an axis, of complex numbers as two tensors; without an imaginary part that is 0.</summary>
    /// <remarks>
    /// Shape: that of the parts. DType: floats. Errors: TG1002, TG2001 and TG2002 parts that differ, TG2003, TG2004. Gradient: to both parts, of any
    /// order. Any length takes n·log n. Source: np.fft.fft.
    /// </remarks>
    public static (Tensor Real, Tensor Imaginary) Fft(Tensor real, Tensor? imaginary = null, int axis = -1) =>
        Transform(real, imaginary ?? ZerosLike(real), axis, inverse: false);

    /// <summary>The inverse of <see cref="Fft"/>, divided by the number of elements. Source: np.fft.ifft.</summary>
    /// <inheritdoc cref="Fft"/>
    public static (Tensor Real, Tensor Imaginary) Ifft(Tensor real, Tensor imaginary, int axis = -1)
    {
        var (x, y) = Transform(real, imaginary, axis, inverse: true);
        var count = Cast(Size(x, axis), x.DType);
        return (x / count, y / count);
    }

    private static (Tensor Real, Tensor Imaginary) Transform(Tensor real, Tensor imaginary, int axis, bool inverse)
    {
        int rank = Check.NotNull(real).Rank, at = rank == 0 ? 0 : Axis("fft", axis, rank);
        // An exchange of two axes undoes itself.
        int[] order = [.. Enumerable.Range(0, rank).Select(i => i == at ? rank - 1 : i == rank - 1 ? at : i)];
        bool isLast = at >= rank - 1 || Check.NotNull(imaginary).Rank != rank;
        Tensor Last(Tensor x) => isLast ? x : Transpose(x, order);
        var results = Dispatch.RunAll(OpDefs.Fft, Attrs.Of("inverse", inverse), Last(real), Last(imaginary));
        return (Last(results[0]), Last(results[1]));
    }
}
