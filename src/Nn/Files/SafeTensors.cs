using System.Text.Json;

namespace TensorGraph;

/// <summary>
/// A file of named tensors in the format safetensors: the length of the header, the header as JSON, the elements of one tensor after the other. All
/// that is wrong with a file is TG1006, and nothing takes more memory than the file has bytes.
/// </summary>
internal sealed class SafeTensors : IDisposable
{
    public const string Step = "weights";

    // That of the format's reference implementation.
    private const long LongestHeader = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private static readonly (string Name, DType DType)[] s_dtypes =
    [
        ("BOOL", DType.Bool), ("U8", DType.U8), ("I8", DType.I8), ("I16", DType.I16), ("I32", DType.I32), ("I64", DType.I64), ("F16", DType.F16),
        ("BF16", DType.BF16), ("F32", DType.F32), ("F64", DType.F64),
    ];

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private long _data;

    private SafeTensors(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Names in the order of the data.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Opens a file and checks its header.</summary>
    public static SafeTensors Open(string path) => DataFile.Try(Step, path, () =>
    {
        var opened = new SafeTensors(path, File.OpenRead(path));
        try
        {
            opened.ReadHeader();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    });

    public bool Has(string name) => _entries.ContainsKey(name);

    public TensorType TypeOf(string name) => _entries[name].Type;

    /// <summary>Reads one tensor.</summary>
    public Literal Read(string name) => DataFile.Try(Step, _path, () =>
    {
        var entry = _entries[name];
        var literal = Literal.Zeros(entry.Type);
        _file.Position = _data + entry.Begin;
        foreach (var (offset, count) in literal.Parts())
        {
            var bytes = literal.Bytes(offset, count);
            _file.ReadExactly(bytes);
            // A bool of another value would be true and not equal to true.
            if (entry.Type.DType == DType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
                throw new InvalidDataException($"'{name}' has a bool that is neither 0 nor 1");
        }

        return literal;
    });

    public void Dispose() => _file.Dispose();

    private void ReadHeader()
    {
        Span<byte> start = stackalloc byte[sizeof(long)];
        _file.ReadExactly(start);
        long length = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(start);
        if (length < 2 || length > LongestHeader || length > _file.Length - sizeof(long))
            throw new InvalidDataException($"its header says that it has {length} bytes");
        byte[] header = new byte[length];
        _file.ReadExactly(header);
        _data = sizeof(long) + length;
        try
        {
            using var json = JsonDocument.Parse(header, new() { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException("its header is no JSON object");
            foreach (var property in json.RootElement.EnumerateObject())
                Add(property.Name, property.Value);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"its header can't be read: {JsonProblem.Of(fault)}", fault);
        }

        long end = 0;
        Names = [.. _entries.OrderBy(entry => entry.Value.Begin).ThenBy(entry => entry.Value.End).Select(entry => entry.Key)];
        foreach (string name in Names)
        {
            if (_entries[name].Begin != end)
                throw new InvalidDataException($"'{name}' begins at byte {_entries[name].Begin} of the data, and not at {end}");
            end = _entries[name].End;
        }

        if (end != _file.Length - _data)
            throw new InvalidDataException($"its tensors have {end} bytes, the file has {_file.Length - _data} for them");
    }

    private void Add(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"'{name}' is no JSON object");
        if (name == MetadataKey)
        {
            foreach (var pair in value.EnumerateObject())
                _metadata[pair.Name] = pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : throw Damaged(pair.Name, "is no text");
            return;
        }

        var dtype = value.TryGetProperty("dtype", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        var row = s_dtypes.FirstOrDefault(row => row.Name == dtype);
        if (row.Name is null)
            throw Damaged(name, $"has dtype {dtype ?? "none"}, which is not one of {string.Join(", ", s_dtypes.Select(each => each.Name))}");
        long[] sizes = Numbers(name, value, "shape"), offsets = Numbers(name, value, "data_offsets");
        Int128 bytes = row.DType.Size();
        foreach (long size in sizes)
            bytes = bytes > long.MaxValue ? bytes : bytes * size;
        if (offsets.Length != 2 || offsets[1] < offsets[0] || bytes != offsets[1] - offsets[0])
            throw Damaged(name, $"is {dtype}[{string.Join(", ", sizes)}] between the bytes {string.Join(" and ", offsets)}");
        _entries[name] = new(new(row.DType, new Shape(sizes)), offsets[0], offsets[1]);
    }

    private static long[] Numbers(string name, JsonElement entry, string key)
    {
        if (!entry.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
            throw Damaged(name, $"has no {key}");
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= 0
            ? number : throw Damaged(name, $"has a {key} with something else than numbers of at least 0"))];
    }

    private static InvalidDataException Damaged(string name, string problem) =>
        new($"'{(name.Length > 100 ? name[..100] + "…" : name)}' {problem}");

    private sealed record Entry(TensorType Type, long Begin, long End);

    /// <summary>Writes a file, as <see cref="DataFile.Replace"/> does.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        Literal[] literals = [.. tensors.Select(entry => Writable(entry.Key, entry.Value))];
        byte[] header = Header([.. tensors.Keys], literals, metadata);
        DataFile.Try(Step, path, () =>
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            DataFile.Replace(path, file =>
            {
                file.Write(BitConverter.GetBytes((long)header.Length));
                file.Write(header);
                foreach (var literal in literals)
                {
                    foreach (var (offset, count) in literal.Parts())
                        file.Write(literal.Bytes(offset, count));
                }
            });
        });
    }

    private static Literal Writable(string name, Tensor tensor)
    {
        if (Check.NotNull(tensor).DType == DType.String)
            Throw.DType(Step, $"'{name}' is {tensor.Type}", "The format has no text: keep it elsewhere.");
        if (name == MetadataKey || !DataFile.IsText(name))
            Throw.Raise(DiagnosticIds.WeightsDoNotFit, Step, $"'{name}' can't be the name of a tensor", "Use another name.");
        return tensor.ToLiteral();
    }

    private static byte[] Header(string[] names, Literal[] literals, IReadOnlyDictionary<string, string>? metadata)
    {
        const int Alignment = 8;
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            long begin = 0;
            foreach (var (name, literal) in names.Zip(literals))
            {
                long end = begin + (literal.Count * literal.Type.DType.Size());
                json.WriteStartObject(name);
                json.WriteString("dtype", s_dtypes.First(row => row.DType == literal.Type.DType).Name);
                Write(json, "shape", literal.Type.Shape.ToArray());
                Write(json, "data_offsets", [begin, end]);
                json.WriteEndObject();
                begin = end;
            }

            json.WriteEndObject();
        }

        // The elements begin at a multiple of their size.
        while (text.Length % Alignment != 0)
            text.WriteByte((byte)' ');
        return text.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string key, long[] numbers)
    {
        json.WriteStartArray(key);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
