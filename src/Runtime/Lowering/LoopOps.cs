using TensorGraph.Backends.Loops;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>What a loop kernel can compute.</summary>
internal static class LoopOps
{
    private static readonly Dictionary<string, string> FoldOf = new(StringComparer.Ordinal)
    {
        ["reduce_sum"] = "fold.add",
        ["reduce_prod"] = "fold.mul",
        ["reduce_max"] = "fold.max",
        ["reduce_min"] = "fold.min",
        ["reduce_any"] = "fold.or",
        ["reduce_all"] = "fold.and",
    };

    public static bool IsReduction(Instance instance) => FoldOf.ContainsKey(instance.Op.Name);

    public static string Fold(Instance instance) => FoldOf[instance.Op.Name];

    /// <summary>The dtype that a fold of a dtype is kept in.</summary>
    public static DType Accumulator(DType dtype) => dtype switch
    {
        DType.F16 or DType.BF16 => DType.F32,
        DType.U8 or DType.I8 or DType.I16 => DType.I32,
        _ => dtype,
    };

    public static bool CanLoop(Instance instance)
    {
        if (instance.Layouts.Length != 1 || instance.Layouts[0].Type.DType == DType.String) return false;
        if (Array.Exists(instance.Inputs, input => input.Layout.Type.DType == DType.String)) return false;
        if (IsReduction(instance)) return true;
        if (!instance.Op.Is(Traits.Pointwise) || instance.Inputs.Length is 0 or > 3) return false;
        string op = instance.Op.Name;
        if (op is "cast" or "select") return true;
        return LaneSet.Get(128, 4).Function(op, LaneSet.KindOf(instance.Inputs[0].Layout.Type.DType)) is not null;
    }

    /// <summary>The sizes that the loop runs over.</summary>
    public static long[] Space(Instance instance) => IsReduction(instance) ? instance.Inputs[0].Layout.Sizes : instance.Layouts[0].Sizes;
}
