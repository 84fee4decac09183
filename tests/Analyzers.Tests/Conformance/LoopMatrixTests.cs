namespace TensorGraph.Tests.Conformance;

/// <summary>The loop matrix at lengths 0 to 4: the traced method gives the imperative one's result and log, and the graph does not depend on the length.</summary>
public sealed class LoopMatrixTests
{
    private const int LongestLoop = 4;

    public static TheoryData<string> Cells() => [.. LoopMatrix.Loops.SelectMany(LoopMatrix.Cells)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Traced_equals_imperative(string cell)
    {
        LoopMatrix.Loop loop = LoopMatrix.LoopOf(cell);
        var calls = new List<Func<object?[]>>();
        foreach (bool flag in new[] { false, true })
        {
            for (int n = 0; n <= LongestLoop; n++)
            {
                int length = n;
                calls.Add(() => LoopMatrix.Arguments(loop, length, flag));
            }
        }
        object traced = BothWays.AssertEqual(LoopMatrix.Program(loop), cell, [.. calls]);
        if (loop.Staged)
            AssertOneGraph(BothWays.FunctionOf(traced, cell), loop);
    }

    // The C# flag is part of the signature: one graph for each of its values, of one size for all lengths.
    private static void AssertOneGraph(GraphFunction function, LoopMatrix.Loop loop)
    {
        // A dataset is an object, so each one has a trace of its own.
        int traces = loop.Source.StartsWith("Dataset", StringComparison.Ordinal) ? LongestLoop + 1 : 1;
        Assert.Equal(2 * traces, function.TraceCount);
        foreach (IEnumerable<ConcreteFunction> graphs in function.ConcreteFunctions.GroupBy(concrete => concrete.SignatureText.Contains("flag: true", StringComparison.Ordinal)))
            Assert.Single(graphs.Select(graph => (graph.NodeCount, graph.Optimized.NodeCount)).Distinct());
    }

    [Fact]
    public void A_loop_over_a_list_grows_with_it()
    {
        LoopMatrix.Loop loop = LoopMatrix.Loops.Single(l => l.Name == "HostList");
        object model = Activator.CreateInstance(LoopMatrix.Program(loop).GetType("Model")!)!;
        foreach (int length in new[] { 2, 10 })
            BothWays.Run(model, Analyzers.TwinNames.Entry("HostList_Break_Tensor"), LoopMatrix.Arguments(loop, length, flag: false));

        IReadOnlyList<ConcreteFunction> graphs = BothWays.FunctionOf(model, "HostList_Break_Tensor").ConcreteFunctions;
        Assert.True(graphs[0].NodeCount > 3 * graphs[1].NodeCount, $"{graphs[0].NodeCount} nodes for 10 turns, {graphs[1].NodeCount} for 2");
    }
}
