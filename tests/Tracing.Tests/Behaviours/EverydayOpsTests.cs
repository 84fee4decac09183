using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>
/// Functions that people know from NumPy, made of ops: their values, imperative and traced, with constant sizes and with sizes that only a run knows;
/// gradients of those that have one, against central differences.
/// </summary>
public sealed partial class EverydayOpsTests
{
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Program, string Expected)> s_values = new()
    {
        ["eye"] = (x => Ops.Eye(2, 3, 1, DType.F64) * x[0, 0], "f64[2, 3] [[0, 1, 0], [0, 0, 1]]"),
        ["eye of a size"] = (x => Ops.Eye(x.Shape[0]), "f32[2, 2] [[1, 0], [0, 1]]"),
        ["tile"] = (x => Ops.Tile(x, 2), "f64[2, 6] [[1, -2, 3, 1, -2, 3], [4, 5, -6, 4, 5, -6]]"),
        ["tile, more axes"] = (x => Ops.Tile(x[0], 2, 1), "f64[2, 3] [[1, -2, 3], [1, -2, 3]]"),
        ["repeat"] = (x => Ops.Repeat(x, 2), "f64[4, 3] [[1, -2, 3], [1, -2, 3], [4, 5, -6], [4, 5, -6]]"),
        ["repeat, last axis"] = (x => Ops.Repeat(x, 2, -1), "f64[2, 6] [[1, 1, -2, -2, 3, 3], [4, 4, 5, 5, -6, -6]]"),
        ["split"] = (x => Ops.Split(x, 3, 1)[2], "f64[2, 1] [[3], [-6]]"),
        ["split, sizes"] = (x => Ops.Split(x, [1, x.Shape[1] - 1], 1)[1], "f64[2, 2] [[-2, 3], [5, -6]]"),
        ["unstack"] = (x => Ops.Unstack(x, 1)[1], "f64[2] [-2, 5]"),
        ["roll"] = (x => Ops.Roll(x, 1, 1), "f64[2, 3] [[3, 1, -2], [-6, 4, 5]]"),
        ["roll, back"] = (x => Ops.Roll(x, -3), "f64[2, 3] [[4, 5, -6], [1, -2, 3]]"),
        ["tril"] = (x => Ops.Tril(x), "f64[2, 3] [[1, 0, 0], [4, 5, 0]]"),
        ["triu"] = (x => Ops.Triu(x, 1), "f64[2, 3] [[0, -2, 3], [0, 0, -6]]"),
        ["outer"] = (x => Ops.Outer(x[0], x[1]), "f64[3, 3] [[4, 5, -6], [-8, -10, 12], [12, 15, -18]]"),
        ["kron"] = (x => Ops.Kron(x[.., ..2], x[0]), "f64[2, 6] [[1, -2, 3, -2, 4, -6], [4, -8, 12, 5, -10, 15]]"),
        ["meshgrid"] = (x => Ops.Stack(Ops.Meshgrid(x[0], x[.., 0])), "f64[2, 3, 2] [[[1, 1], [-2, -2], [3, 3]], [[1, 4], [1, 4], [1, 4]]]"),
        ["std"] = (x => Ops.Round(Ops.Square(Ops.Std(x, [1])) * 9), "f64[2] [38, 222]"),
        ["norm"] = (x => Ops.Round(Ops.Square(Ops.Norm(x, [0], keep: true))), "f64[1, 3] [[17, 29, 45]]"),
        ["norm, 1"] = (x => Ops.Norm(x, order: 1), "f64[] 21"),
        ["norm, ∞"] = (x => Ops.Norm(x, [1], order: double.PositiveInfinity), "f64[2] [3, 6]"),
        ["norm, −∞"] = (x => Ops.Norm(x, [1], order: double.NegativeInfinity), "f64[2] [1, 4]"),
        ["norm, 0"] = (x => Ops.Norm(Ops.Relu(x), [1], order: 0), "f64[2] [2, 2]"),
        ["norm, 3"] = (x => Ops.Round(Ops.Pow(Ops.Norm(x, [1], order: 3), 3)), "f64[2] [36, 405]"),
        ["median"] = (x => Ops.Median(x), "f64[] 2"),
        ["median, axis"] = (x => Ops.Median(x, 1, keep: true), "f64[2, 1] [[1], [4]]"),
        ["quantile"] = (x => Ops.Quantile(x, 0.25, 0), "f64[3] [1.75, -0.25, -3.75]"),
        ["quantile, 0.9"] = (x => Ops.Quantile(x, 0.9), "f64[] 4.5"),
        ["median of NaN"] = (x => Ops.Median(Ops.Where(x > 4, double.NaN, x), 1), "f64[2] [1, NaN]"),
        ["cumprod"] = (x => Ops.CumProd(x, 1), "f64[2, 3] [[1, -2, -6], [4, 20, -120]]"),
        ["cumprod, reverse"] = (x => Ops.CumProd(x, reverse: true), "f64[2, 3] [[4, -10, -18], [4, 5, -6]]"),
        ["nonzero"] = (x => Ops.NonZero(Ops.Relu(x)), "i64[4, 2] [[0, 0], [0, 2], [1, 0], [1, 1]]"),
        ["mask"] = (x => x[x > 2], "f64[3] [3, 4, 5]"),
        ["mask of rows"] = (x => x[x[.., 1] > 0], "f64[1, 3] [[4, 5, -6]]"),
        ["mask of nothing"] = (x => Ops.Sum(x[x > 99]), "f64[] 0"),
        ["set where"] = (x => x.At(x < 0).Set(0), "f64[2, 3] [[1, 0, 3], [4, 5, 0]]"),
        ["set rows where"] = (x => x.At(x[.., 1] > 0).Set(x[0]), "f64[2, 3] [[1, -2, 3], [1, -2, 3]]"),
        ["step"] = (x => x[.., (.., 2)], "f64[2, 2] [[1, 3], [4, -6]]"),
        ["backward"] = (x => x[(.., -1)], "f64[2, 3] [[4, 5, -6], [1, -2, 3]]"),
        ["backward by two"] = (x => x[1, (.., -2)], "f64[2] [-6, 4]"),
        ["backward in a range"] = (x => x[(..1, -1), (1.., -1)], "f64[1, 2] [[3, -2]]"),
        ["methods"] = (x => x.T.Relu().Pow(2).Sum([0], keep: true).Clip(0, 40), "f64[1, 2] [[10, 40]]"),
        ["softmax"] = (x => Ops.Round(x.Softmax().Sum([-1], true).Sigmoid().Squeeze() * 1e6), "f64[2] [731059, 731059]"),
        ["product of matrices"] = (x => Ops.Einsum("ij,kj->ik", x, x), "f64[2, 2] [[14, -24], [-24, 77]]"),
        ["einsum, implied"] = (x => Ops.Einsum("ba", x), "f64[3, 2] [[1, 4], [-2, 5], [3, -6]]"),
        ["einsum, sums"] = (x => Ops.Einsum("ij->", x), "f64[] 5"),
        ["einsum, trace"] = (x => Ops.Einsum("ii", x[.., ..2]), "f64[] 6"),
        ["einsum, diagonal"] = (x => Ops.Einsum("ii->i", x[.., ^2..]), "f64[2] [-2, -6]"),
        ["einsum, outer"] = (x => Ops.Einsum("i,j->ij", x[.., 0], x[0]), "f64[2, 3] [[1, -2, 3], [4, -8, 12]]"),
        ["einsum, batch"] = (x => Ops.Einsum("bi,bi->b", x, x), "f64[2] [14, 77]"),
        ["einsum, ellipsis"] = (x => Ops.Einsum("...i,ij->...j", x, x.T), "f64[2, 2] [[14, -24], [-24, 77]]"),
        ["einsum, ellipsis broadcasts"] = (x => Ops.Einsum("...i,...i", x, x[..1]), "f64[2] [14, -24]"),
        ["einsum, three"] = (x => Ops.Einsum("ij,jk,k->i", x, x.T, x[.., 0]), "f64[2] [-82, 284]"),
        ["einsum, scalar"] = (x => Ops.Einsum(",i->i", x[0, 1], x[0]), "f64[3] [-2, 4, -6]"),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor>> s_smooth = new()
    {
        ["tile"] = x => Ops.Tile(x, 2, 3), ["repeat"] = x => Ops.Repeat(x, 2, 1), ["split"] = x => Ops.Split(x, [1, 2], 1)[1] * Ops.Split(x, 3, 1)[0],
        ["roll"] = x => Ops.Roll(x, 2, 1) * x, ["tril"] = x => Ops.Tril(x) * x, ["outer"] = x => Ops.Outer(x, x), ["kron"] = x => Ops.Kron(x, x),
        ["std"] = x => Ops.Std(x, [1], correction: 1), ["norm"] = x => Ops.Norm(x, [0]), ["norm, 3"] = x => Ops.Norm(x, order: 3), ["median"] = x => Ops.Median(x, 1),
        ["quantile"] = x => Ops.Quantile(x, 0.3), ["cumprod"] = x => Ops.CumProd(x, 1), ["mask"] = x => x[x > 0] * x[x > 0], ["backward"] = x => x[(.., -1), (.., -2)] * x[.., ..2],
        ["einsum"] = x => Ops.Einsum("ij,kj->ik", x, x), ["einsum, diagonal"] = x => Ops.Einsum("ii->i", x[.., ..2]) * Ops.Einsum("jj", x[.., 1..]),
    };

    public static TheoryData<string> Values => [.. s_values.Keys];

    public static TheoryData<string> Smooth => [.. s_smooth.Keys];

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_are_those_of_NumPy(string name)
    {
        Tensor x = new[,] { { 1.0, -2, 3 }, { 4, 5, -6 } };
        var (result, _) = Modes.Both(() => Run(name, x));
        Assert.Equal(s_values[name].Expected, $"{result.Type} {result}");
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Sizes_may_be_known_only_when_the_graph_runs(string name)
    {
        // The second shape makes sizes symbolic.
        foreach (int columns in new[] { 3, 6, 9 })
        {
            Tensor x = Ops.Reshape(Ops.Cos(Ops.Iota(2 * columns, DType.F64)) * 7, 2, columns);
            // The order of LibTorch's sums differs with the shape of a product; of whole numbers every order is exact.
            if (Device.Current.Name.StartsWith("torch", StringComparison.Ordinal)) x = Ops.Round(x);
            Modes.Both(() => RunOpen(name, x));
        }
    }

    [Theory]
    [MemberData(nameof(Smooth))]
    public void Gradients_are_those_of_central_differences(string name)
    {
        double[] x = [0.5, -1.25, 2, 0.75, 1.5, -0.5];
        double[] expected = Differences(at => Ops.Sum(Ops.Sin(s_smooth[name](Ops.Reshape(at, 2, 3)))), x);
        foreach (bool imperatively in new[] { true, false })
            Agree(expected, Modes.Run(() => Gradient(name, x), imperatively).Result, $"{name}, imperatively: {imperatively}");
    }

    [Fact]
    public void Arange_counts_as_NumPy_does()
    {
        Assert.Equal(
            "i32[3] [0, 1, 2] | i32[2] [2, 3] | i32[3] [5, 3, 1] | f64[4] [0, 0.25, 0.5, 0.75] | f32[2] [1, 1.5] | i64[2] [0, 1] | f16[3] [0, 1, 2] | i32[0] []",
            string.Join(" | ", Modes.Both(Ranges).Result.Select(range => $"{range.Type} {range}")));
        Modes.Fails(DiagnosticIds.OutOfRange, () => Ops.Arange(0, 1, 0), "arange");
    }

    [Fact]
    public void A_norm_of_zeros_has_the_gradient_0() => Assert.Equal([0.0, 0], Modes.Both(() => OfNorm(new[] { 0.0, 0 })).Result.ToArray<double>());

    [Fact]
    public void Errors_say_what_does_not_fit()
    {
        Tensor x = new[,] { { 1.0, -2, 3 }, { 4, 5, -6 } };
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Run("bad split", x), "split: axis 1 of f64[2, 3] has no 2 equal parts");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Run("bad sizes", x), "split: axis 1 of f64[2, 3] is not [1, 1] together");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Run("bad mask", x), "boolean_mask: the mask bool[3] does not cover the first axes of f64[2, 3]");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Run("bad letter", x), "einsum: 'ij,jk->ik': 'j' is 3 and 2");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Run("bad equation", x), "einsum: 'ijk->i': 'ijk' does not name the axes of f64[2, 3]");
        Modes.Fails(DiagnosticIds.OutOfRange, () => Run("bad step", x), "index: a step of 0 on axis 0 of f64[2, 3]");
        Modes.Fails(DiagnosticIds.OutOfRange, () => Run("bad share", x), "quantile: q = 1.5");
        Modes.Fails(DiagnosticIds.RankMismatch, () => Run("bad values", x), "set: f64[6] for each entry that the mask bool[2, 3]");
    }

    [Fact]
    public void Parts_that_turn_out_unequal_are_an_error_of_the_run()
    {
        foreach (int columns in new[] { 2, 4, 6 })
            Modes.Both(() => Halves(Ops.Ones(columns)));
        Assert.Equal(DiagnosticIds.ShapeMismatch, Assert.ThrowsAny<GraphException>(() => Halves(Ops.Ones(5)).ToString()).Id);
    }

    [Fact]
    public void An_array_gives_its_last_element_back()
    {
        for (int n = 1; n <= 5; n++)
        {
            Tensor x = Ops.Iota(n, DType.F32) + 1;
            Modes.Both(() => Popped(x));
            Modes.Both(() => Stacked(x, n));
        }

        Assert.Equal("3 | 2 | [1, 1]", string.Join(" | ", Modes.Both(() => Popped(new[] { 1f, 2, 3 })).Result));
        Modes.Fails(DiagnosticIds.OutOfRange, () => PopNothing().ToString());
    }

    [GraphFunction]
    private static Tensor Run(string name, Tensor x) => name switch
    {
        "bad split" => Ops.Split(x, 2, 1)[0],
        "bad sizes" => Ops.Split(x, [1, 1], 1)[0],
        "bad mask" => Ops.BooleanMask(x, x[0] > 0),
        "bad letter" => Ops.Einsum("ij,jk->ik", x, x),
        "bad equation" => Ops.Einsum("ijk->i", x),
        "bad step" => x[(.., 0)],
        "bad share" => Ops.Quantile(x, 1.5),
        "bad values" => x.At(x > 0).Set(Ops.Reshape(x, -1)),
        _ => s_values[name].Program(x),
    };

    [GraphFunction]
    private static Tensor RunOpen(string name, Tensor x) => s_values[name].Program(x);

    [GraphFunction]
    private static Tensor Halves(Tensor x) => Ops.Split(x, 2)[1];

    [GraphFunction]
    private static Tensor Gradient(string name, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        var loss = Ops.Sum(Ops.Sin(s_smooth[name](Ops.Reshape(x, 2, 3))));
        return tape.Gradient(loss, x)!;
    }

    [GraphFunction]
    private static Tensor OfNorm(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Ops.Norm(x), x)!;
    }

    [GraphFunction]
    private static Tensor[] Ranges() =>
        [Ops.Arange(3), Ops.Arange(2, 4), Ops.Arange(5, 0, -2), Ops.Arange(0, 1, 0.25), Ops.Arange(1f, 2, 0.5f), Ops.Arange(2L), Ops.Arange(3, dtype: DType.F16), Ops.Arange(3, 1)];

    [GraphFunction]
    private static Tensor[] Popped(Tensor x)
    {
        var array = new TensorArray();
        array.Add(x[0]);
        foreach (Tensor entry in x)
            array.Add(entry);
        var last = array.Pop();
        if (last > 2)
            array.Add(array.Pop());
        return [last, array.Pop(), array.Stack()];
    }

    // A stack that a loop fills and empties.
    [GraphFunction]
    private static Tensor Stacked(Tensor x, Tensor n)
    {
        var array = TensorArray.From(x);
        Tensor sum = 0f;
        while (array.Count > 1)
        {
            var a = array.Pop();
            var b = array.Pop();
            array.Add(a * 2 - b);
            sum = sum + a;
        }

        return sum + array.Pop() + n.Cast(DType.F32);
    }

    [GraphFunction]
    private static Tensor PopNothing()
    {
        var array = new TensorArray(DType.F32, Shape.Scalar);
        return array.Pop();
    }
}
