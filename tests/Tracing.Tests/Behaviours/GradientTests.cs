namespace TensorGraph.Tests;

/// <summary>Behaviours 5.*: gradients, for programs without loops.</summary>
public sealed partial class GradientTests
{
    private readonly Variable _weight = new(new[] { 2f, 3f }, "weight");

    [Fact]
    public void Row_5_1_tape_outside_inside_and_nested()
    {
        Assert.Equal("[4, 6]", Modes.Both(() => Outside(Square)).Result.ToString());
        Assert.Equal("[4, 6]", Modes.Both(() => Inside(_weight)).Result.ToString());
        Assert.Equal("[2, 2]", Modes.Both(() => SecondOutside()).Result.ToString());
        Assert.Equal("[2, 2]", Modes.Both(() => InnerTapeInGraph()).Result.ToString());
    }

    [Fact]
    public void Row_5_1_effects_of_a_differentiated_call_happen_once()
    {
        var (_, lines) = Modes.Both(() =>
        {
            var count = new Variable(0f, "count", trainable: false);
            using var tape = new GradientTape();
            Tensor y = Counted(_weight, count).Sum();
            return new[] { tape.Gradient(y, _weight)!, count.Value };
        });
        Assert.Equal(["counting 0"], lines);
    }

    [Fact]
    public void Row_5_3_third_derivative()
    {
        var (result, _) = Modes.Both(() =>
        {
            Tensor x = 2.0;
            using var third = new GradientTape();
            third.Watch(x);
            Tensor d2;
            using (var second = new GradientTape())
            {
                second.Watch(x);
                Tensor d1;
                using (var first = new GradientTape())
                {
                    first.Watch(x);
                    d1 = first.Gradient(Quartic(x), x)!;
                }

                d2 = second.Gradient(d1, x)!;
            }

            return new[] { d2, third.Gradient(d2, x)! };
        });
        Assert.Equal(["48", "48"], result.Select(tensor => tensor.ToString()));
    }

    [Fact]
    public void Row_5_4_what_has_no_influence_has_no_gradient()
    {
        Modes.Both(() =>
        {
            Tensor a = 1f, b = 2f, c = 3f;
            using var tape = new GradientTape(persistent: true);
            tape.Watch(a);
            tape.Watch(b);
            tape.Watch(c);
            Tensor y = OnlyFirst(a, b);
            return new[] { tape.Gradient(y, a), tape.Gradient(y, b), tape.Gradient(y, c), tape.Gradient(y, _weight) };
        });
    }

    [Fact]
    public void Row_5_6_a_tape_is_used_once_unless_persistent()
    {
        Tensor x = 3f;
        using var once = new GradientTape();
        once.Watch(x);
        Tensor y = x * x;
        once.Gradient(y, x);
        Assert.Equal("TG4002", Assert.Throws<GraphException>(() => once.Gradient(y, x)).Id);
        Assert.Equal("TG4002", Assert.Throws<GraphException>(() => once.Gradient(Ops.Iota(3), x)).Id);
        using var chosen = new GradientTape(watchVariables: false);
        Assert.Equal("TG4003", Assert.Throws<GraphException>(() => chosen.Gradient((_weight * 2).Sum(), _weight)).Id);
    }

    [Fact]
    public void Sizes_known_only_at_run_time_go_back_too()
    {
        foreach (int length in new[] { 2, 3, 5, 1 })
        {
            var (result, _) = Modes.Both(() =>
            {
                Tensor x = Ops.Ones(length);
                using var tape = new GradientTape();
                tape.Watch(x);
                return tape.Gradient(MeanOfSquares(x), x)!;
            });
            Assert.Equal(2f / length, result[0].Item<float>());
        }
    }

    private Tensor Outside(Func<Variable, Tensor> function)
    {
        using var tape = new GradientTape();
        return tape.Gradient(function(_weight).Sum(), _weight)!;
    }

    private Tensor SecondOutside()
    {
        using var outer = new GradientTape();
        Tensor first;
        using (var inner = new GradientTape())
            first = inner.Gradient(Square(_weight).Sum(), _weight)!;
        return outer.Gradient(first.Sum(), _weight)!;
    }

    private Tensor InnerTapeInGraph()
    {
        using var outer = new GradientTape();
        return outer.Gradient(Inside(_weight).Sum(), _weight)!;
    }

    [GraphFunction]
    private static Tensor Square(Variable x) => x.Value * x.Value;

    [GraphFunction]
    private static Tensor Inside(Variable x)
    {
        using var tape = new GradientTape();
        return tape.Gradient((x.Value * x.Value).Sum(), x)!;
    }

    [GraphFunction]
    private static Tensor Counted(Variable x, Variable count)
    {
        Ops.Print("counting", count);
        count.AssignAdd(1f);
        return x.Value * x.Value * count;
    }

    [GraphFunction]
    private static Tensor Quartic(Tensor x) => x * x * x * x;

    [GraphFunction]
    private static Tensor OnlyFirst(Tensor a, Tensor b) => a * 2;

    [GraphFunction(InputSignature = ["f32[n]"])]
    private static Tensor MeanOfSquares(Tensor x) => (x * x).Mean();

    [Fact]
    public void A_tape_in_a_branch_or_loop_watches_what_was_made_outside()
    {
        Tensor x = new double[] { 0.5, -1, 2 };
        foreach (double c in new[] { 1.0, -1 })
            Modes.Both(() => InBranch(x, c));
        var (gradients, _) = Modes.Both(() => InLoop(x, 3));
        Assert.Equal([2 * 0.5 * 3, -6, 12], gradients.ToArray<double>());
    }

    [GraphFunction]
    private static Tensor InBranch(Tensor x, Tensor c)
    {
        Tensor g = x;
        if (c > 0)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            g = tape.Gradient((x * x * c).Sum(), x)!;
        }

        return g;
    }

    [GraphFunction]
    private static Tensor InLoop(Tensor x, Tensor n)
    {
        Tensor sum = x * 0;
        foreach (Tensor i in Ops.Range(n))
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            sum += tape.Gradient((x * x).Sum(), x)!;
        }

        return sum;
    }
}
