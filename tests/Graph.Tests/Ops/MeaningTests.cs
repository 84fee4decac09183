using TensorGraph.Ir;

namespace TensorGraph.Tests.Ops;

/// <summary>Results of ops at the edges: NaN, ±0, ±∞, ties, wrapping, empty axes; compared with values known from .NET, NumPy and the literature.</summary>
public sealed class MeaningTests
{
    private const double NaN = double.NaN, Inf = double.PositiveInfinity;

    [Theory]
    [InlineData("abs", -0.0, 0.0)]
    [InlineData("abs", NaN, NaN)]
    [InlineData("sign", -0.0, -0.0)]
    [InlineData("sign", -3.0, -1.0)]
    [InlineData("sign", NaN, NaN)]
    [InlineData("round", 0.5, 0.0)]
    [InlineData("round", 1.5, 2.0)]
    [InlineData("round", -0.5, -0.0)]
    [InlineData("floor", -0.5, -1.0)]
    [InlineData("ceil", -0.5, -0.0)]
    [InlineData("trunc", -1.7, -1.0)]
    [InlineData("log", 0.0, -Inf)]
    [InlineData("log", -1.0, NaN)]
    [InlineData("log1p", -1.0, -Inf)]
    [InlineData("log1p", 1e-20, 1e-20)]
    [InlineData("expm1", 1e-20, 1e-20)]
    [InlineData("expm1", -Inf, -1.0)]
    [InlineData("sqrt", -1.0, NaN)]
    [InlineData("sqrt", -0.0, -0.0)]
    [InlineData("rsqrt", 0.0, Inf)]
    [InlineData("sigmoid", -1000.0, 0.0)]
    [InlineData("sigmoid", 1000.0, 1.0)]
    [InlineData("tanh", Inf, 1.0)]
    [InlineData("erf", 0.5, 0.5204998778130465)]
    [InlineData("erf", -2.0, -0.9953222650189527)]
    [InlineData("erf", Inf, 1.0)]
    [InlineData("erf", 1e-10, 1.1283791670955126e-10)]
    [InlineData("softplus", 1000.0, 1000.0)]
    [InlineData("softplus", -1000.0, 0.0)]
    [InlineData("softplus", 0.0, 0.6931471805599453)]
    [InlineData("log_sigmoid", -1000.0, -1000.0)]
    [InlineData("gelu", 1.0, 0.8413447460685429)]
    [InlineData("gelu", -Inf, -0.0)]
    [InlineData("normal_cdf", -10.0, 7.61985302416052606597e-24)]
    [InlineData("silu", 1.0, 0.7310585786300049)]
    [InlineData("relu", NaN, NaN)]
    [InlineData("relu", -1.0, 0.0)]
    [InlineData("elu", -1.0, -0.6321205588285577)]
    [InlineData("elu", 1000.0, 1000.0)]
    [InlineData("leaky_relu", -2.0, -0.02)]
    [InlineData("hard_sigmoid", 5.0, 1.0)]
    [InlineData("asin", 1.0, Math.PI / 2)]
    [InlineData("acos", -1.0, Math.PI)]
    [InlineData("asin", 2.0, NaN)]
    [InlineData("atan", Inf, Math.PI / 2)]
    [InlineData("sinh", 1e-9, 1e-9)]
    [InlineData("cosh", 1.0, 1.5430806348152437)]
    [InlineData("asinh", 1e300, 691.4686750787736)]
    [InlineData("asinh", -1e-9, -1e-9)]
    [InlineData("acosh", 1.0, 0.0)]
    [InlineData("acosh", 1e300, 691.4686750787736)]
    [InlineData("acosh", 0.5, NaN)]
    [InlineData("atanh", 1.0, Inf)]
    public void Functions_of_one_number(string op, double x, double expected) => Same(expected, Run(op, Attrs.Empty, F(x))[0].GetDouble(0));

