using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Commands that lowering makes of a graph, whatever the device.</summary>
[WithAllPasses]
public sealed class CommandTests
{
    private static readonly TensorType Matrix = new(DType.F32, [Dim.Symbol("n"), 4]);

    [Fact]
    public void A_chain_of_pointwise_ops_and_a_reduction_is_one_loop()
    {
        LoweredRegion region = Lower(3, (b, x) => b.Sum(b.Mul(b.Emit(OpDefs.Exp, b.Neg(x)), x), [1]));

        LoopCommand loop = Assert.IsType<LoopCommand>(Assert.Single(region.Commands));
        Assert.Equal(["neg", "exp", "mul", "fold.add"], loop.Nest.Kernel.Body.Select(instruction => instruction.Op).Where(op => op != "load"));
        Assert.Equal([0], loop.Reads);
        Assert.Equal([region.Results[0].Slot], loop.Writes);
        Assert.Equal(SlotKind.Heap, region.Slots[loop.Writes[0]].Kind);
        Assert.Equal(0, region.ArenaBytes);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    public void Functions_of_functions_are_loops_of_two(int functions, int loops)
    {
        Value Chain(GraphBuilder b, Value x) =>
            Enumerable.Range(0, functions).Aggregate(x, (y, i) => b.Mul(b.Emit(i % 2 == 0 ? OpDefs.Tanh : OpDefs.Exp, b.Neg(y)), x));

        Assert.Equal(loops, Lower(3, Chain).Commands.Length);
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new(DType.F32, [7, 33]));
        Agree.Run(build.Finish("chain", [Chain(build, x)]), [Literal.FromDoubles(x.Type, i => Math.Sin(i))], $"{functions} functions");
    }

    [Fact]
    public void Functions_beside_each_other_are_one_loop_up_to_eight()
    {
        static Value Beside(GraphBuilder b, Value x, int count) =>
            Enumerable.Range(1, count).Select(i => b.Emit(OpDefs.Sigmoid, b.Mul(x, i))).Aggregate((sum, y) => b.Add(sum, y));

        Assert.Single(Lower(3, (b, x) => Beside(b, x, 8)).Commands);
        Assert.True(Lower(3, (b, x) => Beside(b, x, 20)).Commands.Length > 1);
    }

    [Fact]
    public void Views_are_no_commands_and_intermediate_values_share_the_arena()
    {
        LoweredRegion region = Lower(3, (b, x) =>
        {
            Value product = b.Dot(x, b.Transpose(x, 1, 0), [1], [0]);
            return b.Dot(b.Emit(OpDefs.Tanh, product), b.Reshape(x, new(x.Shape.Dims)), [1], [0]);
        });

        Assert.Equal([typeof(DotCommand), typeof(LoopCommand), typeof(DotCommand)], region.Commands.Select(command => command.GetType()));
        Slot[] arena = [.. region.Slots.Where(slot => slot.Kind == SlotKind.Arena)];
        Assert.Equal(2, arena.Length);
        Assert.Equal(arena[0].Offset, arena[1].Offset);
        Assert.True(region.Commands[1].MayOverwrite(region.Commands[0].Writes[0], region.Commands[1].Writes[0]));
    }

    // In the order given the larger operand has no single stride over the contracted axes; in the other one the smaller has none.
    [Theory]
    [InlineData(4, 2)]
    [InlineData(2, 4)]
    public void A_product_over_two_axes_copies_the_smaller_operand(int columnsA, int columnsB)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value a = build.Parameter(new(DType.F32, [3, 5, columnsA])), b = build.Parameter(new(DType.F32, [5, 3, columnsB]));
        Value product = build.Dot(build.Transpose(a, 1, 0, 2), b, [0, 1], [0, 1]);
        Ir.Graph graph = build.Finish("product", [product]);

        LoweredRegion region = RegionBuilder.Lower(graph.Entry, SizeBindings.Empty, ForkOptions.None);

        LoopCommand copy = Assert.Single(region.Commands.OfType<LoopCommand>());
        Assert.Equal(3 * 5 * 2, copy.Nest.Extents.Aggregate(1L, (count, size) => count * size));
        Assert.Equal(2, copy.Nest.Extents[^1]);
        Agree.Run(graph, [.. graph.Entry.Parameters.Select(node => Literal.FromDoubles(node.Types[0], i => i % 7 - 3))], "product");
    }

    [Fact]
    public void Regions_of_control_flow_are_lowered_too()
    {
        LoweredRegion region = Lower(3, (b, x) => LoopSamples.Repeat(b, b.Constant(Literal.Scalar(DType.I64, 3)), [x], (v, _) => [b.Mul(v[0], v[0])])[0]);

        WhileCommand loop = Assert.Single(region.Commands.OfType<WhileCommand>());
        Assert.Equal(2, loop.Carried);
        Assert.Equal(2, loop.Body.Results.Length);
        Assert.Contains(loop.Body.Commands, command => command is LoopCommand);
        Assert.StartsWith("while over 2 values", loop.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_is_in_its_slot_as_a_value_of_the_graph()
    {
        Literal ten = Literal.Scalar(DType.F32, 10);

        LoweredRegion region = Lower(3, (b, x) => b.Add(x, b.Constant(ten)));

        Assert.Same(ten, Assert.Single(region.Slots, slot => slot.Kind == SlotKind.Constant).Constant);
    }

    private static LoweredRegion Lower(long n, Func<GraphBuilder, Value, Value> body)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Ir.Graph graph = build.Finish("test", [body(build, build.Parameter(Matrix, "x"))]);
        return RegionBuilder.Lower(Legalize.Run(graph).Entry, SizeBindings.Of(graph, [Matrix.As([n, 4])]));
    }
}
