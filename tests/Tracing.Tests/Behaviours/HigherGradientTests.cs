namespace TensorGraph.Tests;

/// <summary>Gradients of gradients of calls: whichever tapes record them, they are those of the imperative run.</summary>
public sealed partial class HigherGradientTests
{
    // The tape sees its own gradients being taken.
    [Theory]
    [InlineData(0, "[3, 12, 27]", "[6, 12, 18]", "[6, 6, 6]")]
    [InlineData(3, "[3, 12, 27]", "[6, 12, 18]", "[6, 6, 6]")]
    public void One_persistent_tape_differentiates_again_and_again(long turns, params string[] expected)
    {
        var (result, _) = Modes.Both(() =>
        {
            Tensor x = new[] { 1f, 2f, 3f };
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor first = tape.Gradient(turns == 0 ? Cube(x) : Power(x, turns), x)!;
            Tensor second = tape.Gradient(first, x)!;
            return new[] { first, second, tape.Gradient(second, x)! };
        });
        Assert.Equal(expected, result.Select(gradient => gradient.ToString()));
    }

    [Fact]
    public void A_persistent_tape_differentiates_by_a_variable_again()
    {
        var (result, _) = Modes.Both(() =>
        {
            var w = new Variable(new[] { 2f, 3f });
            using var tape = new GradientTape(persistent: true);
            Tensor first = tape.Gradient(CubeOf(w), w)!;
            return tape.Gradient(first, w)!;
        });
        Assert.Equal("[12, 18]", result.ToString());
    }

    // What is not chosen has no part in a second derivative either.
    [Fact]
    public void Second_derivatives_where_a_formula_changes()
    {
        double[] at = [0, 1e-3, 2, 1e9, -1e9];
        var (found, _) = Modes.Both(() =>
        {
            Tensor x = at;
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            return tape.Gradient(tape.Gradient(ArcSinh(x), x)!, x)!;
        });
        Assert.All(
            at.Zip(found.ToArray<double>()),
            pair => Assert.Equal(-pair.First / Math.Pow((pair.First * pair.First) + 1, 1.5), pair.Second, 1e-12));
    }

    [GraphFunction]
    private static Tensor ArcSinh(Tensor x) => Ops.Asinh(x);

    // What is only compared in a branch is kept for it, but has no gradient; the place that it was written to is a number of the turn alone.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_branch_in_a_loop_only_compares_needs_nothing_kept(bool thrice)
    {
        var (result, _) = Modes.Both(() =>
        {
            Tensor x = new[] { 1f, 2f, -3f };
            using var third = new GradientTape();
            using var second = new GradientTape();
            third.Watch(x);
            second.Watch(x);
            Tensor gradient;
            using (var first = new GradientTape())
            {
                first.Watch(x);
                gradient = first.Gradient(Compared(x, 3L), x)!;
            }

            gradient = second.Gradient(gradient, x)!;
            return thrice ? third.Gradient(gradient, x)! : gradient;
        });
        Assert.Equal(thrice ? "[6, 6, 6]" : "[6, 12, -18]", result.ToString());
    }

    // The number of iterations of both loops depends on values.
    [Fact]
    public void Third_derivatives_through_a_nested_loop_that_values_decide_equal_the_imperative_ones()
    {
        var result = Modes.Run(() => Derivatives(0.7), imperatively: false).Result;
        // Sums over iterations have other orders, so the last digit may differ.
        foreach (var (traced, imperative) in result.Zip(Modes.Run(() => Derivatives(0.7), imperatively: true).Result))
            Assert.Equal(imperative.Item<double>(), traced.Item<double>(), 1e-14 * Math.Abs(imperative.Item<double>()));
        double Polynomial(double x, int derivative) =>
            CentralDifferences.Differences(at => derivative == 1 ? Grown(at) : Derivatives(at)[derivative - 2], [x])[0];
        foreach (var (i, derivative) in result.Index())
            Assert.Equal(Polynomial(0.7, i + 1), derivative.Item<double>(), 1e-5 * Math.Abs(derivative.Item<double>()));
    }

    [GraphFunction]
    private static Tensor[] Derivatives(Tensor x)
    {
        Tensor First(Tensor at) => Ops.Vjp(Growing, at).Gradient;
        Tensor Second(Tensor at) => Ops.Vjp(First, at).Gradient;
        return [First(x), Second(x), Ops.Vjp(Second, x).Gradient];
    }

    [GraphFunction]
    private static Tensor Grown(Tensor x) => Growing(x);

    private static Tensor Growing(Tensor x)
    {
        Tensor y = x;
        while (y < 9)
        {
            Tensor step = x;
            while (step < 3)
                step = step * x * 0.5 + step + 0.1;
            y = y * x + step;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor Cube(Tensor x) => x * x * x;

    [GraphFunction]
    private static Tensor CubeOf(Variable x) => x.Value * x.Value * x.Value;

    [GraphFunction]
    private static Tensor Power(Tensor x, Tensor turns)
    {
        Tensor y = Ops.OnesLike(x), i = 0L;
        while (i < turns)
        {
            y = y * x;
            i = i + 1;
        }

        return y;
    }

    [GraphFunction]
    private static Tensor Compared(Tensor x, Tensor turns)
    {
        Tensor y = Ops.OnesLike(x), i = 0L;
        while (i < turns)
        {
            Tensor place = (i * i) % 3;
            Tensor other = y.At(place).Set(y[0] * x[1]);
            if (i < 2)
            {
                if (other.Sum() > -100)
                    y = y * x;
                else
                    y = y * 2;
            }
            else
            {
                y = y * x;
            }

            i = i + 1;
        }

        return y;
    }
}