    [Theory]
    [InlineData("max", NaN, 1, NaN)]
    [InlineData("max", 1, NaN, NaN)]
    [InlineData("max", -0.0, 0.0, 0.0)]
    [InlineData("min", 0.0, -0.0, -0.0)]
    [InlineData("min", 1, NaN, NaN)]
    [InlineData("div", 1, 0, Inf)]
    [InlineData("div", 0, 0, NaN)]
    [InlineData("rem", -7, 3, -1)]
    [InlineData("rem", 7, -3, 1)]
    [InlineData("mod", -7, 3, 2)]
    [InlineData("mod", 7, -3, -2)]
    [InlineData("mod", 1.0, 0.1, 0.09999999999999995)]
    [InlineData("floor_div", -7, 2, -4)]
    [InlineData("floor_div", 1.0, 0.1, 9)]
    [InlineData("floor_div", 1, 0, Inf)]
    [InlineData("floor_div", -1, Inf, -1)]
    [InlineData("pow", 0, 0, 1)]
    [InlineData("pow", NaN, 0, 1)]
    [InlineData("pow", -8, 1.0 / 3, NaN)]
    [InlineData("atan2", 0.0, -1, Math.PI)]
    [InlineData("atan2", -0.0, -1, -Math.PI)]
    [InlineData("squared_difference", 5, 2, 9)]
    public void Functions_of_two_numbers(string op, double x, double y, double expected) => Same(expected, Run(op, Attrs.Empty, F(x), F(y))[0].GetDouble(0));

    [Theory]
    [InlineData("div", -7, 2, -3)]
    [InlineData("div", 7, 0, 0)]
    [InlineData("div", int.MinValue, -1, int.MinValue)]
    [InlineData("rem", -7, 2, -1)]
    [InlineData("rem", 7, 0, 0)]
    [InlineData("floor_div", -7, 2, -4)]
    [InlineData("floor_div", 7, -2, -4)]
    [InlineData("floor_div", 7, 0, 0)]
    [InlineData("mod", -7, 2, 1)]
    [InlineData("mod", 7, 0, 0)]
    [InlineData("add", int.MaxValue, 1, int.MinValue)]
    [InlineData("pow", 3, 4, 81)]
    [InlineData("pow", 2, 40, 0)]
    [InlineData("pow", 2, -1, 0)]
    [InlineData("pow", -1, -3, -1)]
    [InlineData("shift_left", 1, 33, 2)]
    [InlineData("shift_right", -8, 1, -4)]
    [InlineData("shift_right_logical", -8, 28, 15)]
    [InlineData("xor", 6, 3, 5)]
    public void Integers(string op, int x, int y, int expected) => Assert.Equal(expected, Run(op, Attrs.Empty, I(x), I(y))[0].GetLong(0));

    [Fact]
    public void Comparisons_with_NaN_are_false_but_for_not_equal()
    {
        foreach (string op in new[] { "equal", "greater", "greater_equal", "less", "less_equal" })
            Assert.Equal(0, Run(op, Attrs.Empty, F(NaN), F(NaN))[0].GetLong(0));
        Assert.Equal(1, Run("not_equal", Attrs.Empty, F(NaN), F(NaN))[0].GetLong(0));
        Assert.Equal(1, Run("equal", Attrs.Empty, F(0.0), F(-0.0))[0].GetLong(0));
    }

    [Fact]
    public void Text_is_joined_and_compared()
    {
        Literal a = new(new(DType.String, new Shape(2)), new[] { "x", "y" }), b = new(new(DType.String, Shape.Scalar), new[] { "y" });
        Assert.Equal(["xy", "yy"], (string[])Run("add", Attrs.Empty, a, b)[0].Data);
        Assert.Equal([false, true], (bool[])Run("equal", Attrs.Empty, a, b)[0].Data);
    }

    [Theory]
    [InlineData(1e20, DType.I32, -1)]
    [InlineData(-1.9, DType.I32, -1)]
    [InlineData(300.0, DType.U8, 44)]
    [InlineData(NaN, DType.I64, 0)]
    [InlineData(NaN, DType.Bool, 1)]
    [InlineData(1e-300, DType.Bool, 1)]
    public void Casts_from_floats(double x, DType to, long expected) => Assert.Equal(expected, Run("cast", Attrs.Of("dtype", to), F(x))[0].GetLong(0));

    [Fact]
    public void Reductions_of_nothing_give_the_neutral_element()
    {
        foreach (var (op, expected) in new[] { ("reduce_sum", 0.0), ("reduce_prod", 1), ("reduce_max", -Inf), ("reduce_min", Inf), ("reduce_mean", NaN), ("reduce_log_sum_exp", -Inf) })
            Same(expected, Run(op, Axes(0), Literal.Zeros(new(DType.F64, new Shape(0))))[0].GetDouble(0));
        Assert.Equal(int.MinValue, Run("reduce_max", Axes(0), Literal.Zeros(new(DType.I32, new Shape(0))))[0].GetLong(0));
        Assert.Equal(255, Run("reduce_min", Axes(0), Literal.Zeros(new(DType.U8, new Shape(0))))[0].GetLong(0));
        Assert.Equal(1, Run("reduce_all", Axes(0), Literal.Zeros(new(DType.Bool, new Shape(0))))[0].GetLong(0));
        Expect.Error(DiagnosticIds.ShapeMismatch, () => Run("arg_max", Attrs.Of("axis", 0), Literal.Zeros(new(DType.F64, new Shape(0)))), "empty");
    }

