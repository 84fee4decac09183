using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Pointwise ops over all magnitudes of floats, against double precision: the managed device and the specification itself.</summary>
public sealed class FunctionTests
{
    public static TheoryData<string, string> Names()
    {
        var data = new TheoryData<string, string>();
        foreach (FunctionCase function in FunctionCases.All)
        {
            data.Add(function.Name, "managed");
            data.Add(function.Name, "interpreter");
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Function_is_within_its_bound(string name, string device)
    {
        FunctionCase function = FunctionCases.All.Single(f => f.Name == name);
        foreach (DType dtype in new[] { DType.F32, DType.F64 })
        {
            (double ulps, string worst) = Error(function, dtype, device);
            long allowed = dtype == DType.F32 ? function.Single : function.Double;
            Assert.True(ulps <= allowed, $"{name} {dtype.Name()} on {device}: {ulps} ulp, allowed {allowed}: {worst}");
        }
    }

    // Made of exact ops or of functions in the table, or no functions of floats.
    private static readonly string[] Elsewhere =
        ["bitcast", "cast", "clip", "floor_div", "mod", "select", "squared_difference", "stop_gradient"];

    [Fact]
    public void Every_pointwise_op_of_floats_is_in_the_table()
    {
        IEnumerable<string> ops = OpTable.All
            .Where(op => op.Is(Traits.Pointwise) && !op.Schema.ReturnsBool)
            .Where(op => op.Schema.DTypes is not (DTypeSet.Integer or DTypeSet.IntegerOrBool or DTypeSet.Bool))
            .Select(op => op.Name);
        IEnumerable<string> tested = FunctionCases.All.Select(f => f.Op.Name).Distinct().Concat(Elsewhere);
        Assert.Equal(tested.Order(StringComparer.Ordinal), ops.Order(StringComparer.Ordinal));
    }

    /// <summary>The largest distance from the expected number, in representable numbers, and where it is.</summary>
    internal static (double Ulps, string Worst) Error(FunctionCase function, DType dtype, string device)
    {
        using IDisposable use = Device.Use(Devices.Find(device));
        double[] points = Points(dtype, device == "managed" ? 200_000 : 10_000);
        Literal x = Literal.FromDoubles(new(dtype, [points.Length]), i => points[i]);
        // A permutation, so that large meets small.
        Literal y = Literal.FromDoubles(new(dtype, [points.Length]), i => function.Second(points[(int)(i * 7919L % points.Length)]));
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value[] inputs = [.. Enumerable.Range(0, function.Op.Arity).Select(_ => build.Parameter(x.Type))];
        Graph graph = build.Finish("f", [build.Emit(function.Op, function.Attrs, inputs)[0]]);
        TensorData[] operands = [.. new[] { x, y }.Take(inputs.Length).Select(TensorData.From)];
        Literal result = Device.Current.Compile(graph).Run(operands)[0].ToLiteral();
        (double Ulps, string Worst) worst = (0, "");
        for (int i = 0; i < points.Length; i++)
        {
            double expected = function.Expected(x.GetDouble(i), y.GetDouble(i));
            double actual = result.GetDouble(i);
            double ulps = dtype == DType.F32 ? Close.Ulps((float)expected, (float)actual) : Close.Ulps(expected, actual);
            // A factor of a subnormal result may have been subnormal too, with fewer digits.
            if (Math.Abs(expected) < (dtype == DType.F32 ? 1.17549435e-38 : 2.2250738585072014e-308)) ulps /= 64;
            if (ulps <= worst.Ulps) continue;
            worst = (ulps, FormattableString.Invariant($"({x.GetDouble(i):r}, {y.GetDouble(i):r}) gives {actual:r}, expected {expected:r}"));
        }
        return worst;
    }

    // Bit patterns at equal distances, numbers where functions bend, and the edges.
    private static double[] Points(DType dtype, int count)
    {
        var random = new Random(3);
        ulong step = dtype == DType.F32 ? (1UL << 32) / (ulong)count : ulong.MaxValue / (ulong)count;
        IEnumerable<double> patterns = Enumerable.Range(0, count)
            .Select(i => (ulong)i * step)
            .Select(bits => dtype == DType.F32 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits));
        IEnumerable<double> bends = new[] { 0.01, 1.0, 10, 120, 800 }
            .SelectMany(to => Enumerable.Range(0, count / 5).Select(_ => to * (2 * random.NextDouble() - 1)));
        double[] edges =
        [
            0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 3, -3, 6, -6, float.MaxValue, -float.MaxValue,
            float.Epsilon, -float.Epsilon, double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon,
            88.5, 89, 89.4, 89.5, -87, -92, -103, -104, 709.5, 710, 710.4, 711, -708, -740, -746, 1e5, 1e9, 1e10, Math.PI, Math.PI / 2, 1 - 6e-8, 1 + 1.2e-7, 0.5, -0.5,
        ];
        return [.. edges.Concat(bends).Concat(patterns)];
    }
}
