using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG2003, too few or too many axes.</summary>
public sealed class TG2003Tests
{
    [Fact]
    public void Shows_the_operands_whose_ranks_differ()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, [2, 3]), "x");

        Value y = build.Parameter(new(DType.F32, [2]), "y");

        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => build.Emit(OpDefs.Concat, Attrs.Of("axis", 0L), [x, y]), ["concat", "f32[2, 3]", "f32[2]"]);
    }

    [Fact]
    public void Names_the_argument_of_a_call()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, [2]), "x");
        Graph graph = build.Finish("twice", [build.Add(x, x)]);

        Expect.Error(DiagnosticIds.RankMismatch, () => new Interpreter().Run(graph, Literal.Scalar(DType.F32, 1)), "twice", "'x'", "f32[2]");
    }
}
