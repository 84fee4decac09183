using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG7002, a value used outside of the graph that owns it.</summary>
public sealed class TG7002Tests
{
    [Fact]
    public void Says_which_op_made_the_value_and_where()
    {
        var first = new GraphBuilder();
        Value x = first.Parameter(new(DType.F32, [2]), "x");
        Value escaped = first.Add(x, x);

        Expect.ErrorHere(DiagnosticIds.EscapedTensor, () => new GraphBuilder().Neg(escaped), ["'add'", "f32[2]", "TG7002Tests.cs"]);
    }
}
