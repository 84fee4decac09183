using TensorGraph.Ir;

namespace TensorGraph.Tests.Behaviours;

/// <summary>Graphs and graph functions as text for people.</summary>
public sealed partial class TextTests
{
    [Fact]
    public void A_graph_prints_its_text_form()
    {
        Triple(Ops.Ones(2));

        string text = GraphFunction.Of(Triple).ConcreteFunctions[0].Graph.ToString();
        Assert.StartsWith("graph ", text, StringComparison.Ordinal);
        Assert.Matches(@"f32\[2\] = mul .* // TextTests.cs:\d+", text);
        Assert.Null(GraphComparer.Difference(GraphFunction.Of(Triple).ConcreteFunctions[0].Graph, Parser.Parse(text)));
    }

    [Fact]
    public void A_large_graph_is_cut_with_a_count()
    {
        Many(1f);

        var concrete = GraphFunction.Of(Many).ConcreteFunctions[0];
        string[] lines = concrete.Graph.ToString().Split('\n');
        Assert.Equal(41, lines.Length);
        Assert.Matches(@"^… \d+ more lines$", lines[^1]);
    }

    [Fact]
    public void A_concrete_function_prints_signature_results_and_graph()
    {
        Triple(Ops.Ones(2));

        string[] lines = GraphFunction.Of(Triple).GetConcreteFunction(TensorSpec.Parse("f32[2]")).ToString().Split('\n');
        Assert.EndsWith("TextTests.Triple(x: f32[2]) -> f32[2]: 2 nodes, 2 optimised", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("graph ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_function_prints_a_table_and_why_it_was_traced_again()
    {
        Sum(1f, 2);
        Sum(new[] { 1f, 2 }, 10);

        string[] lines = GraphFunction.Of(Sum).ToString().Split('\n');
        Assert.EndsWith("TextTests.Sum: traced 2 times", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "  signature             result  nodes  optimised",
                "  x: f32[2], times: 10  f32[2]      2          2",
                "  x: f32[], times: 2    f32[]       2          2",
                "retraced once",
            ],
            lines[1..5]);
        Assert.Matches(@"^  'x' was f32\[\], is f32\[2\], at TextTests.cs:\d+$", lines[5]);
    }

    [Fact]
    public void An_untraced_function_prints_its_name() =>
        Assert.EndsWith("TextTests.Never: traced 0 times", GraphFunction.Of(Never).ToString(), StringComparison.Ordinal);

    [GraphFunction]
    private static Tensor Triple(Tensor x) => x * 3;

    [GraphFunction]
    private static Tensor Never(Tensor x) => x * 3;

    [GraphFunction]
    private static Tensor Sum(Tensor x, int times) => x * times;

    [GraphFunction]
    private static Tensor Many(Tensor x)
    {
        for (int i = 0; i < 60; i++)
            x = (x + i).Tanh();
        return x;
    }
}
