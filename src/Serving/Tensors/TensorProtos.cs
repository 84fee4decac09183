using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using TensorGraph.Protocol.Tensorflow;

namespace TensorGraph.Serving;

/// <summary>Tensors of TensorFlow's messages.</summary>
internal static class TensorProtos
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a tensor that must fit a spec.</summary>
    /// <exception cref="ServingException">It does not fit, or its bytes and its shape disagree.</exception>
    public static Literal Read(string alias, TensorProto proto, TensorSpec spec, TensorLimits limits)
    {
        if (!WireTypes.TryFind(proto.Dtype, out var dtype) || dtype != spec.DType)
        {
            throw ServingException.Invalid(
                $"Expects input '{alias}' to be {WireTypes.TensorflowName(spec.DType)} but {WireTypes.NameOf(proto.Dtype)} is provided.");
        }

        if (proto.TensorShape is { UnknownRank: true })
            throw ServingException.Invalid($"tensor parsing error: {alias}: its rank is unknown");
        long[] shape = proto.TensorShape is { } sizes ? [.. sizes.Dim.Select(dim => dim.Size)] : [];
        SpecCheck.Shape(alias, spec, shape);
        if (!proto.TensorContent.IsEmpty)
            return FromContent(alias, proto.TensorContent.Span, dtype, shape, limits);
        int given = Given(proto, dtype);
        int count = limits.Count(alias, dtype, shape, given);
        var literal = Literal.Zeros(new(dtype, new(shape)));
        Fill(alias, proto, literal, Math.Min(given, count));
        return literal;
    }

    /// <summary>Writes a tensor.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="asContent">True for its bytes, false for the list of its type.</param>
    public static TensorProto Write(Literal value, bool asContent)
    {
        var proto = new TensorProto { Dtype = WireTypes.Tensorflow(value.Type.DType), TensorShape = new() };
        foreach (long size in value.Type.Shape.ToArray())
            proto.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = size });
        if (asContent && value.Type.DType != DType.String)
            proto.TensorContent = ByteString.CopyFrom(BytesOf(value));
        else
            AddTyped(proto, value);
        return proto;
    }

    /// <summary>The elements as bytes; not for text.</summary>
    public static Span<byte> BytesOf(Literal value) => MemoryMarshal.CreateSpan(
        ref MemoryMarshal.GetArrayDataReference(value.Data), checked((int)(value.Count * value.Type.DType.Size())));

    /// <summary>Text that came as bytes.</summary>
    /// <exception cref="ServingException">They are not UTF-8.</exception>
    public static string Text(string alias, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException fault)
        {
            throw ServingException.Invalid($"tensor parsing error: {alias}: a string is not UTF-8, and strings of this server are text", fault);
        }
    }

    /// <summary>Reads raw little-endian bytes in row-major order.</summary>
    public static Literal FromContent(string alias, ReadOnlySpan<byte> content, DType dtype, long[] shape, TensorLimits limits)
    {
        if (dtype == DType.String)
            throw ServingException.Invalid($"tensor parsing error: {alias}: strings have no tensor_content");
        long count = limits.Count(alias, dtype, shape, long.MaxValue);
        if (count * dtype.Size() != content.Length)
            throw ServingException.Invalid($"tensor parsing error: {alias}: {content.Length} bytes are there, its shape has {count * dtype.Size()}");
        var literal = Literal.Zeros(new(dtype, new(shape)));
        if (dtype == DType.Bool)
        {
            var flags = (bool[])literal.Data;
            for (int i = 0; i < flags.Length; i++)
                flags[i] = content[i] != 0;
        }
        else
        {
            content.CopyTo(BytesOf(literal));
        }

        return literal;
    }

    private static int Given(TensorProto proto, DType dtype) => dtype switch
    {
        DType.F32 => proto.FloatVal.Count,
        DType.F64 => proto.DoubleVal.Count,
        DType.I64 => proto.Int64Val.Count,
        DType.Bool => proto.BoolVal.Count,
        DType.String => proto.StringVal.Count,
        DType.F16 or DType.BF16 => proto.HalfVal.Count,
        _ => proto.IntVal.Count,
    };

    private static void Fill(string alias, TensorProto proto, Literal literal, int given)
    {
        switch (literal.Type.DType)
        {
            case DType.F32: Copy(proto.FloatVal, (float[])literal.Data, given, static value => value); break;
            case DType.F64: Copy(proto.DoubleVal, (double[])literal.Data, given, static value => value); break;
            case DType.I64: Copy(proto.Int64Val, (long[])literal.Data, given, static value => value); break;
            case DType.Bool: Copy(proto.BoolVal, (bool[])literal.Data, given, static value => value); break;
            case DType.String: Copy(proto.StringVal, (string[])literal.Data, given, value => Text(alias, value.Span)); break;
            case DType.F16: Copy(proto.HalfVal, (Half[])literal.Data, given, static bits =>
                BitConverter.UInt16BitsToHalf(unchecked((ushort)bits))); break;
            case DType.BF16: Copy(proto.HalfVal, (BFloat16[])literal.Data, given, static bits => new(unchecked((ushort)bits))); break;
            case DType.I32: Copy(proto.IntVal, (int[])literal.Data, given, static value => value); break;
            case DType.I16: Copy(proto.IntVal, (short[])literal.Data, given, static value => unchecked((short)value)); break;
            case DType.I8: Copy(proto.IntVal, (sbyte[])literal.Data, given, static value => unchecked((sbyte)value)); break;
            default: Copy(proto.IntVal, (byte[])literal.Data, given, static value => unchecked((byte)value)); break;
        }
    }

    // A list that is too short goes on with its last value; an empty one is zeros.
    private static void Copy<TFrom, TTo>(RepeatedField<TFrom> from, TTo[] to, int given, Func<TFrom, TTo> convert)
    {
        if (to is TFrom[] same && given == from.Count)
        {
            from.CopyTo(same, 0);
        }
        else
        {
            for (int i = 0; i < given; i++)
                to[i] = convert(from[i]);
        }

        if (given > 0)
            Array.Fill(to, to[given - 1], given, to.Length - given);
    }

    private static void AddTyped(TensorProto proto, Literal value)
    {
        switch (value.Type.DType)
        {
            case DType.F32: proto.FloatVal.AddRange((float[])value.Data); break;
            case DType.F64: proto.DoubleVal.AddRange((double[])value.Data); break;
            case DType.I64: proto.Int64Val.AddRange((long[])value.Data); break;
            case DType.Bool: proto.BoolVal.AddRange((bool[])value.Data); break;
            case DType.String: proto.StringVal.AddRange(((string[])value.Data).Select(ByteString.CopyFromUtf8)); break;
            case DType.F16: proto.HalfVal.AddRange(((Half[])value.Data).Select(half => (int)BitConverter.HalfToUInt16Bits(half))); break;
            case DType.BF16: proto.HalfVal.AddRange(((BFloat16[])value.Data).Select(number => (int)number.Bits)); break;
            case DType.I32: proto.IntVal.AddRange((int[])value.Data); break;
            default: proto.IntVal.AddRange(Enumerable.Range(0, (int)value.Count).Select(i => (int)value.GetLong(i))); break;
        }
    }
}
