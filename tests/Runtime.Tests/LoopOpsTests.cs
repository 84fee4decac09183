using TensorGraph.Backends.Lowering;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Which ops are loops is a fact of the op; the managed emitter must spell them all.</summary>
public sealed class LoopOpsTests
{
    public static TheoryData<string> Pointwise => [.. OpTable.All.Where(op => LoopOps.IsLoop(op) && op.Is(Traits.Pointwise) && op != OpDefs.Cast).Select(op => op.Name)];

    [Theory]
    [MemberData(nameof(Pointwise))]
    public void A_pointwise_primitive_has_a_function_for_each_kind_of_lane_that_it_takes(string name)
    {
        OpDef op = OpTable.Find(name)!;
        DType[] taken = [.. DTypes.All.Where(dtype => dtype != DType.String && Takes(op, dtype))];
        Assert.NotEmpty(taken);
        Assert.InRange(op.Arity, 1, 3);
        foreach ((int width, int laneSize) in new[] { (128, 4), (128, 8), (256, 4), (256, 8), (512, 4), (512, 8) })
        {
            foreach (DType dtype in taken)
                Assert.True(LaneSet.Get(width, laneSize).Function(name, LaneSet.KindOf(dtype)) is not null, $"{name} of {dtype.Name()}, {laneSize}-byte lanes of {width} bits");
        }
    }

    [Fact]
    public void A_primitive_reduction_has_a_fold() =>
        Assert.All(OpTable.All.Where(op => op.Is(Traits.Reduction) && !op.IsComposite), op => Assert.NotNull(LoopOps.FoldOf(op)));

    [Fact]
    public void What_shares_the_memory_of_its_input_is_no_loop() => Assert.All([OpDefs.Bitcast, OpDefs.StopGradient], op => Assert.False(LoopOps.IsLoop(op)));

    private static bool Takes(OpDef op, DType dtype)
    {
        var type = new TensorType(dtype, Shape.Scalar);
        try
        {
            GraphBuilder.Infer(op, op == OpDefs.Select ? [type.As(DType.Bool), type, type] : [.. Enumerable.Repeat(type, op.Arity)], Attrs.Empty);
            return true;
        }
        catch (GraphException)
        {
            return false;
        }
    }
}