    [Fact]
    public void Extremes_meet_NaN_first_and_ties_at_the_front()
    {
        Same(NaN, Run("reduce_max", Axes(0), F([1, NaN, 3]))[0].GetDouble(0));
        Assert.Equal(1, Run("arg_max", Attrs.Of("axis", 0), F([1, NaN, NaN]))[0].GetLong(0));
        Assert.Equal(1, Run("arg_min", Attrs.Of("axis", 0), F([3, 1, 1]))[0].GetLong(0));
        Literal[] ascending = Run("sort", Attrs.Of(("axis", 0), ("descending", false)), F([2, NaN, -Inf, 2, 0]));
        Assert.Equal([-Inf, 0, 2, 2, NaN], (double[])ascending[0].Data);
        Assert.Equal([2, 4, 0, 3, 1], (int[])ascending[1].Data);
        Assert.Equal([0, 3, 4, 2, 1], (int[])Run("sort", Attrs.Of(("axis", 0), ("descending", true)), F([2, NaN, -Inf, 2, 0]))[1].Data);
        Literal[] top = Run("top_k", Attrs.Of(("axis", 0), ("k", 2)), F([2, 5, 5]));
        Assert.Equal([1, 2], (int[])top[1].Data);
    }

    [Fact]
    public void Softmax_and_its_relatives_do_not_overflow()
    {
        Assert.Equal([0.5, 0.5, 0], (double[])Run("softmax", Attrs.Of("axis", 0), F([1000, 1000, -1000]))[0].Data);
        Assert.Equal([0, 0, 1], (double[])Run("softmax", Attrs.Of("axis", 0), F([-Inf, 0, 800]))[0].Data);
        Assert.Equal(1000 + Math.Log(2), Run("reduce_log_sum_exp", Axes(0), F([1000, 1000]))[0].GetDouble(0), 12);
        Assert.Equal(-2000, Run("log_softmax", Attrs.Of("axis", 0), F([1000, -1000]))[0].GetDouble(1), 12);
        Assert.Equal(2000, Run("sparse_softmax_cross_entropy", Attrs.Empty, F([1000, -1000]), I(1))[0].GetDouble(0), 12);
        Assert.Equal(1000, Run("sigmoid_cross_entropy", Attrs.Empty, F(-1000), F(1))[0].GetDouble(0), 12);
    }

    [Theory]
    [InlineData("gather")]
    [InlineData("sparse_softmax_cross_entropy")]
    [InlineData("dynamic_slice")]
    public void Places_out_of_range_are_errors_at_run_time(string op)
    {
        Literal x = F([1, 2, 3]);
        foreach (int place in new[] { 3, -1 })
        {
            Expect.Error(DiagnosticIds.OutOfRange, () => Run(op, op switch
            {
                "gather" => Attrs.Of(("axis", 0), ("batch", 0)),
                "dynamic_slice" => Attrs.Of("size", new Shape(1)),
                _ => Attrs.Empty,
            }, x, I(place)), place.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void A_slice_that_a_later_size_does_not_allow_is_refused_when_sizes_are_bound()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F64, [Dim.Symbol("n")]), "x");
        Graph graph = build.Finish("f", [build.Slice(x, new Shape(0), new Shape(4))]);
        Assert.Equal(4, new Interpreter().Run(graph, F([1, 2, 3, 4, 5]))[0].Count);
        Expect.Error(DiagnosticIds.SizesDiffer, () => new Interpreter().Run(graph, F([1, 2, 3])), "slice", "max(");
    }

