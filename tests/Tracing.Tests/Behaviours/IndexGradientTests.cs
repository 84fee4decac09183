namespace TensorGraph.Tests;

/// <summary>
/// Gradients of first and second order through indexing, slices and places that are data, in straight code, in a branch and in a loop: imperative and
/// traced, with the tape in the graph and around it, against central differences.
/// </summary>
public sealed partial class IndexGradientTests
{
    private static readonly double[] s_point = [0.5, -1.25, 2, 0.75, 1.5, -0.5];

    private static readonly string[] s_kinds = ["element", "range", "set", "add", "slice", "rows"];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string kind in s_kinds)
        {
            foreach (string place in new[] { "straight", "branch", "loop" })
                cases.Add(kind, place);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void First_order(string kind, string place)
    {
        foreach (long i in new[] { 0L, 1 })
        {
            double[] expected = Differences(x => Modes.Run(() => Value(x, i, kind, place), true).Result.Item<double>());
            foreach (bool imperatively in new[] { true, false })
            {
                AssertClose(expected, Modes.Run(() => Gradient(s_point, i, kind, place), imperatively).Result, 1e-5);
                AssertClose(expected, Modes.Run(() => Around(s_point, i, kind, place), imperatively).Result, 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Second_order(string kind, string place)
    {
        foreach (long i in new[] { 0L, 1 })
        {
            double[] expected = Differences(x => Modes.Run(() => Along(Gradient(x, i, kind, place)), true).Result.Item<double>());
            foreach (bool imperatively in new[] { true, false })
                AssertClose(expected, Modes.Run(() => Second(s_point, i, kind, place), imperatively).Result, 1e-4);
        }
    }

    [Fact]
    public void An_index_has_no_gradient()
    {
        foreach (bool imperatively in new[] { true, false })
            Assert.Null(Modes.Run(OfIndex, imperatively).Result);
    }

    private static Tensor? OfIndex()
    {
        Tensor i = 1.0;
        using var tape = new GradientTape();
        tape.Watch(i);
        return tape.Gradient(Value(s_point, i.Cast(DType.I64), "element", "straight"), i);
    }

    private static void AssertClose(double[] expected, Tensor actual, double bound) =>
        Assert.All(expected.Zip(actual.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, bound));

    private static double[] Differences(Func<Tensor, double> f)
    {
        const double Step = 1e-5;
        double At(int index, double by) => f(s_point.Select((value, i) => i == index ? value + by : value).ToArray());
        return [.. s_point.Select((_, i) => (At(i, Step) - At(i, -Step)) / (2 * Step))];
    }

    // Each place counts differently, so that a gradient that ends at the wrong place shows.
    private static Tensor Along(Tensor gradient) => (gradient * (Tensor)new[] { 1, -2, 0.5, 3, 0.25, -1.5 }).Sum();

    private static Tensor Part(Tensor x, Tensor i, string kind)
    {
        Tensor m = x.Reshape(2, 3);
        return kind switch
        {
            "element" => m[i, i + 1] * m[0, i] * x[2 * i],
            "range" => (x[1..4] * x[^3..] * m[i]).Sum(),
            "set" => (x.At(i + 1).Set(x[i] * x[3]) * x).Sum() + (m.At(i, 1..).Set(m[0, ..2] * 2.0) * m).Sum(),
            "add" => (x.At(i + 1).Add(x[i] * x[3]) * x).Sum() * x.At(i).Add(1.0)[i],
            "slice" => (x.Slice(i, 3) * x.Slice(i + 2, 3)).Sum() * m.Slice(i, 2, axis: 1).Sum(),
            _ => (m[new[] { 1L, 0, 1 }] * m[i] * x.Slice(i, 3)).Sum(),
        };
    }

    [GraphFunction]
    private static Tensor Value(Tensor x, Tensor i, string kind, string place)
    {
        if (place == "straight")
            return Part(x, i, kind);
        Tensor y = x * x;
        if (place == "branch")
        {
            if (i > 0)
                y = y * 0.5 + Part(x, i, kind);
            else
                y = y + Part(y, i, kind) * x;
            return (y * x).Sum();
        }

        for (Tensor k = 0L; k < 2L; k++)
        {
            y = y.At(i + k).Set(Part(x, k, kind) + y[i]);
            x = x + y * 0.125;
        }

        return (y * x).Sum();
    }

    [GraphFunction]
    private static Tensor Gradient(Tensor x, Tensor i, string kind, string place)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Value(x, i, kind, place), x)!;
    }

    private static Tensor Around(Tensor x, Tensor i, string kind, string place)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Value(x, i, kind, place), x)!;
    }

    [GraphFunction]
    private static Tensor Second(Tensor x, Tensor i, string kind, string place)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Along(Gradient(x, i, kind, place)), x)!;
    }
}
