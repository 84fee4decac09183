using System.Runtime.InteropServices;
using System.Text;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>
/// Tensors of a file as values of graphs. Lengths are compared before anything is allocated, so that nothing takes more memory than the file has
/// bytes.
/// </summary>
/// <param name="folder">Where files of external data may be; null where there is none.</param>
internal sealed class TensorReader(string? folder)
{
    /// <summary>No op has so many axes.</summary>
    public const int MostAxes = 64;

    private static readonly UTF8Encoding Text = new(false, throwOnInvalidBytes: true);

    /// <summary>The value of a tensor.</summary>
    /// <exception cref="InvalidDataException">Its elements do not fit its type.</exception>
    /// <exception cref="NotSupportedException">Its element type is none of graphs.</exception>
    public Literal Read(TensorProto tensor, string name)
    {
        var dtype = ElementTypes.Find(tensor.DataType)
            ?? throw new NotSupportedException($"'{name}' has elements of type {ElementTypes.Name(tensor.DataType)}");
        if (tensor.Segment is not null)
            throw new InvalidDataException($"'{name}' is a segment of a tensor");
        var type = new TensorType(dtype, ShapeOf(tensor.Dims, name));
        long count = type.Shape.ElementCount.Value;
        if (dtype == DType.String)
            return new(type, Texts(tensor, name, count));
        long bytes = checked(count * dtype.Size());
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            return External(tensor, name, type, bytes);
        if (tensor.HasRawData)
        {
            if (tensor.RawData.Length != bytes)
                throw Misfit(name, type, $"{tensor.RawData.Length} bytes");
            var raw = Literal.Zeros(type);
            if (bytes > 0)
                tensor.RawData.Span.CopyTo(raw.Bytes(0, (int)bytes));
            return Checked(raw, name);
        }

        return Checked(Typed(tensor, name, type), name);
    }

    /// <summary>Sizes of a tensor.</summary>
    public static Shape ShapeOf(IReadOnlyList<long> dims, string name)
    {
        if (dims.Count > MostAxes)
            throw new InvalidDataException($"'{name}' has {dims.Count} axes");
        Int128 count = 1;
        foreach (long size in dims)
        {
            if (size < 0)
                throw new InvalidDataException($"'{name}' has a size of {size}");
            count = size == 0 || count == 0 ? 0 : count > Array.MaxLength ? count : count * size;
        }

        return count <= Array.MaxLength ? new([.. dims]) : throw new InvalidDataException($"'{name}' is [{string.Join(", ", dims)}], which no array holds");
    }

    private static string[] Texts(TensorProto tensor, string name, long count)
    {
        if (tensor.StringData.Count != count)
            throw new InvalidDataException($"'{name}' has {tensor.StringData.Count} texts, and not {count}");
        try
        {
            return [.. tensor.StringData.Select(text => Text.GetString(text.Span))];
        }
        catch (DecoderFallbackException fault)
        {
            throw new InvalidDataException($"'{name}' has text that is not UTF-8", fault);
        }
    }

    private static Literal Typed(TensorProto tensor, string name, TensorType type)
    {
        switch (type.DType)
        {
            case DType.F32: return new(type, Counted<float>([.. tensor.FloatData], name, type));
            case DType.F64: return new(type, Counted<double>([.. tensor.DoubleData], name, type));
            case DType.I64: return new(type, Counted<long>([.. tensor.Int64Data], name, type));
            case DType.F16 or DType.BF16:
                int[] bits = Counted<int>([.. tensor.Int32Data], name, type);
                var halves = Literal.Zeros(type);
                if (bits.Length > 0)
                {
                    var target = MemoryMarshal.Cast<byte, ushort>(halves.Bytes(0, bits.Length * sizeof(ushort)));
                    for (int i = 0; i < bits.Length; i++)
                        target[i] = unchecked((ushort)bits[i]);
                }

                return halves;
            default:
                int[] numbers = Counted<int>([.. tensor.Int32Data], name, type);
                if (type.DType == DType.Bool && Array.Exists(numbers, number => number is not (0 or 1)))
                    throw NoBool(name);
                return Literal.FromLongs(type, i => numbers[i]);
        }
    }

    private static T[] Counted<T>(T[] elements, string name, TensorType type) =>
        elements.Length == type.Shape.ElementCount.Value ? elements : throw Misfit(name, type, $"{elements.Length} elements");

    // A bool of another value would be true and not equal to true.
    private static Literal Checked(Literal literal, string name)
    {
        if (literal.Type.DType == DType.Bool && literal.Count > 0 && literal.Bytes(0, (int)literal.Count).ContainsAnyExceptInRange((byte)0, (byte)1))
            throw NoBool(name);
        return literal;
    }

    private Literal External(TensorProto tensor, string name, TensorType type, long bytes)
    {
        string? Find(string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;
        long Number(string key, long otherwise) => Find(key) is not { } text ? otherwise
            : long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out long number) && number >= 0 ? number
            : throw new InvalidDataException($"'{name}' has {key} '{text}'");
        string location = Find("location") ?? throw new InvalidDataException($"'{name}' does not say in which file it is");
        if (folder is null || !ModelFolder.IsName(location))
            throw new InvalidDataException($"'{name}' is in '{location}', which is no file beside the model");
        string path = folder;
        foreach (string part in location.Split('/'))
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                throw new InvalidDataException($"'{name}' is in '{location}', which is a link");
        }

        using var file = RegularFile.Open(path);
        long offset = Number("offset", 0), length = Number("length", bytes);
        if (length != bytes || offset > file.Length || bytes > file.Length - offset)
            throw Misfit(name, type, $"{length} bytes from {offset} on in '{location}', which has {file.Length}");
        file.Position = offset;
        var literal = Literal.Zeros(type);
        foreach (var (begin, some) in literal.Parts())
            file.ReadExactly(literal.Bytes(begin, some));
        return Checked(literal, name);
    }

    private static InvalidDataException Misfit(string name, TensorType type, string found) => new($"'{name}' is {type} and has {found}");

    private static InvalidDataException NoBool(string name) => new($"'{name}' has a bool that is neither 0 nor 1");
}
