namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG4002, a gradient of something that has none, or from a tape that is used up.</summary>
public sealed partial class TG4002Tests
{
    [Fact]
    public void Shows_the_type_of_a_target_that_is_no_float()
    {
        using var tape = new GradientTape();
        Tensor x = new[] { 1, 2 };

        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => tape.Watch(x), ["i32[2]"]);
        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => tape.Gradient(x, x), ["i32[2]"]);
    }

    [Fact]
    public void Says_how_to_take_several_gradients()
    {
        var x = new Variable(3f);
        using var tape = new GradientTape();
        Tensor y = x.Value * x.Value;

        Assert.Equal(6f, tape.Gradient(y, x)!.Item<float>());
        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => tape.Gradient(y, x), ["already used", "persistent: true"]);
    }

    // An iteration knows nothing of those before it, so that a gradient that goes on into them would be a wrong answer.
    [Theory]
    [InlineData("gradient in a loop", "'y', which a loop carries", "in the iteration")]
    [InlineData("watch in a branch", "watched in a branch", "ahead of the branch")]
    public void A_tape_says_what_it_can_not_do_across_branches_and_loops(string use, string problem, string remedy) =>
        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => Across(use, 2.0), [problem, remedy]);

    [GraphFunction]
    private static Tensor Across(string use, Tensor x)
    {
        using var tape = new GradientTape(persistent: true);
        Tensor y = x;
        if (use == "watch in a branch")
        {
            if (x > 1)
                tape.Watch(x);
            return tape.Gradient(x * x, x)!;
        }

        tape.Watch(x);
        while (y < 10)
        {
            y = y * x;
            y = y + tape.Gradient(y, x)!;
        }

        return y;
    }
}
