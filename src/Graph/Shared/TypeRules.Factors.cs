using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Factors of matrices of any shape, and transforms of lines.</summary>
internal static partial class TypeRules
{
    public static ImmutableArray<TensorType> Qr(InferContext c)
    {
        var (batch, rows, columns, k) = Matrix(c);
        return [c.Inputs[0].As(new Shape([.. batch, rows, k])), c.Inputs[0].As(new Shape([.. batch, k, columns]))];
    }

    public static ImmutableArray<TensorType> Svd(InferContext c)
    {
        var (batch, rows, columns, k) = Matrix(c);
        var x = c.Inputs[0];
        return [x.As(new Shape([.. batch, rows, k])), x.As(new Shape([.. batch, k])), x.As(new Shape([.. batch, k, columns]))];
    }

    public static ImmutableArray<TensorType> Fft(InferContext c)
    {
        TensorType real = c.Inputs[0], imaginary = c.Inputs[1];
        c.SameDTypes(real, imaginary);
        if (real.Rank == 0)
            Throw.Rank(c.Op.Name, $"{real} has no axis", "Pass a tensor with at least one axis.");
        if (!c.Same(real.Shape, imaginary.Shape))
            Throw.Shape(c.Op.Name, $"the real part is {real}, the imaginary part {imaginary}", "Both parts have one shape.");
        return [real, real];
    }

    private static (IEnumerable<Dim> Batch, Dim Rows, Dim Columns, Dim Smaller) Matrix(InferContext c)
    {
        var x = c.Inputs[0];
        if (x.Rank < 2)
            Throw.Rank(c.Op.Name, $"{x} is no matrix", "Pass a tensor with at least two axes.");
        Dim rows = x.Shape[x.Rank - 2], columns = x.Shape[x.Rank - 1];
        return (x.Shape.Take(x.Rank - 2), rows, columns, Dim.Min(rows, columns));
    }
}
