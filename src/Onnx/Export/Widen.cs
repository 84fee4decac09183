using System.Collections.Immutable;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph;

/// <summary>
/// Computes in i32 what is computed in narrower integers, and in f32 what is computed in bf16: most operators do not take those. Results are cast
/// back, so that integers wrap and floats are rounded as before.
/// </summary>
internal sealed class Widen : Rewriter
{
    private static readonly OpDef[] Bits =
        [OpDefs.And, OpDefs.Or, OpDefs.Xor, OpDefs.Not, OpDefs.ShiftLeft, OpDefs.ShiftRight, OpDefs.ShiftRightLogical, OpDefs.Select, OpDefs.Cast];

    private static readonly OpDef[] Others =
    [
        OpDefs.Dot, OpDefs.Conv, OpDefs.MatMul, OpDefs.CumSum, OpDefs.Sort, OpDefs.TopK, OpDefs.ArgMax, OpDefs.ArgMin, OpDefs.WindowMax,
        OpDefs.WindowSum, OpDefs.WindowMean, OpDefs.Softmax, OpDefs.LogSoftmax, OpDefs.LayerNorm, OpDefs.Fft, OpDefs.ScatterAdd,
    ];

    public static Pass Pass { get; } = new("widen", "computes narrow integers in i32 and bf16 in f32", graph => new Widen().Map(graph));

    protected override ImmutableArray<Value>? Replace(Node node)
    {
        DType Wide(DType dtype) => WideOf(node.Op, dtype);
        if (node.Inputs.All(input => Wide(input.DType) == input.DType)
            || !((node.Op.Is(Traits.Pointwise) && !Bits.Contains(node.Op)) || node.Op.Is(Traits.Reduction) || Others.Contains(node.Op)))
            return null;
        Value[] wide = [.. node.Inputs.Select(input => Builder.Cast(input, Wide(input.DType)))];
        var result = Builder.Emit(node.Op, node.Attrs, wide);
        return [.. node.Types.Select((type, i) => Builder.Cast(OfNone(node.Op, type.DType, result[i]), type.DType))];
    }

    // The largest of no elements is the smallest number of the dtype, not that of i32.
    private Value OfNone(OpDef op, DType dtype, Value result) => dtype != DType.I16 ? result
        : op == OpDefs.ReduceMax ? Builder.Emit(OpDefs.Max, result, Builder.Scalar(short.MinValue, result))
        : op == OpDefs.ReduceMin ? Builder.Emit(OpDefs.Min, result, Builder.Scalar(short.MaxValue, result))
        : result;

    // A product of 32 bits need not wrap there.
    private static DType WideOf(OpDef op, DType dtype) => dtype switch
    {
        DType.U8 or DType.I8 when op == OpDefs.ReduceMax || op == OpDefs.ReduceMin => dtype,
        DType.U8 or DType.I8 or DType.I16 or DType.I32 when op == OpDefs.ReduceProd => DType.I64,
        DType.U8 or DType.I8 or DType.I16 => DType.I32,
        DType.BF16 => DType.F32,
        _ => dtype,
    };
}
