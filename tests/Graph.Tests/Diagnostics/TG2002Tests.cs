using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG2002, element types that do not fit.</summary>
public sealed class TG2002Tests
{
    [Fact]
    public void Shows_the_cast_to_write_when_operands_differ()
    {
        var build = new GraphBuilder();
        Value left = build.Parameter(new(DType.F32, [2]), "left");
        Value right = build.Parameter(new(DType.F64, [2]), "right");

        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => build.Add(left, right), ["add", "f32[2]", "f64[2]", "Cast"]);
    }

    [Fact]
    public void Advises_no_cast_between_text_and_numbers()
    {
        var build = new GraphBuilder();
        Value left = build.Parameter(new(DType.String, []), "left");
        Value right = build.Parameter(new(DType.I32, []), "right");

        GraphException error = Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => build.Add(left, right), ["add", "string[]", "i32[]", "Ops.Print"]);
        Assert.DoesNotContain("Cast", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_the_op_takes()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.I32, [2]), "x");

        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => build.Emit(OpDefs.Exp, x), ["exp", "i32", "floats"]);
    }
}
