using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG3002, a graph assertion that fails.</summary>
public sealed class TG3002Tests
{
    [Fact]
    public void Shows_the_values_and_the_line_of_the_assertion()
    {
        var build = new GraphBuilder();
        Value holds = build.Parameter(new(DType.Bool, Shape.Scalar), "holds");
        Value loss = build.Parameter(new(DType.F32, Shape.Scalar), "loss");
        build.Emit(OpDefs.Assert, Attrs.Of("message", "the loss is {0}"), [holds, loss]);
        Graph graph = build.Finish("check", []);

        new Interpreter().Run(graph, Literal.Scalar(DType.Bool, 1), Literal.Scalar(DType.F32, 7));
        Expect.ErrorHere(DiagnosticIds.AssertionFailed, () => new Interpreter().Run(graph, Literal.Scalar(DType.Bool, 0), Literal.Scalar(DType.F32, 7)), ["the loss is 7"]);
    }
}
