using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using TensorGraph.Protocol.Inference;

namespace TensorGraph.Serving;

/// <summary>Tensors of the open inference protocol: typed contents, or raw bytes beside the message.</summary>
internal static class InferTensors
{
    /// <summary>Checks name, type and shape of an input.</summary>
    public static TensorSpec SpecOf(ServableSignature signature, string name, string datatype, IReadOnlyList<long> shape)
    {
        if (!signature.Inputs.TryGetValue(name, out var spec))
            throw ServingException.Invalid($"unexpected inference input '{name}' for model; inputs are {string.Join(',', signature.Inputs.Keys.Order(StringComparer.Ordinal))}");
        if (datatype != WireTypes.Inference(spec.DType))
            throw ServingException.Invalid($"inference input '{name}' data-type is '{datatype}', but model expects '{WireTypes.Inference(spec.DType)}'");
        SpecCheck.Shape(name, spec, shape);
        return spec;
    }

    /// <summary>Reads typed contents.</summary>
    public static Literal Typed(string name, DType dtype, long[] shape, InferTensorContents contents, TensorLimits limits)
    {
        int count = limits.Count(name, dtype, shape, long.MaxValue);
        int given = dtype switch
        {
            DType.Bool => contents.BoolContents.Count,
            DType.U8 => contents.UintContents.Count,
            DType.I64 => contents.Int64Contents.Count,
            DType.F32 => contents.Fp32Contents.Count,
            DType.F64 => contents.Fp64Contents.Count,
            DType.String => contents.BytesContents.Count,
            DType.I8 or DType.I16 or DType.I32 => contents.IntContents.Count,
            _ => throw ServingException.Invalid($"inference input '{name}' of type {WireTypes.Inference(dtype)} must come as raw contents"),
        };
        if (given != count)
            throw ServingException.Invalid($"inference input '{name}' has {given} elements, its shape has {count}");
        var literal = Literal.Zeros(new(dtype, new(shape)));
        switch (dtype)
        {
            case DType.Bool: contents.BoolContents.CopyTo((bool[])literal.Data, 0); break;
            case DType.I64: contents.Int64Contents.CopyTo((long[])literal.Data, 0); break;
            case DType.F32: contents.Fp32Contents.CopyTo((float[])literal.Data, 0); break;
            case DType.F64: contents.Fp64Contents.CopyTo((double[])literal.Data, 0); break;
            case DType.String: Fill(literal, i => TensorProtos.Text(name, contents.BytesContents[i].Span)); break;
            case DType.U8: Fill(name, literal, contents.UintContents); break;
            default: Fill(name, literal, contents.IntContents); break;
        }

        return literal;
    }

    /// <summary>Reads raw bytes: little-endian numbers; text with its length before it.</summary>
    public static Literal Raw(string name, DType dtype, long[] shape, ReadOnlySpan<byte> bytes, TensorLimits limits)
    {
        if (dtype != DType.String)
            return TensorProtos.FromContent(name, bytes, dtype, shape, limits);
        int count = limits.Count(name, dtype, shape, long.MaxValue);
        // Each text has a length at least: a small message must not ask for much memory.
        if (bytes.Length / sizeof(uint) < count)
            throw ServingException.Invalid($"inference input '{name}' has fewer texts than its shape");
        var literal = Literal.Zeros(new(dtype, new(shape)));
        for (int i = 0; i < count; i++)
        {
            uint length = bytes.Length < sizeof(uint) ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (length > bytes.Length - sizeof(uint))
                throw ServingException.Invalid($"inference input '{name}' ends within text {i}");
            ((string[])literal.Data)[i] = TensorProtos.Text(name, bytes.Slice(sizeof(uint), (int)length));
            bytes = bytes[(sizeof(uint) + (int)length)..];
        }

        return bytes.IsEmpty ? literal : throw ServingException.Invalid($"inference input '{name}' has {bytes.Length} bytes more than its shape");
    }

    /// <summary>The raw bytes of a tensor.</summary>
    public static ByteString Raw(Literal value)
    {
        if (value.Type.DType != DType.String)
            return ByteString.CopyFrom(TensorProtos.BytesOf(value));
        using var stream = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(uint)];
        foreach (string text in (string[])value.Data)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)bytes.Length);
            stream.Write(length);
            stream.Write(bytes);
        }

        return ByteString.CopyFrom(stream.ToArray());
    }

    /// <summary>The typed contents of a tensor, or null for types that have none.</summary>
    public static InferTensorContents? Typed(Literal value)
    {
        var contents = new InferTensorContents();
        switch (value.Type.DType)
        {
            case DType.Bool: contents.BoolContents.AddRange((bool[])value.Data); break;
            case DType.I64: contents.Int64Contents.AddRange((long[])value.Data); break;
            case DType.F32: contents.Fp32Contents.AddRange((float[])value.Data); break;
            case DType.F64: contents.Fp64Contents.AddRange((double[])value.Data); break;
            case DType.String: contents.BytesContents.AddRange(((string[])value.Data).Select(ByteString.CopyFromUtf8)); break;
            case DType.U8: contents.UintContents.AddRange(Longs(value).Select(number => (uint)number)); break;
            case DType.F16 or DType.BF16: return null;
            default: contents.IntContents.AddRange(Longs(value).Select(number => (int)number)); break;
        }

        return contents;
    }

    private static IEnumerable<long> Longs(Literal value) => Enumerable.Range(0, (int)value.Count).Select(i => value.GetLong(i));

    private static void Fill(Literal literal, Func<int, string> text)
    {
        for (int i = 0; i < literal.Count; i++)
            ((string[])literal.Data)[i] = text(i);
    }

    private static void Fill<T>(string name, Literal literal, RepeatedField<T> values)
        where T : System.Numerics.IBinaryInteger<T>
    {
        for (int i = 0; i < values.Count; i++)
        {
            long value = long.CreateChecked(values[i]);
            literal.SetLong(i, value);
            if (literal.GetLong(i) != value)
                throw ServingException.Invalid($"inference input '{name}' has {value}, which is out of the range of its type");
        }
    }
}
