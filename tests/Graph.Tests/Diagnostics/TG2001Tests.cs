using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG2001, shapes that do not fit.</summary>
public sealed class TG2001Tests
{
    [Fact]
    public void Names_both_shapes_and_the_sizes_that_differ()
    {
        var build = new GraphBuilder();
        Value left = build.Parameter(new(DType.F32, [2, 3]), "left");
        Value right = build.Parameter(new(DType.F32, [4]), "right");

        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => build.Add(left, right), ["add", "[2, 3]", "[4]", "3 ≠ 4"]);
    }

    [Fact]
    public void Is_raised_by_a_reshape_that_changes_the_number_of_elements()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, [2, 3]), "x");

        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => build.Reshape(x, [4]), ["reshape", "[4]"]);
    }

    [Fact]
    public void Is_raised_when_a_graph_is_called_with_another_size()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, [2]), "x");
        Graph graph = build.Finish("twice", [build.Add(x, x)]);

        Expect.Error(DiagnosticIds.ShapeMismatch, () => new Interpreter().Run(graph, Literal.Zeros(new(DType.F32, [3]))), "twice", "'x'", "f32[3]");
    }
}
