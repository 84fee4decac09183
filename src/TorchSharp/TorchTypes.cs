namespace TensorGraph.Backends.Torch;

/// <summary>Element types by LibTorch's numbers, which are those of TorchSharp's <c>ScalarType</c>.</summary>
internal static class TorchTypes
{
    private static readonly DType?[] ByNumber =
    [
        DType.U8, DType.I8, DType.I16, DType.I32, DType.I64, DType.F16, DType.F32, DType.F64,
        null, null, null, DType.Bool, null, null, null, DType.BF16,
    ];

    /// <summary>Its number; −1 for text.</summary>
    public static int NumberOf(DType dtype) => Array.IndexOf(ByNumber, dtype);

    /// <summary>The element type of a number; null for one that has no counterpart here.</summary>
    public static DType? Of(int number) => (uint)number < (uint)ByNumber.Length ? ByNumber[number] : null;
}
