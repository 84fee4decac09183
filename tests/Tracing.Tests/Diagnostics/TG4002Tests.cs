namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG4002, a gradient of something that has none, or from a tape that is used up.</summary>
public sealed class TG4002Tests
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
}
