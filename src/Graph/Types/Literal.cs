using System.Globalization;

namespace TensorGraph;

/// <summary>
/// A tensor value on the host: a constant of a graph, or a value inside the interpreter. Elements lie in row-major order in an array
/// of <see cref="DTypes.Clr"/>. Treat the array as read-only once the literal is shared.
/// </summary>
public sealed class Literal : IEquatable<Literal>
{
    /// <summary>Wraps an array.</summary>
    /// <exception cref="GraphException">TG1002 without an array.</exception>
    /// <exception cref="ArgumentException">Its element type or length does not fit the type.</exception>
    public Literal(TensorType type, Array data)
    {
        Throw.IfNull(data);
        if (data.GetType().GetElementType() != type.DType.Clr() || data.LongLength != type.Shape.ElementCount.Value)
            throw new ArgumentException($"a {data.GetType().Name} of {data.LongLength} elements can't hold {type}", nameof(data));
        Type = type;
        Data = data;
    }

    // A list of lists, which need not be equally long.
    private Literal(TensorType list, Literal[] elements)
    {
        Type = list.As(list.Shape.With(0, elements.Length));
        Data = elements;
    }

    /// <summary>Type; every size is a number, but for the open axis of the lists in a list.</summary>
    public TensorType Type { get; }

    /// <summary>The elements.</summary>
    public Array Data { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Data.LongLength;

    /// <summary>All elements zero (false, empty text).</summary>
    /// <exception cref="GraphException">TG5003 for more elements than a .NET array has, TG2004 for more than there is memory for.</exception>
    public static Literal Zeros(TensorType type)
    {
        var data = Allocated(type);
        if (data is string[] texts)
            Array.Fill(texts, "");
        return new(type, data);
    }

    private static Array Allocated(TensorType type)
    {
        // Two of them would make a count above 0.
        if (type.Shape.Dims.Any(dim => dim.IsConstant && dim.Value < 0))
            Throw.Range("size", $"a size of {type} is below 0", "A size is at least 0.");
        long count = type.Shape.ElementCount.Value;
        if (count < 0)
            throw TooLarge(type, null);
        if (count > Array.MaxLength)
            Throw.TooMany("to_host", $"a {type} has {count} elements", "a host array", Array.MaxLength, "Read parts of it: slice the tensor first.");
        try
        {
            return type.DType.NewArray(count);
        }
        catch (OutOfMemoryException fault)
        {
            throw TooLarge(type, fault);
        }
    }

    private static GraphException TooLarge(TensorType type, Exception? fault) => new(
        DiagnosticIds.OutOfRange, $"literal: {type} can't be on the host, where an array has from 0 to {Array.MaxLength} elements",
        "Use smaller sizes, or compute it part by part.", Ir.SourceSpan.Capture(), fault);

    private static long NotANumber()
    {
        Throw.DType("literal", "text is not a number", "Use a dtype of numbers.");
        return 0;
    }

    /// <summary>A literal whose elements are computed one by one in double precision, then rounded to the dtype.</summary>
    public static Literal FromDoubles(TensorType type, Func<long, double> element)
    {
        Throw.IfNull(element);
        var result = Zeros(type);
        for (long i = 0; i < result.Count; i++)
            result.SetDouble(i, element(i));
        return result;
    }

    /// <summary>A literal whose elements are computed one by one as 64-bit integers, then wrapped to the dtype.</summary>
    public static Literal FromLongs(TensorType type, Func<long, long> element)
    {
        Throw.IfNull(element);
        var result = Zeros(type);
        for (long i = 0; i < result.Count; i++)
            result.SetLong(i, element(i));
        return result;
    }

    /// <summary>A list of the given type.</summary>
    public static Literal FromElements(TensorType list, IReadOnlyList<Literal> elements)
    {
        Throw.IfNull(elements);
        if (list.Element.IsList)
            return new(list, [.. elements]);
        var result = Zeros(list.As(list.Shape.With(0, elements.Count)));
        foreach (var (i, element) in elements.Index())
            Array.Copy(element.Data, 0, result.Data, i * element.Count, element.Count);
        return result;
    }

    /// <summary>Entry <paramref name="index"/> along the first axis, or of a list.</summary>
    public Literal Entry(long index)
    {
        if (Data is Literal[] elements)
            return elements[index];
        var entry = Zeros(Type.Element);
        Array.Copy(Data, index * entry.Count, entry.Data, 0, entry.Count);
        return entry;
    }

    /// <summary>A single number of the given dtype.</summary>
    public static Literal Scalar(DType dtype, double value) => FromDoubles(new(dtype, Shape.Scalar), _ => value);

    /// <summary>Element <paramref name="index"/> as a double; a bool is 0 or 1.</summary>
    public double GetDouble(long index) => Data switch
    {
        float[] data => data[index],
        double[] data => data[index],
        Half[] data => (double)data[index],
        BFloat16[] data => data[index],
        _ => GetLong(index),
    };

    /// <summary>Element <paramref name="index"/> as an integer; floats are truncated and saturate, NaN is 0.</summary>
    public long GetLong(long index) => Data switch
    {
        int[] data => data[index],
        long[] data => data[index],
        bool[] data => data[index] ? 1 : 0,
        // The runtime lets an sbyte[] pass for a byte[] and the other way round, so the dtype decides.
        byte[] data when Type.DType == DType.U8 => data[index],
        sbyte[] data => data[index],
        short[] data => data[index],
        string[] => NotANumber(),
        _ => Saturate(GetDouble(index)),
    };

    /// <summary>Element <paramref name="index"/> of a string literal.</summary>
    public string GetString(long index) => ((string[])Data)[index];

    /// <summary>Stores a double rounded to the dtype; for integers it is truncated toward zero, saturating at 64 bits, then wrapped.</summary>
    public void SetDouble(long index, double value)
    {
        switch (Data)
        {
            case float[] data: data[index] = (float)value; break;
            case double[] data: data[index] = value; break;
            case Half[] data: data[index] = (Half)value; break;
            case BFloat16[] data: data[index] = (BFloat16)value; break;
            case bool[] data: data[index] = value != 0; break;
            default: SetLong(index, Saturate(value)); break;
        }
    }

    /// <summary>Stores an integer, wrapped to the dtype's width; for floats it is rounded once, to nearest even.</summary>
    public void SetLong(long index, long value)
    {
        switch (Data)
        {
            case int[] data: data[index] = unchecked((int)value); break;
            case long[] data: data[index] = value; break;
            case bool[] data: data[index] = value != 0; break;
            case byte[] data when Type.DType == DType.U8: data[index] = unchecked((byte)value); break;
            case sbyte[] data: data[index] = unchecked((sbyte)value); break;
            case short[] data: data[index] = unchecked((short)value); break;
            case string[]: NotANumber(); break;
            case double[] data: data[index] = value; break;
            default: SetDouble(index, RoundToOdd.Double(value)); break;
        }
    }

    /// <summary>Copies element <paramref name="from"/> of <paramref name="source"/>, which has the same dtype.</summary>
    public void Copy(long to, Literal source, long from) => Array.Copy(source.Data, from, Data, to, 1);

    /// <summary>Copies all elements of an array of any rank with the same element type; not for strings.</summary>
    public void CopyFrom(Array source)
    {
        foreach (var (offset, count) in Parts())
            BytesOf(source, offset, count).CopyTo(Bytes(offset, count));
    }

    /// <summary>The same elements under another shape.</summary>
    /// <exception cref="ArgumentException">It has another number of elements.</exception>
    public Literal Reshape(Shape shape) => new(Type.As(shape), Data);

    /// <summary>Element as text that reads back to the same value.</summary>
    public string Print(long index) => Data switch
    {
        bool[] data => data[index] ? "true" : "false",
        float[] data => data[index].ToString("R", CultureInfo.InvariantCulture),
        string[] data => $"\"{System.Text.Json.JsonEncodedText.Encode(data[index])}\"",
        _ when Type.DType.IsFloat() => GetDouble(index).ToString("R", CultureInfo.InvariantCulture),
        _ => GetLong(index).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Same type and the same bits, so NaN equals NaN and −0 differs from 0.</summary>
    public bool Equals(Literal? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || Type != other.Type)
            return false;
        if (Data is string[] texts)
            return texts.AsSpan().SequenceEqual((string[])other.Data);
        if (Data is Literal[] elements)
            return elements.SequenceEqual((Literal[])other.Data);
        foreach (var (offset, count) in Parts())
        {
            if (!Bytes(offset, count).SequenceEqual(other.Bytes(offset, count)))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Literal);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Type);
        if (Type.DType != DType.String && Data is not Literal[])
            hash.AddBytes(Bytes(0, (int)Math.Min(256, Count * Type.DType.Size())));
        return hash.ToHashCode();
    }

    /// <summary>Some of the elements' bytes, since a span ends at 2 GB; not for strings.</summary>
    public Span<byte> Bytes(long offset, int count) => BytesOf(Data, offset, count);

    /// <summary>All bytes, as offsets and counts for <see cref="Bytes"/>.</summary>
    public IEnumerable<(long Offset, int Count)> Parts()
    {
        long bytes = Count * Type.DType.Size();
        for (long offset = 0; offset < bytes; offset += PartBytes)
            yield return (offset, (int)Math.Min(PartBytes, bytes - offset));
    }

    private const int PartBytes = 1 << 30;

    private static Span<byte> BytesOf(Array data, long offset, int count) => System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
        ref System.Runtime.CompilerServices.Unsafe.AddByteOffset(
            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(data), (nint)offset),
        count);

    /// <summary>The elements in nested brackets: <c>[[1, 2], [3, 4]]</c>.</summary>
    public override string ToString() => TensorText.Print(this);

    private static long Saturate(double value) =>
        double.IsNaN(value) ? 0 : value >= long.MaxValue ? long.MaxValue : value <= long.MinValue ? long.MinValue : (long)value;
}
