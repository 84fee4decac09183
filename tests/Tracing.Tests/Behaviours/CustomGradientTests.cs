namespace TensorGraph.Tests;

/// <summary>Row 5.5: gradients that a program gives itself, with tapes in the graph and around it, in branches and loops, of second order.</summary>
public sealed partial class CustomGradientTests
{
    private static readonly Tensor s_x = new[] { 0.75, -1.5, 2.5 };

    [Theory]
    [InlineData("round", "[1, 1, 1]")]
    [InlineData("scaled", "[-3, -3, -3]")]
    [InlineData("clipped", "[0.5, 0.5, 0.5]")]
    [InlineData("two", "[7.5, -15, 25]")]
    [InlineData("captured", "[5, 5, 5]")]
    public void The_rule_is_used_wherever_the_tape_is(string name, string expected)
    {
        foreach (bool imperatively in new[] { true, false })
        {
            Assert.Equal(expected, Modes.Run(() => Inside(name, s_x), imperatively).Result.ToString());
            Assert.Equal(expected, Modes.Run(() => Around(name, s_x), imperatively).Result.ToString());
        }
    }

    [Fact]
    public void The_value_is_that_of_the_function() => Assert.Equal("[1, -2, 2]", Modes.Both(() => Value("round", s_x)).Result.ToString());

    [Fact]
    public void In_loops_and_branches_that_tensors_decide()
    {
        foreach (int n in new[] { 0, 1, 3 })
        {
            var (gradient, _) = Modes.Both(() => InLoop(s_x, n));
            Assert.Equal(string.Join(", ", Enumerable.Repeat(Math.Pow(-3, n), 3)), string.Join(", ", gradient.ToArray<double>()));
        }
    }

    [Fact]
    public void Derivatives_of_the_rule()
    {
        // The rule says 3x²·g for x·x: its derivative is 6x.
        Assert.Equal("[6, -12]", Modes.Both(() => Second(new[] { 1.0, -2 })).Result.ToString());
    }

    [Fact]
    public void Rules_that_do_not_fit_are_errors()
    {
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Inside("one of two", s_x).ToString(), "custom_gradient: 1 gradients for 2 inputs");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Inside("other shape", s_x).ToString(), "custom_gradient: the gradient of input 0, f64[3], is f64[]");
        Modes.Fails(DiagnosticIds.BadGradientTarget, () => Inside("not a float", s_x).ToString(), "custom_gradient: the value of the function is i32[3]");
    }

    private static Tensor F(string name, Tensor x)
    {
        var five = Ops.OnesLike(x) * 5;
        return name switch
        {
            "round" => Ops.CustomGradient(x, Ops.Round, (_, _, g) => g),
            "scaled" => Ops.CustomGradient(x, a => a * a, (_, _, g) => g * -3),
            "clipped" => Ops.CustomGradient(x, a => a + 0, (a, y, g) => Ops.Clip(g * a * y, -0.5, 0.5)),
            "two" => Ops.CustomGradient([x, x * 2], xs => xs[0] * xs[1], (xs, _, g) => [xs[0] * g * 4, xs[1] * g * 1.5]),
            "captured" => Ops.CustomGradient(x, a => a * 2, (_, _, g) => g * five),
            "one of two" => Ops.CustomGradient([x, x], xs => xs[0] * xs[1], (xs, _, g) => [g]),
            "other shape" => Ops.CustomGradient(x, a => a * 2, (_, _, g) => Ops.Sum(g)),
            _ => Ops.CustomGradient(x, a => a.Cast(DType.I32), (_, _, g) => g),
        };
    }

    [GraphFunction]
    private static Tensor Value(string name, Tensor x) => F(name, x);

    [GraphFunction]
    private static Tensor Inside(string name, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Ops.Sum(F(name, x)), x)!;
    }

    private static Tensor Around(string name, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Ops.Sum(Value(name, x)), x)!;
    }

    [GraphFunction]
    private static Tensor InLoop(Tensor x, Tensor n)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x;
        for (Tensor i = 0; i < n; i++)
        {
            if (i > -1)
                y = Ops.CustomGradient(y, a => a + 1, (_, _, g) => g * -3);
        }

        return tape.Gradient(Ops.Sum(y), x)!;
    }

    [GraphFunction]
    private static Tensor Second(Tensor x) => Ops.Vjp(
        at => Ops.Vjp(inner => Ops.CustomGradient(inner, a => a * a, (a, _, g) => a * a * 3 * g), at).Gradient, x).Gradient;
}
