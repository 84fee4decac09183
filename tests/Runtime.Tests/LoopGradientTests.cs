using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>Gradients of loops as plans, as recorded and after the passes, against the interpreter.</summary>
public sealed class LoopGradientTests
{
    public static TheoryData<string> Names => [.. LoopSamples.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Plans_give_what_the_interpreter_gives(string name)
    {
        foreach (int order in new[] { 1, 2 })
        {
            Ir.Graph graph = LoopSamples.Graph(name, order), optimized = Pipeline.Run(graph, Pipeline.Default, verify: 2).Graph;
            Assert.True(optimized.NodeCount <= graph.NodeCount);
            foreach (long turns in new long[] { 0, 1, 4 })
            {
                Agree.Run(graph, LoopSamples.Values(turns), $"{name}, order {order}, {turns} turns");
                Agree.Run(optimized, LoopSamples.Values(turns), $"{name}, order {order}, {turns} turns, optimised");
            }
        }
    }

    [WithAllPasses]
    [Fact]
    public void Residual_lists_that_no_gradient_reads_are_dropped()
    {
        foreach (string name in LoopSamples.Names)
        {
            int saved = Loops(Pipeline.Run(LoopSamples.Graph(name, 0, saves: true)).Graph), plain = Loops(Pipeline.Run(LoopSamples.Graph(name, 0, saves: false)).Graph);
            Assert.True(saved == plain, $"{name}: {saved} values are carried, without residual lists {plain}");
        }
    }

    private static int Loops(Ir.Graph graph) => graph.Entry.AllNodes().Where(node => node.Op == OpDefs.While).Sum(node => node.Op.Regions!.Carried(node));
}
