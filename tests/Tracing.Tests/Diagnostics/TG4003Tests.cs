namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG4003, a gradient by something that the tape never watched.</summary>
public sealed partial class TG4003Tests
{
    [Fact]
    public void Names_the_tensor_by_its_type()
    {
        Tensor x = new[] { 1f, 2f };
        using var tape = new GradientTape();
        Tensor y = x * x;

        Expect.ErrorHere(DiagnosticIds.NotWatched, () => tape.Gradient(y, x), ["f32[2]", "tape.Watch", "null is only"]);
    }

    [Fact]
    public void Names_the_variable()
    {
        var count = new Variable(1f, "count", trainable: false);
        using var tape = new GradientTape();
        Tensor y = count.Value * 2;

        Expect.ErrorHere(DiagnosticIds.NotWatched, () => tape.Gradient(y, count), ["'count'", "Watch(count)"]);
    }

    [Fact]
    public void Is_the_same_in_a_graph() => Modes.Fails(DiagnosticIds.NotWatched, () => Unwatched(new[] { 1f, 2f }), "Watch");

    [Fact]
    public void A_failed_question_does_not_use_up_the_tape()
    {
        Tensor x = 3f, other = 4f;
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x * x * other;

        Assert.Throws<GraphException>(() => tape.Gradient(y, other));
        Assert.Equal(24f, tape.Gradient(y, x)!.Item<float>());
    }

    [GraphFunction]
    private static Tensor Unwatched(Tensor x)
    {
        using var tape = new GradientTape();
        return tape.Gradient(x * x, x)!;
    }
}
