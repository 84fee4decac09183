using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>QR and singular value factors, and Fourier transforms: what they mean, batches, gradients of first and second order, errors.</summary>
public sealed partial class FactorTests
{
    [Theory]
    [InlineData(4, 3)]
    [InlineData(3, 3)]
    [InlineData(2, 4)]
    [InlineData(1, 1)]
    public void Products_of_factors_are_the_matrices(int rows, int columns)
    {
        foreach (int batch in new[] { 1, 3, 2 })
        {
            Tensor x = Ops.Sin(Ops.Iota(batch * rows * columns, DType.F64) * 1.7).Reshape(batch, rows, columns);
            var (rest, _) = Modes.Both(() => Rest(x));
            Assert.All(rest, part => Assert.All(part.ToArray<double>(), value => Assert.InRange(value, -1e-12, 1e-12)));
        }
    }

    [Fact]
    public void Known_factors()
    {
        Tensor x = new[,] { { 3.0, 0 }, { 4, 5 } };
        Assert.Equal("[[5, 4], [0, 3]]", $"{Modes.Both(() => R(x)).Result:f0}");
        // √45 and √5.
        Assert.Equal("[6.7082, 2.2361]", $"{Modes.Both(() => Values(x)).Result:f4}");
        Assert.Equal("[2, 0]", $"{Values(new[,] { { 2.0, 0 }, { 0, 0 } }):f0}");
        Assert.Equal("[NaN]", Values(new[,] { { double.NaN, 1 } }).ToString());
        Assert.Equal("f32[2, 0]", Values(Ops.Zeros(2, 0, 3)).Type.ToString());
    }

    [Fact]
    public void Columns_of_singular_values_zero_are_orthonormal_too()
    {
        var (u, _, _) = Ops.Svd(new[,] { { 1.0, 1, 0 }, { 1, 1, 0 }, { 2, 2, 0 } });
        Assert.All((u.Transpose(1, 0).MatMul(u) - Ops.Eye(3, dtype: DType.F64)).ToArray<double>(), value => Assert.InRange(value, -1e-12, 1e-12));
    }

    [Theory]
    [InlineData(1e-310)]
    [InlineData(1e-200)]
    [InlineData(1e200)]
    [InlineData(1e300)]
    public void Numbers_near_the_ends_of_the_range_have_factors(double scale)
    {
        Tensor x = Ops.Sin(Ops.Iota(12, DType.F64) * 1.7).Reshape(1, 4, 3);
        var rest = Modes.Both(() => Rest(x * scale)).Result;
        Assert.All(rest[..2], part => Assert.All((part / scale).ToArray<double>(), value => Assert.InRange(value, -1e-10, 1e-10)));
        Assert.All(rest[2..], part => Assert.All(part.ToArray<double>(), value => Assert.InRange(value, -1e-12, 1e-12)));
    }

