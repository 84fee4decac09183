using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>Properties that hold for every graph, on random ones. A failure prints the seed and a graph made as small as it still fails.</summary>
public sealed class RandomGraphTests
{
    public static TheoryData<string> PassNames => [.. Pipeline.Default.Select(pass => pass.Name)];

    [Fact]
    public void Text_reads_back() => Holds((_, graph) =>
    {
        string text = Printer.Print(graph);
        var back = Parser.Parse(text);
        Assert.Null(GraphComparer.Difference(graph, back));
        Assert.Equal(text, Printer.Print(back));
    });

    [Fact]
    public void Graphs_fulfil_all_invariants() => Holds((_, graph) => Verifier.Verify(graph));

    [Theory]
    [MemberData(nameof(PassNames))]
    public void A_pass_keeps_the_outcome(string name)
    {
        var pass = Pipeline.Default.Single(pass => pass.Name == name);
        Holds((random, graph) =>
        {
            var rewritten = pass.Apply(graph);
            Verifier.Verify(rewritten, name);
            Assert.Equal(random.Outcome(graph), random.Outcome(rewritten));
        });
    }

    [Fact]
    public void The_pipeline_keeps_the_outcome_and_settles() => Holds((random, graph) =>
    {
        var rewritten = Pipeline.Run(graph, Pipeline.Default, verify: 2).Graph;
        Assert.Equal(random.Outcome(graph), random.Outcome(rewritten));
        Assert.Same(rewritten, Pipeline.Run(rewritten, Pipeline.Default, verify: 0).Graph);
    });

    [Fact]
    public void The_graphs_are_worth_testing()
    {
        RandomGraph[] graphs = [.. Enumerable.Range(1, 200).Select(seed => RandomGraph.Make(seed))];
        // Lists and sizes of data have tests of their own.
        string[] missing = [.. OpTable.All.Where(op => !op.Is(Traits.List) && op != OpDefs.BindSize && op != OpDefs.CheckIndex).Except(graphs.SelectMany(random => random.Graph.Entry.AllNodes()).Select(node => node.Op)).Select(op => op.Name).Except(["parameter"])];
        Assert.True(missing.Length < 4, string.Join(", ", missing));
        string[] failing = [.. graphs.Where(random => random.Outcome(random.Graph).StartsWith("TG", StringComparison.Ordinal)).Select(random => $"{random.Seed} {random.Outcome(random.Graph)}")];
        Assert.True(failing.Length < 10, string.Join('\n', failing));
        Assert.Contains(graphs, random => !random.Graph.Assumptions.IsEmpty);
    }

    private static void Holds(Action<RandomGraph, Graph> property)
    {
        foreach (int seed in RandomGraph.Seeds)
        {
            var random = RandomGraph.Make(seed);
            if (Record.Exception(() => property(random, random.Graph)) is not { } failure)
                continue;
            var minimal = Shrink.Minimal(random.Graph, graph => Record.Exception(() => property(random, graph))?.GetType() == failure.GetType());
            Assert.Fail($"{Record.Exception(() => property(random, minimal))}\n\n{random.Describe(minimal)}");
        }
    }
}
