using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG4001, an op without a gradient on the path.</summary>
public sealed class TG4001Tests
{
    [Fact]
    public void Names_the_op_and_its_line()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, [2]), "x");
        Node call = build.Emit(OpDefs.HostCall, Attrs.Of(("results", 1L), ("dtype0", DType.F32), ("shape0", new Shape(2)), ("fn", Resource.Host)), [x]);

        Expect.ErrorHere(DiagnosticIds.NoGradient, () => Gradient.Backward(build, [call], [(call[0], build.Ones(x.Type))], [x], []), ["host_call", "StopGradient"]);
    }
}