    [Fact]
    public void Equal_values_and_zeros_matter_to_their_vectors_alone()
    {
        Tensor unit = Ops.Eye(3, dtype: DType.F64), first = new[,] { { 2.0, 0 }, { 0, 0 }, { 0, 0 } }, equal = new[,] { { 2.0, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
        foreach (bool imperatively in new[] { true, false })
        {
            Agree([1, 0, 0, 0, 1, 0, 0, 0, 1], Modes.Run(() => ValueGradient(unit, 3), imperatively).Result, "sum of equal values");
            Agree([1, 0, 0, 0, 0, 0], Modes.Run(() => ValueGradient(first, 1), imperatively).Result, "largest, beside 0");
            Agree([1, 0, 0, 0, 0, 0], Modes.Run(() => ValueGradient(first.Transpose(1, 0), 1), imperatively).Result, "largest of a wide matrix, beside 0");
            Agree(Differences(FirstTerm, equal.ToArray<double>()), Modes.Run(() => FirstTermGradient(equal), imperatively).Result, "first term");
        }
    }

    [GraphFunction]
    private static Tensor ValueGradient(Tensor x, int count) => Ops.Vjp(m => Ops.Sum(Ops.Svd(m).S[..count]), x).Gradient;

    [GraphFunction]
    private static Tensor FirstTermGradient(Tensor x) => Ops.Vjp(FirstTerm, x).Gradient;

    private static Tensor FirstTerm(Tensor x)
    {
        var (u, s, vt) = Ops.Svd(x.Reshape(3, 3));
        return Ops.Sum(Ops.Sin(Ops.MatMul(u[.., ..1] * s[0], vt[..1])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(12)]
    public void Fourier_transforms_are_sums_of_waves(int n)
    {
        double[] re = [.. Enumerable.Range(0, n).Select(i => Math.Sin(i * 1.3))], im = [.. Enumerable.Range(0, n).Select(i => Math.Cos(i * 0.7))];
        var (result, _) = Modes.Both(() => Transformed(re, im));
        for (int j = 0; j < n; j++)
        {
            var sum = Enumerable.Range(0, n).Aggregate(System.Numerics.Complex.Zero, (total, k) =>
                total + (new System.Numerics.Complex(re[k], im[k]) * System.Numerics.Complex.Exp(new(0, -2 * Math.PI * j * k / n))));
            Assert.Equal(sum.Real, result[0].ToArray<double>()[j], 1e-9);
            Assert.Equal(sum.Imaginary, result[1].ToArray<double>()[j], 1e-9);
            Assert.Equal(re[j], result[2].ToArray<double>()[j], 1e-9);
            Assert.Equal(im[j], result[3].ToArray<double>()[j], 1e-9);
        }
    }

    [Fact]
    public void Fourier_transforms_of_any_axis()
    {
        Tensor x = Ops.Sin(Ops.Iota(24, DType.F64)).Reshape(2, 3, 4);
        var (along, _) = Modes.Both(() => Ops.Fft(x, axis: 1).Real);
        Assert.Equal(Ops.Fft(x.Transpose(0, 2, 1)).Real.Transpose(0, 2, 1).ToString(), along.ToString());
    }

    [Fact]
    public void Gradients()
    {
        double[] x = [1.5, -0.4, 0.3, 0.7, 2.2, -0.9];
        foreach (string name in new[] { "qr", "svd", "svd wide", "fft", "ifft" })
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
        Modes.Fails(DiagnosticIds.RankMismatch, () => R(Ops.Zeros(2)), "qr: f32[2] is no matrix");
        Modes.Fails(DiagnosticIds.RankMismatch, () => Values(1.0), "svd: f64[] is no matrix");
        Modes.Fails(DiagnosticIds.DTypeMismatch, () => Values(Ops.Zeros(2, 2).Cast(DType.I32)), "svd");
        Modes.Fails(DiagnosticIds.RankMismatch, () => Transformed(1.0, 1.0), "fft: f64[] has no axis");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Transformed(Ops.Zeros(3), Ops.Zeros(4)), "fft: the real part is f32[3], the imaginary part f32[4]");
        Expect.Error(DiagnosticIds.NoGradient, () => Ops.Vjp(a => Ops.Qr(a).R, Ops.Ones(2, 3)), ["qr: a matrix with more columns than rows"]);
    }

    private static Tensor Loss(string name, Tensor x)
    {
        Tensor m = Ops.Reshape(x, 3, 2), weights = Ops.Cos(Ops.Iota(6, DType.F64)).Reshape(3, 2);
        switch (name)
        {
            case "qr":
                var (q, r) = Ops.Qr(m);
                return Ops.Sum(Ops.Sin(q) * weights) + Ops.Sum(r * r * r);
            case "svd":
            case "svd wide":
                var (u, s, vt) = Ops.Svd(name == "svd" ? m : m.Transpose(1, 0));
                return Ops.Sum(Ops.Sin(u)) + Ops.Sum(s * s * s) + Ops.Sum(Ops.Exp(vt));
            case "fft":
                var (real, imaginary) = Ops.Fft(m, m * m);
                return Ops.Sum(Ops.Sin(real) * imaginary);
            default:
                var (a, b) = Ops.Ifft(m, m * 2, axis: 0);
                return Ops.Sum(Ops.Sin(a) * b);
        }
    }

    [GraphFunction]
    private static Tensor R(Tensor x) => Ops.Qr(x).R;

    [GraphFunction]
    private static Tensor Values(Tensor x) => Ops.Svd(x).S;

    [GraphFunction]
    private static Tensor[] Rest(Tensor x)
    {
        var (q, r) = Ops.Qr(x);
        var (u, s, vt) = Ops.Svd(x);
        Tensor Unit(Tensor columns) => Ops.MatMul(columns.Transpose(0, 2, 1), columns) - Ops.Eye(columns.Shape[2], dtype: DType.F64);
        return [Ops.MatMul(q, r) - x, Ops.MatMul(u * Ops.ExpandDims(s, 1), vt) - x, Unit(q), Unit(u), Unit(vt.Transpose(0, 2, 1))];
    }

    [GraphFunction]
    private static Tensor[] Transformed(Tensor re, Tensor im)
    {
        var (real, imaginary) = Ops.Fft(re, im);
        var (x, y) = Ops.Ifft(real, imaginary);
        return [real, imaginary, x, y];
    }

    [GraphFunction]
    private static Tensor Gradient(string name, Tensor x) => Ops.Vjp(at => Loss(name, at), x).Gradient;

    [GraphFunction]
    private static Tensor Second(string name, Tensor x) => Ops.Vjp(at => Ops.Sum(Ops.Sin(Ops.Vjp(inner => Loss(name, inner), at).Gradient)), x).Gradient;
}
