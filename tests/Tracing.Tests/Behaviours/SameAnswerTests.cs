namespace TensorGraph.Tests;

/// <summary>Behaviours 1.*: imperative and traced give the same answer.</summary>
public sealed partial class SameAnswerTests
{
    [Fact]
    public void Row_1_1_nested_graph_functions_are_one_graph()
    {
        Assert.Equal(10, FancyFunc(1, 2, 3, 4).Item<int>());
        var function = GraphFunction.Of((Func<Tensor, Tensor, Tensor, Tensor, Tensor>)FancyFunc);
        Assert.Equal(1, function.TraceCount);
        Assert.All(function.ConcreteFunctions[0].Graph.Entry.Body, node => Assert.Equal("add", node.Op.Name));
    }

    [GraphFunction]
    private static Tensor Add(Tensor a, Tensor b) => a + b;

    [GraphFunction]
    private static Tensor FancyFunc(Tensor a, Tensor b, Tensor c, Tensor d) => Add(Add(a, b), Add(c, d));
}
