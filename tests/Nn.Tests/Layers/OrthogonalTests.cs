namespace TensorGraph.Tests;

/// <summary>The orthogonal initialiser.</summary>
public sealed class OrthogonalTests
{
    [Theory]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    [InlineData(4, 4)]
    public void Rows_or_columns_are_orthonormal(int rows, int columns)
    {
        Tensor w = Initializers.Orthogonal(2)(new Shape(rows, columns), 1, 1, new RandomGenerator(3));
        Tensor products = rows < columns ? w.MatMul(w.Transpose(1, 0)) : w.Transpose(1, 0).MatMul(w);
        Assert.All((products - Ops.Eye(Math.Min(rows, columns)) * 4).ToArray<float>(), rest => Assert.InRange(rest, -1e-5f, 1e-5f));
    }

    [Fact]
    public void Windows_are_rows_and_other_weights_are_errors()
    {
        Assert.Equal("f32[4, 2, 3, 3]", Initializers.Orthogonal()(new Shape(4, 2, 3, 3), 1, 1, new RandomGenerator(3)).Type.ToString());
        Expect.Error(DiagnosticIds.RankMismatch, () => Initializers.Orthogonal()(new Shape(4), 1, 1, new RandomGenerator(3)), ["orthogonal"]);
        Expect.Error(DiagnosticIds.OutOfRange, () => Initializers.Orthogonal(double.NaN), ["gain"]);
    }
}
