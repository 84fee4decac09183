using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace TensorGraph.Serving;

/// <summary>Tensors of ONNX Runtime from arrays and back.</summary>
internal static class OnnxRuntimeTensors
{
    private static readonly Dictionary<TensorElementType, DType> Types = new()
    {
        [TensorElementType.Bool] = DType.Bool,
        [TensorElementType.UInt8] = DType.U8,
        [TensorElementType.Int8] = DType.I8,
        [TensorElementType.Int16] = DType.I16,
        [TensorElementType.Int32] = DType.I32,
        [TensorElementType.Int64] = DType.I64,
        [TensorElementType.Float16] = DType.F16,
        [TensorElementType.BFloat16] = DType.BF16,
        [TensorElementType.Float] = DType.F32,
        [TensorElementType.Double] = DType.F64,
        [TensorElementType.String] = DType.String,
    };

    /// <summary>The dtype, or null.</summary>
    public static DType? TypeOf(TensorElementType type) => Types.TryGetValue(type, out var dtype) ? dtype : null;

    /// <summary>A tensor over the elements of an array where its type allows that.</summary>
    public static OrtValue Value(Literal literal)
    {
        long[] shape = literal.Type.Shape.ToArray();
        switch (literal.Data)
        {
            case string[] texts:
                var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
                for (int i = 0; i < texts.Length; i++)
                    value.StringTensorSetElementAt(texts[i].AsSpan(), i);
                return value;
            case Half[] data: return OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<Half, Float16>(data).ToArray(), shape);
            case BFloat16[] data:
                return OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<BFloat16, Microsoft.ML.OnnxRuntime.BFloat16>(data).ToArray(), shape);
            case bool[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            // Arrays of signed bytes are arrays of bytes to a pattern.
            case byte[] data when literal.Type.DType == DType.U8: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case sbyte[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case short[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case int[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case long[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            case float[] data: return OrtValue.CreateTensorValueFromMemory(data, shape);
            default: return OrtValue.CreateTensorValueFromMemory((double[])literal.Data, shape);
        }
    }

    /// <summary>An array with the elements of a tensor.</summary>
    public static Literal Literal(string name, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var dtype = TypeOf(info.ElementDataType)
            ?? throw ServingException.Invalid($"output '{name}' has elements of type {info.ElementDataType}, which replies do not have here");
        var type = new TensorType(dtype, new Shape(info.Shape));
        if (dtype == DType.String)
            return new(type, value.GetStringTensorAsArray());
        var literal = TensorGraph.Literal.Zeros(type);
        int bytes = checked((int)(literal.Count * dtype.Size()));
        if (bytes > 0)
            value.GetTensorMutableRawData().CopyTo(literal.Bytes(0, bytes));
        return literal;
    }
}
