using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG2006, symbolic sizes that were taken to be equal and differ in a call.</summary>
public sealed class TG2006Tests
{
    [Fact]
    public void Is_raised_by_the_call_whose_sizes_differ_and_not_by_the_trace()
    {
        var build = new GraphBuilder();
        Value left = build.Parameter(new(DType.F32, [Dim.Symbol("n")]), "left");
        Value right = build.Parameter(new(DType.F32, [Dim.Symbol("m")]), "right");
        Graph graph = build.Finish("sum", [build.Add(left, right)]);
        Literal two = Literal.Zeros(new(DType.F32, [2])), three = Literal.Zeros(new(DType.F32, [3]));

        Assert.Equal(2, new Interpreter().Run(graph, two, two)[0].Count);
        Expect.Error(DiagnosticIds.SizesDiffer, () => new Interpreter().Run(graph, two, three), "n", "m", "2", "3");
    }
}
