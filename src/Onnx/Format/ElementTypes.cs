using TensorGraph.OnnxFormat;
using DataType = TensorGraph.OnnxFormat.TensorProto.Types.DataType;

namespace TensorGraph;

/// <summary>Element types as ONNX names them.</summary>
internal static class ElementTypes
{
    private static readonly (DType DType, DataType Onnx)[] Rows =
    [
        (DType.Bool, DataType.Bool), (DType.U8, DataType.Uint8), (DType.I8, DataType.Int8), (DType.I16, DataType.Int16),
        (DType.I32, DataType.Int32), (DType.I64, DataType.Int64), (DType.F16, DataType.Float16), (DType.BF16, DataType.Bfloat16),
        (DType.F32, DataType.Float), (DType.F64, DataType.Double), (DType.String, DataType.String),
    ];

    public static int Of(DType dtype) => (int)Rows.First(row => row.DType == dtype).Onnx;

    /// <summary>The dtype of a number in a file; null for one that graphs do not have.</summary>
    public static DType? Find(long number)
    {
        foreach (var (dtype, onnx) in Rows)
        {
            if ((int)onnx == number)
                return dtype;
        }

        return null;
    }

    /// <summary>Name of a number in a file, for messages.</summary>
    public static string Name(long number) => Enum.IsDefined((DataType)number) ? ((DataType)number).ToString().ToLowerInvariant() : $"number {number}";

    /// <summary>The type of a value in a file.</summary>
    public static TypeProto Of(TensorType type)
    {
        if (type.IsList)
            return new() { SequenceType = new() { ElemType = Of(type.Element) } };
        var shape = new TensorShapeProto();
        foreach (var size in type.Shape)
        {
            shape.Dim.Add(size.IsConstant ? new TensorShapeProto.Types.Dimension { DimValue = size.Value }
                : new() { DimParam = size.ToString() });
        }

        return new() { TensorType = new() { ElemType = Of(type.DType), Shape = shape } };
    }
}