    // Known answers of the reference implementation, Random123: philox4x32-10 with counter and key zero; and one block later.
    [Fact]
    public void Random_bits_are_those_of_Philox()
    {
        Literal zero = Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => 0), one = Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => 1);
        Literal words = Run("random_bits", Attrs.Of("shape", new Shape(6)), zero, zero)[0];
        Assert.Equal([0x6627e8d5u, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8], ((int[])words.Data).Take(4).Select(word => unchecked((uint)word)));
        Assert.Equal(((int[])words.Data)[4..], ((int[])Run("random_bits", Attrs.Of("shape", new Shape(2)), zero, one)[0].Data));
    }

    [Theory]
    [InlineData("random_uniform", 0.5, 1.0 / 12)]
    [InlineData("random_normal", 0, 1)]
    public void Random_numbers_have_their_mean_and_variance(string op, double mean, double variance)
    {
        Literal key = Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => 77), counter = Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => 3);
        foreach (DType dtype in new[] { DType.F64, DType.F32, DType.F16, DType.BF16 })
        {
            Literal drawn = Run(op, Attrs.Of(("shape", new Shape(20000)), ("dtype", dtype)), key, counter)[0];
            double[] numbers = [.. Enumerable.Range(0, 20000).Select(i => drawn.GetDouble(i))];
            Assert.All(numbers, number => Assert.True(double.IsFinite(number)));
            Assert.InRange(numbers.Average(), mean - 0.03, mean + 0.03);
            Assert.InRange(numbers.Select(number => number * number).Average() - Math.Pow(numbers.Average(), 2), variance * 0.95, variance * 1.05);
            if (op == "random_uniform")
                Assert.All(numbers, number => Assert.InRange(number, 0, Math.BitDecrement(1.0)));
        }
    }

    [Fact]
    public void Convolution_is_cross_correlation()
    {
        Literal x = Literal.FromDoubles(new(DType.F64, new Shape(1, 1, 4)), i => i + 1), w = Literal.FromDoubles(new(DType.F64, new Shape(1, 1, 2)), i => i == 0 ? 10 : 1);
        Attrs attrs = Attrs.Of(("groups", 1), ("stride", new long[] { 1 }), ("dilation", new long[] { 1 }), ("input_dilation", new long[] { 1 }), ("low", new Shape(1)), ("high", new Shape(0)));
        Assert.Equal([1.0, 12, 23, 34], (double[])Run("conv", attrs, x, w)[0].Data);
// Zeros between the elements: 0 1 | 1 0 | 0 2 | …
        Assert.Equal([1.0, 10, 2, 20, 3, 30, 4], (double[])Run("conv", attrs.With("input_dilation", new long[] { 2 }), x, w)[0].Data);
    }

    [Theory]
    [InlineData("max", 1, 1, 0.5, 0.5)]
    [InlineData("max", 2, 1, 1, 0)]
    [InlineData("min", 2, 1, 0, 1)]
    public void Ties_share_the_gradient(string op, double x, double y, double byX, double byY)
    {
        var build = new GraphBuilder();
        Value a = build.Parameter(new(DType.F64, Shape.Scalar)), b = build.Parameter(new(DType.F64, Shape.Scalar));
        Value result = build.Emit(OpTable.Find(op)!, a, b);
        var gradients = Gradient.Backward(build, [.. build.Body], [(result, build.Ones(result.Type))], [a, b], []).Sources;
        Literal[] found = new Interpreter().Run(build.Finish("g", [gradients[0]!.Value, gradients[1]!.Value]), F(x), F(y));
        Assert.Equal([byX, byY], found.Select(value => value.GetDouble(0)));
    }

    [Theory]
    [InlineData("relu", 0, 0)]
    [InlineData("abs", 0, 0)]
    [InlineData("softplus", 1000, 1)]
    [InlineData("elu", 1000, 1)]
    [InlineData("sigmoid", -1000, 0)]
    public void Gradients_at_kinks_and_far_out_are_finite(string op, double x, double expected)
    {
        var build = new GraphBuilder();
        Value a = build.Parameter(new(DType.F64, Shape.Scalar));
        Value result = build.Emit(OpTable.Find(op)!, a);
        Value gradient = Gradient.Backward(build, [.. build.Body], [(result, build.Ones(result.Type))], [a], []).Sources[0]!.Value;
        Assert.Equal(expected, new Interpreter().Run(build.Finish("g", [gradient]), F(x))[0].GetDouble(0));
    }

    private static Literal[] Run(string op, Attrs attrs, params Literal[] inputs)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Node node = build.Emit(OpTable.Find(op)!, attrs, [.. inputs.Select(input => build.Parameter(input.Type))]);
        return new Interpreter().Run(build.Finish(op, node.Types.Select((_, i) => node[i]).ToArray()), inputs);
    }

    private static Attrs Axes(params int[] axes) => Attrs.Of(("axes", axes), ("keep", false));

    private static Literal F(double x) => Literal.Scalar(DType.F64, x);

    private static Literal F(double[] x) => new(new(DType.F64, new Shape(x.Length)), x);

    private static Literal I(int x) => new(new(DType.I32, Shape.Scalar), new[] { x });

    // Equal to a few units in the last place, with the sign of zero.
    private static void Same(double expected, double actual)
    {
        if (expected == 0 && actual == 0)
            Assert.Equal(double.IsNegative(expected), double.IsNegative(actual));
        Close.Within(expected, actual, relative: 4e-15, absolute: 0);
    }
}
