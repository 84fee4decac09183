using System.Text.Json;
using System.Text.Json.Nodes;

namespace TensorGraph.Cli.Reading;

/// <summary>Files of named tensors: .npz of NumPy, and JSON objects of nested lists.</summary>
internal static class TensorFiles
{
    /// <summary>The tensors of a file; JSON has numbers of no dtype, which get that of the input.</summary>
    public static Dictionary<string, Tensor> Read(string path, IReadOnlyDictionary<string, TensorSpec> inputs)
    {
        if (!File.Exists(path))
            throw new UsageException($"there is no file '{path}'.");
        try
        {
            return IsNpz(path) ? NpzFile.Read(path) : ReadJson(path, inputs);
        }
        catch (EndOfStreamException)
        {
            throw new UsageException($"'{path}' can't be used: it is cut short.");
        }
        catch (InvalidDataException fault)
        {
            throw new UsageException($"'{path}' can't be used: {fault.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>Writes tensors into a file.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        if (IsNpz(path))
            NpzFile.Write(path, tensors);
        else
            File.WriteAllText(path, Json(tensors) + "\n");
    }

    /// <summary>Tensors as a JSON object of nested lists.</summary>
    public static string Json(IReadOnlyDictionary<string, Tensor> tensors)
    {
        var all = new JsonObject();
        foreach (var (name, tensor) in tensors)
            all[name] = Nested(tensor.ToLiteral(), 0, 0, out _);
        return all.ToJsonString(new() { WriteIndented = true });
    }

    private static bool IsNpz(string path) => Path.GetExtension(path).Equals(".npz", StringComparison.OrdinalIgnoreCase);

    private static JsonNode? Nested(Literal value, int axis, long first, out long count)
    {
        count = 1;
        if (axis == value.Type.Rank)
            return Element(value, first);
        var list = new JsonArray();
        count = 0;
        for (long i = 0; i < value.Type.Shape[axis].Value; i++)
        {
            list.Add(Nested(value, axis + 1, first + count, out long below));
            count += below;
        }

        return list;
    }

    // What JSON has no number for is text.
    private static JsonNode? Element(Literal value, long i) => value.Type.DType switch
    {
        DType.String => JsonValue.Create(value.GetString(i)),
        DType.Bool => JsonValue.Create(value.GetLong(i) != 0),
        DType.F32 when float.IsFinite((float)value.GetDouble(i)) => JsonValue.Create((float)value.GetDouble(i)),
        var dtype when dtype.IsFloat() => double.IsFinite(value.GetDouble(i)) ? JsonValue.Create(value.GetDouble(i))
            : JsonValue.Create(value.Print(i)),
        _ => JsonValue.Create(value.GetLong(i)),
    };

    private static Dictionary<string, Tensor> ReadJson(string path, IReadOnlyDictionary<string, TensorSpec> inputs)
    {
        try
        {
            return Tensors(path, inputs);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException(JsonProblem.Of(fault), fault);
        }
    }

    private static Dictionary<string, Tensor> Tensors(string path, IReadOnlyDictionary<string, TensorSpec> inputs)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path), new() { AllowDuplicateProperties = false });
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException("it is no object with a list for each input");
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var property in json.RootElement.EnumerateObject())
        {
            if (!inputs.TryGetValue(property.Name, out var spec))
                throw new InvalidDataException($"the signature has no input '{property.Name}'; it has {string.Join(", ", inputs.Keys)}");
            tensors[property.Name] = Of(property.Name, property.Value, spec);
        }

        return tensors;
    }

    private static Tensor Of(string name, JsonElement value, TensorSpec spec)
    {
        var dtype = spec.DType;
        var sizes = new List<long>();
        for (var at = value; at.ValueKind == JsonValueKind.Array; at = at[0])
        {
            sizes.Add(at.GetArrayLength());
            if (sizes[^1] > 0)
                continue;
            // Behind an empty list the type decides.
            sizes.AddRange(spec.Shape.Skip(sizes.Count).Select(size => size.IsConstant ? size.Value : 0));
            break;
        }

        var elements = new List<JsonElement>();
        Flatten(name, value, 0);
        var type = new TensorType(dtype, new Shape(sizes.ToArray()));
        if (dtype == DType.String)
            return Tensor.From(new Literal(type, elements.Select(Text).ToArray()));
        return Tensor.From(dtype.IsFloat() ? Literal.FromDoubles(type, i => Number(elements[(int)i]))
            : Literal.FromLongs(type, i => dtype == DType.Bool ? Flag(elements[(int)i]) : Whole(elements[(int)i])));

        string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Misfit(element);

        long Flag(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            _ => throw Misfit(element),
        };

        long Whole(JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long number)
            && Literal.FromLongs(new(dtype, Shape.Scalar), _ => number).GetLong(0) == number ? number : throw Misfit(element);

        // What JSON has no number for is text.
        double Number(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Number when element.TryGetDouble(out double number)
                && double.IsFinite(Literal.Scalar(dtype, number).GetDouble(0)) => number,
            JsonValueKind.String => element.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" or "∞" => double.PositiveInfinity,
                "-Infinity" or "-∞" => double.NegativeInfinity,
                _ => throw Misfit(element),
            },
            _ => throw Misfit(element),
        };

        InvalidDataException Misfit(JsonElement element) => new($"'{name}' has {element.GetRawText()}, which is no {dtype.Name()}");

        void Flatten(string name, JsonElement part, int axis)
        {
            if (axis == sizes.Count)
            {
                elements.Add(part.ValueKind is JsonValueKind.Array or JsonValueKind.Object or JsonValueKind.Null
                    ? throw new InvalidDataException($"'{name}' has lists of different depths, or something else than numbers") : part);
                return;
            }

            if (part.ValueKind != JsonValueKind.Array || part.GetArrayLength() != sizes[axis])
                throw new InvalidDataException($"'{name}' has lists of different lengths");
            foreach (var item in part.EnumerateArray())
                Flatten(name, item, axis + 1);
        }
    }

}
