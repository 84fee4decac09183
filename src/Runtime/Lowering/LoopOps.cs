using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>The ops that a loop kernel can compute.</summary>
internal static class LoopOps
{
    private static readonly Dictionary<string, string> Folds = new(StringComparer.Ordinal)
    {
        ["reduce_sum"] = "fold.add",
        ["reduce_prod"] = "fold.mul",
        ["reduce_max"] = "fold.max",
        ["reduce_min"] = "fold.min",
        ["reduce_any"] = "fold.or",
        ["reduce_all"] = "fold.and",
    };

    private static readonly HashSet<string> Series =
        new(StringComparer.Ordinal) { "exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "sigmoid", "erf", "normal_cdf", "pow", "atan2" };

    /// <summary>True for a function that is computed as a series of products.</summary>
    public static bool IsSeries(OpDef op) => Series.Contains(op.Name);

    public static bool IsReduction(BoundNode bound) => bound.Op.Is(Traits.Reduction) && !bound.Op.IsComposite;

    public static string Fold(BoundNode bound) => FoldOf(bound.Op)!;

    /// <summary>The dtype that a fold of a dtype is kept in.</summary>
    public static DType Accumulator(DType dtype) => dtype switch
    {
        DType.F16 or DType.BF16 => DType.F32,
        DType.U8 or DType.I8 or DType.I16 => DType.I32,
        _ => dtype,
    };

    /// <summary>A fact of the op and its element types: every back end can spell a pointwise primitive, and the fold of a reduction.</summary>
    public static bool CanLoop(BoundNode bound) =>
        IsLoop(bound.Op) && !bound.Layouts.Concat(bound.Inputs.Select(input => input.Layout)).Any(layout => layout.Type.DType == DType.String);

    /// <summary>True for pointwise primitives, unless the result is the input's memory, and for reductions.</summary>
    public static bool IsLoop(OpDef op) => !op.IsComposite && !op.Is(Traits.Alias) && (op.Is(Traits.Pointwise) || op.Is(Traits.Reduction));

    /// <summary>The fold of a reduction.</summary>
    public static string? FoldOf(OpDef op) => Folds.GetValueOrDefault(op.Name);

    /// <summary>The sizes that the loop runs over.</summary>
    public static long[] Space(BoundNode bound) => IsReduction(bound) ? bound.Inputs[0].Layout.Sizes : bound.Layouts[0].Sizes;
}
