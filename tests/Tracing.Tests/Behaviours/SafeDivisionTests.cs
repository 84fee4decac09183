namespace TensorGraph.Tests;

/// <summary>Divisions by 0 beside a condition: what is not chosen has no part in the gradient.</summary>
public sealed partial class SafeDivisionTests
{
    [Theory]
    [InlineData("inside the branch")]
    [InlineData("harmless operand")]
    [InlineData("no NaN")]
    public void The_gradient_is_the_same_both_ways(string way)
    {
        foreach (double b in new[] { 0.0, 2 })
        {
            var (text, _) = Modes.Both(() => Gradients(way, b));
            Assert.DoesNotContain("NaN", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    // The zeros of the branch that was not taken meet an infinite derivative. Documented in concepts.md.
    [Fact]
    public void A_quotient_before_the_branch_gives_nan_when_traced()
    {
        Assert.Equal("1", Modes.Run(() => Gradients("before the branch", 0.0), imperatively: true).Result.Split(' ')[0]);
        Assert.Equal("NaN", Modes.Run(() => Gradients("before the branch", 0.0), imperatively: false).Result.Split(' ')[0], ignoreCase: true);
    }

    [Fact]
    public void Divide_no_nan_takes_every_shape_and_dtype()
    {
        Tensor a = new[] { 1f, 2f, 3f }, b = new[] { 0f, 2f, -0f };
        Assert.Equal("[0, 1, 0]", Modes.Both(() => Quotient(a, b)).Result.ToString());
        Assert.Equal("[0, 0, 0]", Modes.Both(() => Quotient(a, 0f)).Result.ToString());
        Assert.Equal("[0, 3]", Modes.Both(() => Quotient(new[] { 7, 7 }, new[] { 0, 2 })).Result.ToString());
    }

    private static string Gradients(string way, Tensor b)
    {
        Tensor a = 3.0;
        using var tape = new GradientTape();
        tape.Watch(a);
        tape.Watch(b);
        var all = tape.Gradient(Run(way, a, b), [a, b]);
        return $"{all[0] ?? Ops.Zeros()} {(all[1] ?? Ops.Zeros()) + 0}";
    }

    [GraphFunction]
    private static Tensor Run(string way, Tensor a, Tensor b)
    {
        Tensor r = a;
        if (way == "before the branch")
        {
            Tensor y = a / b;
            if (b == 0)
                r = a;
            else
                r = y;
        }
        else if (way == "inside the branch")
        {
            if (b == 0)
                r = a;
            else
                r = a / b;
        }
        else if (way == "harmless operand")
        {
            r = Ops.Where(b == 0, a, a / Ops.Where(b == 0, 1, b));
        }
        else
        {
            r = Ops.DivideNoNan(a, b);
        }

        return r;
    }

    [GraphFunction]
    private static Tensor Quotient(Tensor a, Tensor b) => Ops.DivideNoNan(a, b);
}
