using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace TensorGraph.Ir;

/// <summary>
/// Attribute values and names as text. Each kind of value has a spelling that no other kind has, so that it reads back as what it was.
/// </summary>
public sealed partial class Printer
{
    private const int ShownWhenElided = 4;

    private string Text(object value) => value switch
    {
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Text(number),
        bool flag => flag ? "true" : "false",
        string text => Quote(text),
        DType dtype => dtype.Name(),
        Dim dim => $"dim({dim})",
        Shape shape => $"shape{shape}",
        ImmutableArray<long> list => $"[{string.Join(", ", list.Select(item => item.ToString(CultureInfo.InvariantCulture)))}]",
        Literal literal => Text(literal),
        Resource resource => "@" + Name(resource),
        // C# code has only a name here.
        CustomGradient gradient => $"gradient({Quote(gradient.Name)})",
        _ => throw new NotSupportedException($"attributes of type {value.GetType().Name} have no text form"),
    };

    /// <summary>A constant in the form of attributes, whole: <c>f32[2] [1, 2]</c>.</summary>
    public static string Print(Literal literal) => new Printer(false, long.MaxValue).Text(literal);

    private string Text(Literal literal)
    {
        if (literal.Type.Rank == 0)
            return $"{literal.Type} {Element(literal, 0)}";
        long shown = literal.Count > _elideAbove ? Math.Min(ShownWhenElided, literal.Count) : literal.Count;
        var text = new StringBuilder(literal.Type.ToString()).Append(" [");
        for (long i = 0; i < shown; i++)
            text.Append(i > 0 ? ", " : "").Append(Element(literal, i));
        return text.Append(shown < literal.Count ? $", … {literal.Count - shown} more]" : "]").ToString();
    }

    /// <summary>An element such that reading it gives the same bits; <c>nan(0x…)</c> when it is a NaN other than .NET's.</summary>
    internal static string Element(Literal literal, long index) => literal.Data switch
    {
        bool[] data => data[index] ? "true" : "false",
        string[] data => Quote(data[index]),
        double[] data => Float(data[index], BitConverter.DoubleToUInt64Bits(data[index]), BitConverter.DoubleToUInt64Bits(double.NaN)),
        float[] data => Float(data[index], BitConverter.SingleToUInt32Bits(data[index]), BitConverter.SingleToUInt32Bits(float.NaN)),
        Half[] data => Float((float)data[index], BitConverter.HalfToUInt16Bits(data[index]), BitConverter.HalfToUInt16Bits(Half.NaN)),
        BFloat16[] data => Float((float)data[index], data[index].Bits, ((BFloat16)float.NaN).Bits),
        _ => literal.GetLong(index).ToString(CultureInfo.InvariantCulture),
    };

    // A number without '.' or exponent is a long; .0 keeps 1.0 a double.
    private static string Text(double number)
    {
        string text = Float(number, BitConverter.DoubleToUInt64Bits(number), BitConverter.DoubleToUInt64Bits(double.NaN));
        return text.All(c => char.IsAsciiDigit(c) || c == '-') ? text + ".0" : text;
    }

    private static string Float<T>(T number, ulong bits, ulong nan) where T : System.Numerics.IFloatingPointIeee754<T> =>
        T.IsNaN(number) ? bits == nan ? "nan" : string.Create(CultureInfo.InvariantCulture, $"nan(0x{bits:x})")
        : T.IsInfinity(number) ? T.IsNegative(number) ? "-inf" : "inf"
        : number.ToString("R", CultureInfo.InvariantCulture);

    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                _ when char.IsControl(c) || char.IsSurrogate(c)
                    || c is '\u2028' or '\u2029' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    internal static string Identifier(string name) => IsIdentifier(name) ? name : Quote(name);

    // %_7 is how an unnamed parameter prints, so a parameter that is really called so is quoted.
    private static string ParameterName(string name) =>
        IsIdentifier(name) && !(name.Length > 1 && name[0] == '_' && name.Skip(1).All(char.IsAsciiDigit)) ? name : Quote(name);

    internal static bool IsIdentifier(string name) =>
        name.Length > 0 && IsIdentifierStart(name[0]) && name.All(IsIdentifierPart) && name[^1] != '.';

    internal static bool IsIdentifierStart(char c) => char.IsLetter(c) || c == '_';

    internal static bool IsIdentifierPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '.';
}
