using TensorGraph.Ir;

namespace TensorGraph.Tests;

public sealed class BuildTests
{
    private static readonly TensorType Vector = new(DType.F64, [Dim.Symbol("n")]);

    [Fact]
    public void A_graph_with_symbolic_sizes_runs_at_any_size()
    {
        var build = new GraphBuilder();
        var x = build.Parameter(Vector, "x");
        var graph = build.Finish("double", [build.Add(x, x)]);

        var result = new Interpreter().Run(graph, Literal.FromDoubles(new(DType.F64, new Shape(3)), i => i));

        Assert.Equal([0.0, 2.0, 4.0], (double[])result[0].Data);
        Assert.Equal("f64[n]", graph.Entry.Results[0].Type.ToString());
    }

    [Fact]
    public void A_block_takes_what_it_captures_as_parameters()
    {
        var build = new GraphBuilder();
        var x = build.Parameter(new(DType.F64, Shape.Scalar), "x");
        var limit = build.Constant(Literal.Scalar(DType.F64, 100));
        build.BeginRegion();
        var inCondition = build.Parameter(x.Type, "x");
        var condition = build.EndRegion([build.Emit(OpDefs.Greater, limit, inCondition)]);
        build.BeginRegion();
        var inBody = build.Parameter(x.Type, "x");
        var body = build.EndRegion([build.Add(inBody, inBody)]);
        var loop = build.Loop([x], condition, body);
        var graph = build.Finish("grow", [loop[0]]);

        Assert.Equal(2, loop.Inputs.Length);
        Assert.Equal(128.0, new Interpreter().Run(graph, Literal.Scalar(DType.F64, 1))[0].GetDouble(0));
    }

    [Fact]
    public void Gradients_flow_back_through_broadcasting()
    {
        var build = new GraphBuilder();
        var x = build.Parameter(Vector, "x");
        var y = build.Parameter(new(DType.F64, Shape.Scalar), "y");
        var product = build.Mul(x, y);
        var sum = build.Sum(product, [0]);
        var gradients = Gradient.Backward(build, [.. build.Body], [(sum, build.Ones(sum.Type))], [x, y], []);
        var graph = build.Finish("gradient", [gradients.Sources[0]!.Value, gradients.Sources[1]!.Value]);

        var results = new Interpreter().Run(graph, Literal.FromDoubles(new(DType.F64, new Shape(3)), i => i), Literal.Scalar(DType.F64, 5));

        Assert.Equal([5.0, 5.0, 5.0], (double[])results[0].Data);
        Assert.Equal(3.0, results[1].GetDouble(0));
    }

    [Fact]
    public void Sizes_have_one_canonical_form()
    {
        Dim b = Dim.Symbol("b"), c = Dim.Symbol("c");
        Assert.Equal(b + c, c + b);
        Assert.Equal(0, (b - b).Value);
        Assert.Equal("b*c+2*b+1", ((b * (c + 2)) + 1).ToString());
        Assert.Equal(b + 1, Dim.FloorDiv((b * b) + (2 * b) + 1, b + 1));
        Assert.Equal("floordiv(b, 2)", Dim.FloorDiv(b, 2).ToString());
        Assert.Equal(3, Dim.FloorDiv(b, 2).Evaluate(_ => 7));
        Assert.Equal(b + 3, Dim.Max(b, b + 3));
    }
}
