using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>Row 4.10: gradients through tensor arrays, imperatively, traced, and against central differences in float64.</summary>
public sealed partial class TensorArrayGradientTests
{
    private static readonly double[] s_point = [0.5, -1.25, 2];

    [Theory]
    [InlineData("straight")]
    [InlineData("indices")]
    [InlineData("unrolled")]
    [InlineData("branch")]
    [InlineData("branches")]
    [InlineData("rows")]
    [InlineData("concat")]
    public void Gradient_inside_and_outside_of_the_graph(string name)
    {
        Func<Tensor, Tensor> f = name switch
        {
            "straight" => Straight, "indices" => Indices, "unrolled" => Unrolled, "branch" => OneBranch, "branches" => TwoBranches, "rows" => Rows, _ => Concatenated,
        };
        Func<Tensor, Tensor> inside = name switch
        {
            "straight" => StraightGradient, "indices" => IndicesGradient, "unrolled" => UnrolledGradient, "branch" => OneBranchGradient,
            "branches" => TwoBranchesGradient, "rows" => RowsGradient, _ => ConcatenatedGradient,
        };
        foreach (double sign in new[] { 1.0, -1 })
        {
            Tensor x = s_point.Select(value => value * sign).ToArray();
            double[] expected = Differences(f, x.ToArray<double>());
            // Sums in another order round differently, so imperative and traced are each compared with the differences.
            var gradients = new[] { true, false }.SelectMany(mode => new[] { Modes.Run(() => Outside(name, x), mode).Result, Modes.Run(() => inside(x), mode).Result });
            foreach (Tensor gradient in gradients)
                Assert.All(expected.Zip(gradient.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    [Fact]
    public void Imperative_gradient_through_a_loop()
    {
        Tensor x = s_point;
        double[] expected = Differences(Looped, s_point);
        using var mode = new TensorGraphOptions { RunImperatively = true }.Use();
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor gradient = tape.Gradient(Looped(x), x)!;
        Assert.All(expected.Zip(gradient.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    // Intercepted calls, so that the tape stands outside of a graph.
    private static Tensor Outside(string name, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = name switch
        {
            "straight" => Straight(x), "indices" => Indices(x), "unrolled" => Unrolled(x), "branch" => OneBranch(x), "branches" => TwoBranches(x), "rows" => Rows(x), _ => Concatenated(x),
        };
        return tape.Gradient(y, x)!;
    }

    private static Tensor Weighted(Tensor stacked)
    {
        // Each place counts differently, so that a gradient that ends at the wrong element shows.
        Tensor squares = stacked * stacked;
        return (squares * (squares.Cast(DType.F64) * 0 + 1).Sum(1).Exp().Reshape(-1, 1)).Sum() + (stacked[0] * 3).Sum() + stacked[^1].Sum();
    }

    [GraphFunction]
    private static Tensor Straight(Tensor x)
    {
        var list = new TensorArray { x, x * x, x.Tanh() };
        list[1] = list[0] * list[2];
        return Weighted(list.Stack());
    }

    [GraphFunction]
    private static Tensor Indices(Tensor x)
    {
        var list = new TensorArray { x, x * x, x.Tanh() };
        Tensor i = (x[0] > 0).Cast(DType.I32);
        list[i] = list[i + 1] * x;
        list.Add(list[i] * 2);
        return Weighted(list.Stack());
    }

    [GraphFunction]
    private static Tensor Unrolled(Tensor x)
    {
        var list = new TensorArray();
        for (int i = 0; i < 4; i++)
        {
            list.Add(x * i);
            if (x[1] > i - 2)
                list.Add(list[^1] * x);
        }

        return Weighted(list.Stack());
    }

    [GraphFunction]
    private static Tensor OneBranch(Tensor x)
    {
        var list = new TensorArray { x };
        if (x[0] > 0)
            list.Add(x * x * 3);
        list.Add(x.Tanh());
        return Weighted(list.Stack());
    }

    [GraphFunction]
    private static Tensor TwoBranches(Tensor x)
    {
        var list = new TensorArray { x, x * 2 };
        if (x[0] > 0)
        {
            list[0] = x * x;
            list.Add(x);
        }
        else
        {
            Tensor all = list.Stack() * list[1];
            list.Add(all.Sum(0));
        }

        return Weighted(list.Stack());
    }

    [GraphFunction]
    private static Tensor Rows(Tensor x)
    {
        var list = TensorArray.From(Ops.Stack([x, x * x]));
        if (x[0] > 0)
            list.Add(x);
        list[list.Count - 1] = list[0] * 5;
        return Weighted(list.Stack());
    }

    [GraphFunction]
    private static Tensor Concatenated(Tensor x)
    {
        var list = new TensorArray { x };
        if (x[0] > 0)
            list.Add(x * x * 3);
        Tensor all = list.Concat();
        return (all * all * all).Sum();
    }

    [GraphFunction]
    private static Tensor Looped(Tensor x)
    {
        var list = new TensorArray { x };
        foreach (Tensor i in Ops.Range(3))
        {
            list.Add(list[i] * x.Tanh());
            if (list.Count > 2)
                list[0] = list[^1] + x;
        }

        return Weighted(list.Stack());
    }

    [GraphFunction]
    private static Tensor StraightGradient(Tensor x) => Of(Straight, x);

    [GraphFunction]
    private static Tensor IndicesGradient(Tensor x) => Of(v => Indices(v), x);

    [GraphFunction]
    private static Tensor UnrolledGradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Unrolled(x), x)!;
    }

    [GraphFunction]
    private static Tensor OneBranchGradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(OneBranch(x), x)!;
    }

    [GraphFunction]
    private static Tensor TwoBranchesGradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(TwoBranches(x), x)!;
    }

    [GraphFunction]
    private static Tensor RowsGradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Rows(x), x)!;
    }

    [GraphFunction]
    private static Tensor ConcatenatedGradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Concatenated(x), x)!;
    }

    private static Tensor Of(Func<Tensor, Tensor> f, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(f(x), x)!;
    }
}
