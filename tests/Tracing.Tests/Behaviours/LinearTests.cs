using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>Equations and factors of matrices: values of NumPy, batches, gradients of first and second order.</summary>
public sealed partial class LinearTests
{
    private static readonly Tensor s_positive = new[,] { { 4.0, 2, 0.5 }, { 2, 5, 1 }, { 0.5, 1, 3 } };

    [Fact]
    public void Factors_and_solutions()
    {
        Assert.Equal("[[2, 0], [1, 3]]", Modes.Both(() => Factor(new[,] { { 4.0, 2 }, { 2, 10 } })).Result.ToString());
        Assert.Equal("[[2], [3]]", Modes.Both(() => Solved(new[,] { { 0.0, 1 }, { 2, 1 } }, new[,] { { 3.0 }, { 7 } })).Result.ToString());
        Assert.Equal("[[-0.5, 0.5], [1, 0]]", Modes.Both(() => Inverted(new[,] { { 0.0, 1 }, { 2, 1 } })).Result.ToString());
        Assert.Equal("[[NaN, NaN], [NaN, NaN]]", Modes.Both(() => Factor(new[,] { { 1.0, 2 }, { 2, 1 } })).Result.ToString());
        Assert.Equal("f32[0, 0] []", $"{Factor(Ops.Zeros(0, 0)).Type} {Factor(Ops.Zeros(0, 0))}");
    }

    [Fact]
    public void Batches_with_sizes_that_only_a_run_knows()
    {
        foreach (int batch in new[] { 1, 3, 2 })
        {
            Tensor m = Ops.Reshape(Ops.Sin(Ops.Iota(batch * 9, DType.F64)), batch, 3, 3);
            var (rest, _) = Modes.Both(() => Rest(m));
            Assert.All(rest.ToArray<double>(), value => Assert.InRange(value, -1e-9, 1e-9));
        }
    }

    [Fact]
    public void Gradients()
    {
        double[] x = s_positive.Reshape(-1).ToArray<double>();
        foreach (string name in new[] { "cholesky", "solve", "inverse" })
        {
            double[] expected = Differences(at => Loss(name, at), x);
            foreach (bool imperatively in new[] { true, false })
                Agree(expected, Modes.Run(() => Gradient(name, x), imperatively).Result, name);
            double[] second = Differences(at => Ops.Sum(Ops.Sin(Gradient(name, at))), x);
            Agree(second, Modes.Run(() => Second(name, x), imperatively: false).Result, $"{name}, second order");
        }
    }

    [Fact]
    public void Errors()
    {
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Factor(Ops.Zeros(2, 3)), "cholesky: the matrices of f32[2, 3] are not square");
        Modes.Fails(DiagnosticIds.RankMismatch, () => Solved(Ops.Zeros(2, 2), Ops.Zeros(2)), "solve: f32[2, 2] and f32[2]");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Solved(Ops.Zeros(2, 2), Ops.Zeros(3, 1)), "solve: axis 0 differs");
    }

    // Around a symmetric matrix, so that each element counts.
    private static Tensor Loss(string name, Tensor x)
    {
        var m = Ops.Reshape(x, 3, 3);
        return Ops.Sum(Ops.Sin(name switch
        {
            "cholesky" => Ops.Cholesky(m),
            "solve" => Ops.Solve(m, m * 2 + 1),
            _ => Ops.Inverse(m),
        }));
    }

    [GraphFunction]
    private static Tensor Factor(Tensor x) => Ops.Cholesky(x);

    [GraphFunction]
    private static Tensor Solved(Tensor a, Tensor b) => Ops.Solve(a, b);

    [GraphFunction]
    private static Tensor Inverted(Tensor x) => Ops.Inverse(x);

    [GraphFunction]
    private static Tensor Rest(Tensor m)
    {
        var square = Ops.MatMul(m, Ops.Transpose(m, 0, 2, 1)) + Ops.Eye(3, dtype: DType.F64);
        var l = Ops.Cholesky(square);
        return Ops.MatMul(l, Ops.Transpose(l, 0, 2, 1)) - square + Ops.MatMul(square, Ops.Solve(square, m)) - m;
    }

    [GraphFunction]
    private static Tensor Gradient(string name, Tensor x) => Ops.Vjp(at => Loss(name, at), x).Gradient;

    [GraphFunction]
    private static Tensor Second(string name, Tensor x) => Ops.Vjp(at => Ops.Sum(Ops.Sin(Ops.Vjp(inner => Loss(name, inner), at).Gradient)), x).Gradient;
}
