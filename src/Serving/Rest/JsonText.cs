using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TensorGraph.Serving;

/// <summary>Writes JSON with the numbers of TensorFlow Serving: indented by 4, the innermost lists on one line.</summary>
internal sealed class JsonText(bool writesNonFinite)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>A string in quotes.</summary>
    public static string Quoted(string text) => JsonSerializer.Serialize(text, Relaxed);

    /// <summary>Writes text as it is.</summary>
    public JsonText Raw(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Goes to the next line.</summary>
    public JsonText Line(int depth)
    {
        const int Indent = 4;
        _text.Append('\n').Append(' ', depth * Indent);
        return this;
    }

    /// <summary>Writes a tensor, or a part of one, as nested lists.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="axis">Axes before it are left out.</param>
    /// <param name="at">Its first element.</param>
    /// <param name="isBytes">True for strings that are written in base64.</param>
    /// <param name="depth">Depth of the line.</param>
    public void Tensor(Literal value, int axis, long at, bool isBytes, int depth)
    {
        long[] shape = value.Type.Shape.ToArray();
        if (axis == shape.Length)
        {
            Element(value, at, isBytes);
            return;
        }

        bool isInnermost = axis == shape.Length - 1;
        long step = 1;
        foreach (long size in shape.AsSpan(axis + 1))
            step *= size;
        _text.Append('[');
        for (long i = 0; i < shape[axis]; i++)
        {
            if (i > 0)
                _text.Append(isInnermost ? ", " : ",");
            if (!isInnermost)
                Line(depth + 1);
            Tensor(value, axis + 1, at + (i * step), isBytes, depth + 1);
        }

        if (!isInnermost && shape[axis] > 0)
            Line(depth);
        _text.Append(']');
    }

    /// <summary>Writes a number: 6 significant digits if they read back as the same, else as many as that takes.</summary>
    public void Number(double number, bool isSingle)
    {
        if (!double.IsFinite(number))
        {
            if (!writesNonFinite)
                throw ServingException.Invalid("The result has NaN or an infinity, which JSON has no number for.");
            _text.Append(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
            return;
        }

        Span<char> digits = stackalloc char[64];
        var culture = CultureInfo.InvariantCulture;
        number.TryFormat(digits, out int length, "G6", culture);
        if (isSingle)
        {
            float single = (float)number;
            if (!float.TryParse(digits[..length], NumberStyles.Float, culture, out float read) || read != single)
                single.TryFormat(digits, out length, "R", culture);
        }
        else if (!double.TryParse(digits[..length], NumberStyles.Float, culture, out double read) || read != number)
        {
            number.TryFormat(digits, out length, "R", culture);
        }

        int exponent = digits[..length].IndexOf('E');
        if (exponent >= 0)
            digits[exponent] = 'e';
        _text.Append(digits[..length]);
        if (exponent < 0 && !digits[..length].Contains('.'))
            _text.Append(".0");
    }

    private void Element(Literal value, long at, bool isBytes)
    {
        switch (value.Type.DType)
        {
            case DType.F32 or DType.F64:
                Number(value.GetDouble(at), value.Type.DType == DType.F32);
                break;
            case DType.Bool:
                _text.Append(value.GetLong(at) != 0 ? "true" : "false");
                break;
            case DType.String when isBytes:
                _text.Append("{\"b64\": \"").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(value.GetString(at)))).Append("\"}");
                break;
            case DType.String:
                _text.Append(Quoted(value.GetString(at)));
                break;
            case DType.F16 or DType.BF16:
                throw ServingException.Invalid($"Unable to encode output type {WireTypes.TensorflowName(value.Type.DType)} as JSON");
            default:
                _text.Append(CultureInfo.InvariantCulture, $"{value.GetLong(at)}");
                break;
        }
    }
}
