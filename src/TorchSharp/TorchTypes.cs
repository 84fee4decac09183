namespace TensorGraph.Backends.Torch;

/// <summary>Element types by LibTorch's numbers, which are those of TorchSharp's <c>ScalarType</c>.</summary>
internal static class TorchTypes
{
    /// <summary>Its number; −1 for text.</summary>
    public static int NumberOf(DType dtype) => dtype switch
    {
        DType.U8 => 0,
        DType.I8 => 1,
        DType.I16 => 2,
        DType.I32 => 3,
        DType.I64 => 4,
        DType.F16 => 5,
        DType.F32 => 6,
        DType.F64 => 7,
        DType.Bool => 11,
        DType.BF16 => 15,
        _ => -1,
    };

    /// <summary>The element type of a number; null for one that has no counterpart here.</summary>
    public static DType? Of(int number) => number switch
    {
        0 => DType.U8,
        1 => DType.I8,
        2 => DType.I16,
        3 => DType.I32,
        4 => DType.I64,
        5 => DType.F16,
        6 => DType.F32,
        7 => DType.F64,
        11 => DType.Bool,
        15 => DType.BF16,
        _ => null,
    };
}
