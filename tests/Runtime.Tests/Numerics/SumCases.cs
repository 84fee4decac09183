using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// A sum of many terms: an op, its operands, what double precision gives for the first element of the result, and the relative error allowed.
/// </summary>
internal sealed record SumCase(
    string Name, double Bound, TensorType[] Operands, Func<int, long, double> Element, Func<GraphBuilder, Value[], Value> Emit,
    Func<Literal[], double> Expected)
{
    public Literal[] Values() => [.. Operands.Select((type, k) => Literal.FromDoubles(type, i => Element(k, i)))];

    public Graph Graph()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value[] parameters = Array.ConvertAll(Operands, type => build.Parameter(type));
        return build.Finish("sum", [Emit(build, parameters)]);
    }
}

/// <summary>Everything that adds up along an axis of a million elements.</summary>
internal static class SumCases
{
    private const int N = 1_000_000;
    private const double Tenth = 0.1f;

    private static readonly double[] Uniform = Draw(new Random(7));

    public static readonly SumCase[] All =
    [
        Constant("reduce_sum, contiguous", 1e-6, [N], [0], N),
        Constant("reduce_sum, first axis of (n, 3)", 1e-6, [N, 3], [0], N),
        Constant("reduce_sum, first axis of (10⁵, 40)", 1e-6, [N / 10, 40], [0], N / 10),
        Constant("reduce_sum, outer axes of (500, 2, 2000)", 1e-6, [500, 2, 2000], [0, 2], N),
        Constant("reduce_sum, first and third axis of (100, 3, 100, 5): 10⁴", 1e-6, [100, 3, 100, 5], [0, 2], 10_000),
        new("reduce_sum of a transposed view", 1e-6, [F32(2000, 500)], (_, _) => Tenth,
            (b, x) => b.Sum(b.Add(b.Transpose(x[0], [1, 0]), b.BroadcastTo(b.Scalar(0, x[0]), [500, 2000])), [0, 1]), _ => N * Tenth),
        new("reduce_sum, uniform numbers", 1e-6, [F32(N)], (_, i) => Uniform[i], (b, x) => b.Sum(x[0], [0]), _ => Uniform.Sum()),
        new("reduce_sum of f16", 5e-4, [new(DType.F16, [N])], (_, i) => i % 2 == 0 ? 0.01 : 0.02, (b, x) => b.Sum(x[0], [0]), v => Total(v[0])),
        new("reduce_sum of bf16", 4e-3, [new(DType.BF16, [N])], (_, i) => i % 2 == 0 ? 0.01 : 0.02, (b, x) => b.Sum(x[0], [0]), v => Total(v[0])),
        new("reduce_sum of f64", 2e-15, [new(DType.F64, [N])], (_, _) => 0.1, (b, x) => b.Sum(x[0], [0]), _ => 1e5),
        new("sum of squares, first axis", 1e-6, [F32(N, 2)], (_, _) => Tenth,
            (b, x) => b.Sum(b.Mul(x[0], x[0]), [0]), _ => N * (double)(float)(Tenth * Tenth)),
        new("gradient of a broadcast", 1e-6, [F32(1, 3), F32(N, 3)], (_, _) => Tenth,
            (b, x) => b.SumTo(b.Mul(b.BroadcastTo(x[0], [N, 3]), x[1]), [1, 3]),
            _ => N * (double)(float)(Tenth * Tenth)),
        Reduction("reduce_mean", 1e-6, OpDefs.ReduceMean, (_, i) => Uniform[i], v => Total(v[0]) / N),
        Reduction("reduce_variance of 10⁴ + uniform/10", 1e-6, OpDefs.ReduceVariance, (_, i) => 1e4 + 0.1 * Uniform[i], v => Variance(v[0])),
        Reduction("reduce_log_sum_exp", 1e-6, OpDefs.ReduceLogSumExp, (_, i) => Uniform[i],
            v => Math.Log(Enumerable.Range(0, N).Sum(i => Math.Exp(v[0].GetDouble(i))))),
        new("softmax", 1e-6, [F32(N)], (_, i) => Uniform[i], (b, x) => b.Emit(OpDefs.Softmax, Attrs.Of("axis", 0), [x[0]])[0],
            v => Math.Exp(v[0].GetDouble(0)) / Enumerable.Range(0, N).Sum(i => Math.Exp(v[0].GetDouble(i)))),
        new("mean_squared_error", 1e-6, [F32(N), F32(N)], (k, _) => k * Tenth, (b, x) => b.Emit(OpDefs.MeanSquaredError, x[0], x[1]), _ => Tenth * Tenth),
        Reduction("reduce_prod of 1 ± 0.0005 (each product rounds)", 5e-4, OpDefs.ReduceProd, (_, i) => 0.9995 + 0.001 * Uniform[i],
            v => Enumerable.Range(0, N).Aggregate(1.0, (product, i) => product * v[0].GetDouble(i))),
        new("cum_sum, last element", 1e-7, [F32(N)], (_, _) => Tenth,
            (b, x) => b.Emit(OpDefs.CumSum, Attrs.Of(("axis", 0L), ("reverse", true)), [x[0]])[0], _ => N * Tenth),
        new("dot, k = n", 2e-6, [F32(2, N), F32(N, 3)], (_, _) => Tenth, (b, x) => b.Dot(x[0], x[1], [1], [0]), _ => N * Tenth * Tenth),
        new("window_sum of a window of n", 1e-7, [F32(N)], (_, _) => Tenth,
            (b, x) => b.Emit(OpDefs.WindowSum, Window(N), [x[0]])[0], _ => N * Tenth),
        new("conv with a window of n", 2e-6, [F32(1, 1, N), F32(1, 1, N)], (_, _) => Tenth,
            (b, x) => b.Conv(x[0], x[1], 1, [1], [1], [1], new Shape([0]), new Shape([0])), _ => N * Tenth * Tenth),
        new("scatter_add into one row", 1e-7, [F32(4, 1), new(DType.I32, [N]), F32(N, 1)], (k, _) => k == 2 ? Tenth : 0,
            (b, x) => b.ScatterAdd(x[0], x[1], x[2], 0), _ => N * Tenth),
    ];

    private static Attrs Window(long size) => Attrs.Of(
        ("window", new[] { size }), ("stride", new[] { 1L }), ("dilation", new[] { 1L }), ("low", new Shape([0])), ("high", new Shape([0])));

    private static double[] Draw(Random random) => [.. Enumerable.Range(0, N).Select(_ => (double)random.NextSingle())];

    private static TensorType F32(params long[] sizes) => new(DType.F32, new Shape(sizes));

    private static SumCase Constant(string name, double bound, long[] sizes, long[] axes, long count) => new(
        name, bound, [F32(sizes)], (_, _) => Tenth, (b, x) => b.Sum(x[0], axes.Select(axis => (int)axis)), _ => count * Tenth);

    private static SumCase Reduction(string name, double bound, OpDef op, Func<int, long, double> element, Func<Literal[], double> expected) => new(
        name, bound, [F32(N)], element, (b, x) => b.Emit(op, Attrs.Of(("axes", new long[] { 0 }), ("keep", false)), [x[0]])[0], expected);

    private static double Total(Literal x) => Enumerable.Range(0, N).Sum(i => x.GetDouble(i));

    private static double Variance(Literal x)
    {
        double mean = Total(x) / N;
        return Enumerable.Range(0, N).Sum(i => Math.Pow(x.GetDouble(i) - mean, 2)) / N;
    }
}
