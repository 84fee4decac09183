namespace TensorGraph.Tests;

/// <summary>Errors that name the user's line and what to do, whichever way the program runs.</summary>
public sealed partial class ErrorLineTests
{
    [Fact]
    public void An_op_without_a_gradient_names_a_line_of_the_program() =>
        Modes.Fails(DiagnosticIds.NoGradient, () => Factored(Ops.Ones(2, 3)), "qr", "ErrorLineTests.cs:");

    [Fact]
    public void Text_is_not_told_to_be_cast()
    {
        Modes.Fails(DiagnosticIds.DTypeMismatch, () => Number("1"), "cast", "text becomes numbers in C#");
        var error = Assert.ThrowsAny<GraphException>(() => Number("1"));
        Assert.DoesNotContain("use Cast", error.Message, StringComparison.Ordinal);
    }

    [GraphFunction]
    private static Tensor Factored(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor r = Ops.Qr(x).R;
        return tape.Gradient(r.Sum(), x)!;
    }

    [GraphFunction]
    private static Tensor Number(Tensor text) => text.Cast(DType.F32);
}
