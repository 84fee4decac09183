using System.Buffers.Text;
using System.Globalization;
using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>Tensors from JSON lists.</summary>
internal sealed class JsonTensors(JsonTape json, TensorLimits limits)
{
    private const string Base64Key = "b64";

    /// <summary>True for an object that stands for bytes: it is a value, not an object.</summary>
    public bool IsBytes(int value) => json[value] is { Kind: JsonKind.Object, Count: 1 } && json.Find(value, Base64Key) >= 0;

    /// <summary>Reads a tensor with its first axis.</summary>
    public Literal Read(string alias, TensorSpec spec, int value)
    {
        long[] shape = ShapeOf(value, spec, outer: 0);
        var literal = New(alias, spec, shape);
        long at = 0;
        Fill(literal, value, shape, axis: 0, ref at);
        return literal;
    }

    /// <summary>Reads a tensor whose rows are values of a list.</summary>
    /// <param name="alias">The input.</param>
    /// <param name="spec">Its type.</param>
    /// <param name="rows">The values.</param>
    /// <param name="key">Text for errors: the key of each value in its row.</param>
    public Literal ReadRows(string alias, TensorSpec spec, IReadOnlyList<int> rows, string key)
    {
        long[] row = ShapeOf(rows[0], spec, outer: 1);
        long[] shape = [rows.Count, .. row];
        var literal = New(alias, spec, shape);
        long at = 0;
        foreach (var (i, value) in rows.Index())
        {
            try
            {
                if (ShapeOf(value, spec, outer: 1) is var other && !other.SequenceEqual(row))
                    throw ServingException.Invalid($"Expecting shape {Text(row)} but got {Text(other)}");
                Fill(literal, value, shape, axis: 1, ref at);
            }
            catch (ServingException fault)
            {
                throw new ServingException(
                    fault.Status, string.Create(CultureInfo.InvariantCulture, $"Failed to process element: {i}{key} of 'instances' list. Error: {Faults.Name(fault.Status)}: {fault.Message}"), fault);
            }
        }

        return literal;
    }

    /// <summary>Reads the elements of a tensor in order, from a flat list, or from lists that are nested as the shape says.</summary>
    public Literal ReadFlat(string alias, DType dtype, long[] shape, int value)
    {
        int count = limits.Count(alias, dtype, shape, long.MaxValue);
        if (json[value].Kind != JsonKind.Array)
            throw ServingException.Invalid($"inference input '{alias}' has 'data' that is no list");
        // A list has a value for each element: a short one must not ask for much memory.
        if (count > json[value].Next - value)
            throw ServingException.Invalid($"inference input '{alias}' has fewer elements than its shape, {count}");
        var literal = Literal.Zeros(new(dtype, new(shape)));
        bool isNested = json[value].Count > 0 && json[value + 1].Kind == JsonKind.Array;
        if (!isNested && json[value].Count != count)
            throw ServingException.Invalid($"inference input '{alias}' has {json[value].Count} elements, its shape has {count}");
        long at = 0;
        Fill(literal, value, isNested ? shape : [count], axis: 0, ref at);
        return literal;
    }

    // The lengths of the first list, of the first list in it, and so on. Behind an empty one the type decides.
    private long[] ShapeOf(int value, TensorSpec spec, int outer)
    {
        var shape = new List<long>();
        while (json[value].Kind == JsonKind.Array)
        {
            shape.Add(json[value].Count);
            if (json[value].Count == 0)
            {
                for (int axis = outer + shape.Count; axis < spec.Shape.Rank; axis++)
                    shape.Add(spec.Shape[axis].IsConstant ? spec.Shape[axis].Value : 0);
                break;
            }

            // Deeper than any tensor: the shape does not fit in any case.
            if (outer + shape.Count > spec.Shape.Rank)
                break;
            value++;
        }

        return [.. shape];
    }

    private Literal New(string alias, TensorSpec spec, long[] shape)
    {
        SpecCheck.Shape(alias, spec, shape);
        limits.Count(alias, spec.DType, shape, long.MaxValue);
        return Literal.Zeros(new(spec.DType, new(shape)));
    }

    // No deeper than the rank of the type.
    private void Fill(Literal literal, int value, long[] shape, int axis, ref long at)
    {
        if (axis == shape.Length)
        {
            Set(literal, at++, value);
            return;
        }

        var list = json[value];
        if (list.Kind != JsonKind.Array)
        {
            throw ServingException.Invalid($"JSON Value: {json.Shown(value)} Type: {json.KindName(value)} is not of expected type: list");
        }

        if (list.Count != shape[axis])
        {
            throw ServingException.Invalid(string.Create(
                CultureInfo.InvariantCulture, $"Encountered list at unexpected size: {list.Count} at level: {axis} expected size: {shape[axis]}"));
        }

        for (int entry = value + 1; entry < list.Next; entry = json[entry].Next)
            Fill(literal, entry, shape, axis + 1, ref at);
    }

    private void Set(Literal literal, long at, int value)
    {
        var kind = json[value].Kind;
        var bytes = json.Bytes(value);
        switch (literal.Type.DType)
        {
            case DType.F32 when kind is JsonKind.Integer or JsonKind.Real && float.TryParse(bytes, NumberStyles.Float,
                CultureInfo.InvariantCulture, out float number):
                ((float[])literal.Data)[at] = number;
                return;
            case DType.F64 when kind is JsonKind.Integer or JsonKind.Real && double.TryParse(bytes, NumberStyles.Float,
                CultureInfo.InvariantCulture, out double number):
                ((double[])literal.Data)[at] = number;
                return;
            case DType.I64 or DType.I32 or DType.I16 or DType.I8 or DType.U8 when kind == JsonKind.Integer:
                if (Utf8Parser.TryParse(bytes, out long integer, out int read) && read == bytes.Length)
                {
                    literal.SetLong(at, integer);
                    if (literal.GetLong(at) == integer)
                        return;
                }

                break;
            case DType.Bool when kind is JsonKind.True or JsonKind.False:
                ((bool[])literal.Data)[at] = kind == JsonKind.True;
                return;
            case DType.String when kind == JsonKind.String:
                ((string[])literal.Data)[at] = json.Text(value);
                return;
            case DType.String when IsBytes(value):
                ((string[])literal.Data)[at] = TensorProtos.Text("b64", Bytes(value));
                return;
            case DType.F16 or DType.BF16:
                throw new ServingException(StatusCode.Unimplemented, $"Conversion of JSON Value: {json.Shown(value)} to type: {NameOf(literal.Type.DType)} is not supported");
            default:
                break;
        }

        throw ServingException.Invalid($"JSON Value: {json.Shown(value)} Type: {json.KindName(value)} is not of expected type: {NameOf(literal.Type.DType)}");
    }

    /// <summary>The bytes of an object that stands for them.</summary>
    public byte[] Bytes(int value)
    {
        int text = json.Find(value, Base64Key);
        try
        {
            if (json[text].Kind == JsonKind.String)
                return Convert.FromBase64String(json.Text(text));
        }
        catch (FormatException)
        {
        }

        throw ServingException.Invalid($"Unable to base64 decode: {json.Shown(text)}");
    }

    private static string NameOf(DType dtype) => WireTypes.TensorflowName(dtype)["DT_".Length..].ToLowerInvariant();

    private static string Text(long[] shape) => $"[{string.Join(',', shape)}]";
}
