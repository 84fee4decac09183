using TensorGraph.Ir;

namespace TensorGraph.Tests.Ops;

/// <summary>The type rule agrees with evaluation, with numbers as sizes and with symbols that are bound later.</summary>
public sealed class ShapeRuleTheory
{
    public static TheoryData<string> Names => [.. OpSamples.Ops];

    [Theory]
    [MemberData(nameof(Names))]
    public void Types_are_those_of_the_values(string op)
    {
        foreach (long n in new long[] { 3, 1 })
        {
            foreach (OpSample sample in OpSamples.Of(op, n))
                Check(sample, n);
            foreach (OpSample sample in OpSamples.Of(op, Dim.Symbol("n")))
                Check(sample, n);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Symbols_give_the_same_values_as_numbers(string op)
    {
        foreach (var (symbolic, constant) in OpSamples.Of(op, Dim.Symbol("n")).Zip(OpSamples.Of(op, 3)))
            Assert.Equal(Run(constant.Graph(), constant.Values(3)), Run(symbolic.Graph(), symbolic.Values(3)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_decomposition_has_the_types_of_the_composite(string op)
    {
        foreach (OpSample sample in new Dim[] { 3, Dim.Symbol("n") }.SelectMany(n => OpSamples.Of(op, n)).Where(sample => sample.Op.IsComposite))
        {
            Node node = sample.Graph().Entry.Body[0];
            Assert.Equal(node.Types, GraphBuilder.Expand(node).Results.Select(result => result.Type));
        }
    }

    private static void Check(OpSample sample, long n)
    {
        Graph graph = sample.Graph();
        Literal[] values = sample.Values(n);
        Literal[] results = Run(graph, values);
        Assert.True(
            graph.Entry.Results.Select(result => result.Type.As(result.Shape.Substitute(_ => n))).SequenceEqual(results.Select(result => result.Type)),
            $"{sample}, n = {n}: the rule says ({string.Join(", ", graph.Entry.Results.Select(result => result.Type))}), evaluation gave ({string.Join(", ", results.Select(result => result.Type))})");
    }

    private static Literal[] Run(Graph graph, Literal[] values) => new Interpreter().Run(graph, values);
}
