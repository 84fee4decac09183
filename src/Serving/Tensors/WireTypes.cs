using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;
using TensorGraph.Protocol.Tensorflow;

namespace TensorGraph.Serving;

/// <summary>The names of element types in both protocols, one row each.</summary>
internal static class WireTypes
{
    private static readonly (DType DType, DataType Tensorflow, string Inference)[] Rows =
    [
        (DType.Bool, DataType.DtBool, "BOOL"),
        (DType.U8, DataType.DtUint8, "UINT8"),
        (DType.I8, DataType.DtInt8, "INT8"),
        (DType.I16, DataType.DtInt16, "INT16"),
        (DType.I32, DataType.DtInt32, "INT32"),
        (DType.I64, DataType.DtInt64, "INT64"),
        (DType.F16, DataType.DtHalf, "FP16"),
        (DType.BF16, DataType.DtBfloat16, "BF16"),
        (DType.F32, DataType.DtFloat, "FP32"),
        (DType.F64, DataType.DtDouble, "FP64"),
        (DType.String, DataType.DtString, "BYTES"),
    ];

    public static DataType Tensorflow(DType dtype) => Rows[(int)dtype].Tensorflow;

    public static string Inference(DType dtype) => Rows[(int)dtype].Inference;

    /// <summary>The name as the protocol writes it: <c>DT_FLOAT</c>.</summary>
    public static string TensorflowName(DType dtype) => NameOf(Tensorflow(dtype));

    /// <summary>The name as the protocol writes it, or the number.</summary>
    public static string NameOf(DataType type) => TensorflowReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(DataType)).FindValueByNumber((int)type)?.Name ?? $"{(int)type}";

    public static bool TryFind(DataType type, out DType dtype) => TryFind(row => row.Tensorflow == type, out dtype);

    public static bool TryFind([NotNullWhen(true)] string? inference, out DType dtype) => TryFind(row => row.Inference == inference, out dtype);

    private static bool TryFind(Predicate<(DType DType, DataType Tensorflow, string Inference)> isIt, out DType dtype)
    {
        int index = Array.FindIndex(Rows, isIt);
        dtype = index < 0 ? default : Rows[index].DType;
        return index >= 0;
    }
}
