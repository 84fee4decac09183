using TensorGraph.Ir;

namespace TensorGraph.Tests.Ops;

/// <summary>Gradients through loops against central differences in float64, up to third derivatives, for loops that never turn, turn once and more often.</summary>
public sealed class LoopGradientTests
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string name in LoopSamples.Names)
            {
                for (int order = 1; order <= 3; order++)
                    cases.Add(name, order);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agree_with_central_differences(string name, int order)
    {
        // Recorded with what a gradient needs, and without, when the loop runs again.
        foreach (bool saves in order < 3 ? new[] { true, false } : [true])
        {
            Graph graph = LoopSamples.Graph(name, order, saves), before = LoopSamples.Graph(name, order - 1);
            Verifier.Verify(graph);
            foreach (long turns in new long[] { 0, 1, 3 })
            {
                Literal[] at = LoopSamples.Values(turns), found = new Interpreter().Run(graph, at);
                for (int input = 0; input < 2; input++)
                {
                    for (int element = 0; element < at[input].Count; element++)
                    {
                        double expected = (Moved(before, at, input, element, 1e-5) - Moved(before, at, input, element, -1e-5)) / 2e-5;
                        double actual = found[1 + input].GetDouble(element);
                        Assert.True(
                            Math.Abs(expected - actual) <= 1e-6 * (1 + Math.Abs(expected)),
                            $"{name}, order {order}, {turns} turns, saves {saves}: by {"xy"[input]}[{element}] {actual:r}, differences give {expected:r}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Residuals_are_further_results_of_a_loop_that_does_the_same()
    {
        foreach (string name in LoopSamples.Names)
        {
            Graph plain = LoopSamples.Graph(name, 0, saves: false), saving = new SaveResiduals(new GraphBuilder()).Map(plain), again = new SaveResiduals(new GraphBuilder()).Map(saving);
            Verifier.Verify(saving);
            Assert.True(Results(saving) > Results(plain) || name == "loop in branch", name);
            Assert.Equal(Results(saving), Results(again));
            Assert.Equal(new Interpreter().Run(plain, LoopSamples.Values(3)), new Interpreter().Run(saving, LoopSamples.Values(3)));
        }
    }

    private static int Results(Graph graph) => graph.Entry.Body.Where(node => node.Op.SaveResiduals is not null).Sum(node => node.Types.Length);

    private static double Moved(Graph graph, Literal[] at, int input, int element, double by)
    {
        Literal moved = new(at[input].Type, (Array)at[input].Data.Clone());
        moved.SetDouble(element, moved.GetDouble(element) + by);
        return new Interpreter().Run(graph, [.. at[..input], moved, .. at[(input + 1)..]])[^1].GetDouble(0);
    }
}
