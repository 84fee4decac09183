using TensorGraph.Ir;

namespace TensorGraph.Tests;

public sealed class RegionMapperTests
{
    private static readonly TensorType Number = new(DType.F64, Shape.Scalar);

    [Fact]
    public void A_walk_that_changes_nothing_gives_the_same_graph()
    {
        var graph = LoopOfTwo();

        Assert.Same(graph, new Copies(_ => false).Map(graph));
    }

    [Fact]
    public void A_copy_has_new_nodes_and_the_same_meaning()
    {
        var graph = LoopOfTwo();

        var copy = new Copies(_ => true).Map(graph);

        Assert.NotSame(graph, copy);
        Assert.Null(GraphComparer.Difference(graph, copy));
        Assert.Empty(graph.Entry.Body.Intersect(copy.Entry.Body));
    }

    [Fact]
    public void Only_what_depends_on_a_new_node_is_new()
    {
        var build = new GraphBuilder();
        var x = build.Parameter(Number, "x");
        var sine = build.Emit(OpDefs.Sin, x);
        var cosine = build.Emit(OpDefs.Cos, x);
        var graph = build.Finish("f", [build.Neg(sine), build.Neg(cosine)]);

        var copy = new Copies(node => node == sine.Node).Map(graph);

        Assert.Equal([false, true, false, true], graph.Entry.Body.Zip(copy.Entry.Body, ReferenceEquals));
    }

    [Fact]
    public void Arguments_take_the_place_of_parameters()
    {
        var inner = new GraphBuilder();
        var n = inner.Parameter(new(DType.F64, [Dim.Symbol("n")]));
        var region = inner.Finish("", [inner.Add(n, n)]).Entry;
        var build = new GraphBuilder();
        var x = build.Parameter(new(DType.F64, new Shape(3)), "x");

        var result = new RegionMapper(build).Inline(region, [x])[0];

        Assert.Equal(new Shape(3), result.Shape);
        Assert.Equal([x, x], result.Node.Inputs.ToArray());
    }

    [Fact]
    public void A_region_can_lose_parameters_and_results_and_change_their_order()
    {
        var inner = new GraphBuilder();
        Value[] parameters = [inner.Parameter(Number, "a"), inner.Parameter(Number, "b"), inner.Parameter(Number, "c")];
        var region = inner.Finish("", [inner.Sub(parameters[0], parameters[1]), parameters[2]]).Entry;
        var build = new GraphBuilder();

        var smaller = new RegionMapper(build).Map(region, [1, 0], [0]);
        var substituted = new RegionMapper(build).Map(region, [1], [1, 0], parameter => build.Constant(Literal.Scalar(DType.F64, parameter)));

        Assert.Equal([parameters[1].Node, parameters[0].Node], smaller.Parameters.ToArray());
        Assert.Single(smaller.Results);
        Assert.Equal(2.0, substituted.Results[0].Node.Attrs.Get<Literal>("value").GetDouble(0));
        Assert.Equal(OpDefs.Constant, substituted.Results[1].Node.Inputs[0].Node.Op);
    }

    [Fact]
    public void Each_control_flow_op_describes_its_regions()
    {
        Assert.All(OpTable.All, op => Assert.Equal(op.Is(Traits.Control), op.Regions is not null));
        Assert.True(OpDefs.Switch.Regions!.Allows(1) && OpDefs.Switch.Regions.Allows(5) && !OpDefs.Switch.Regions.Allows(0));
        Assert.True(OpDefs.If.Regions!.Allows(2) && !OpDefs.If.Regions.Allows(1) && !OpDefs.If.Regions.Allows(3));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void The_last_case_of_a_switch_also_serves_what_no_other_does(int index, int region) =>
        Assert.Equal(region, OpDefs.Switch.Regions!.Choose!(Literal.Scalar(DType.I32, index), 3));

    // while (x < 100) { if (x > 2) x = x · x else x = x + 1 }
    private static Graph LoopOfTwo() => Parser.Parse(
        """
        graph f(%x: f64[], %limit: f64[]) {
          %r: f64[] = while %x, %limit {carried=1} cond(%a: f64[], %l: f64[]) {
            %c: bool[] = less %a, %l
            yield %c
          } body(%a: f64[], %l: f64[]) {
            %two: f64[] = constant {value=f64[] 2}
            %big: bool[] = greater %a, %two
            %y: f64[] = if %big, %a then(%b: f64[]) {
              %s: f64[] = mul %b, %b
              yield %s
            } else(%b: f64[]) {
              %one: f64[] = constant {value=f64[] 1}
              %t: f64[] = add %b, %one
              yield %t
            }
            yield %y
          }
          return %r
        }
        """);

    private sealed class Copies(Predicate<Node> isCopied) : RegionMapper(new GraphBuilder())
    {
        protected override void Visit(Node node)
        {
            if (isCopied(node))
                Copy(node);
            else
                Keep(node, [.. node.Regions.Select(Map)]);
        }
    }
}
