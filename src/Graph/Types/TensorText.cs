using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TensorGraph;

/// <summary>Values as people read them: nested brackets as NumPy writes them, long axes cut in the middle.</summary>
public static partial class TensorText
{
    private const int Threshold = 1000, Edge = 3, Width = 80;

    /// <summary>
    /// <c>[[1, 2], [3, 4]]</c>, and where that is longer than 80 characters a table: a row on a line, columns aligned, eight digits of each number.
    /// Of an axis longer than 6 in a tensor of more than 1000 elements the first and last three.
    /// </summary>
    public static string Print(Literal value) => Print(value, null);

    /// <summary>
    /// The same with a format of C# for each number, such as <c>f3</c>. A <c>t</c> alone, or in front of it, puts the type after the values:
    /// <c>[1, 2] f32[2]</c>.
    /// </summary>
    /// <exception cref="GraphException">TG2007 when the numbers have no such format.</exception>
    public static string Print(Literal value, string? format)
    {
        if (format is not ['t', .. var ofNumbers])
            return Checked(value, format);
        string values = Checked(value, ofNumbers);
        return $"{values}{(values.Contains('\n', StringComparison.Ordinal) ? '\n' : ' ')}{value.Type}";
    }

    private static string Checked(Literal value, string? format)
    {
        try
        {
            return Formatted(value, string.IsNullOrEmpty(format) ? null : format);
        }
        catch (FormatException fault)
        {
            throw new GraphException(DiagnosticIds.BadText, $"to_string: '{format}' is no format of {Throw.IfNull(value).Type.DType.Name()} numbers",
                "Use one of C#, such as f3, e2 or, for integers, x8.", Ir.SourceSpan.Capture(), fault);
        }
    }

    private static string Formatted(Literal value, string? format)
    {
        var text = new StringBuilder();
        Print(Throw.IfNull(value), text, (literal, i) => Element(literal, i, format), _ => ", ", 0, 0);
        if (value.Type.Rank < 2 || value.Type.IsList || text.Length <= Width)
            return text.ToString();
        string Cell(Literal literal, long i) => Element(literal, i, format ?? (literal.Type.DType.IsFloat() ? "G8" : null));
        int width = 0;
        Print(value, new StringBuilder(), (literal, i) => Widest(Cell(literal, i), ref width), _ => "", 0, 0);
        int rank = value.Type.Rank;
        string Between(int axis) => axis == rank - 1 ? ", " : $",{new string('\n', rank - 1 - axis)}{new string(' ', axis + 1)}";
        text.Clear();
        Print(value, text, (literal, i) => Cell(literal, i).PadLeft(width), Between, 0, 0);
        return text.ToString();
    }

    private static string Widest(string cell, ref int width)
    {
        width = Math.Max(width, cell.Length);
        return cell;
    }

    private static string Element(Literal value, long index, string? format) =>
        string.IsNullOrEmpty(format) || !value.Type.DType.IsNumber() ? value.Print(index)
        : value.Type.DType.IsFloat() ? value.GetDouble(index).ToString(format, CultureInfo.InvariantCulture)
        : value.GetLong(index).ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Text with {0}, {1}, … replaced by values; other braces stay.</summary>
    public static string Format(string format, IReadOnlyList<Literal> values) => Placeholder().Replace(
        Throw.IfNull(format), match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is var i && i < Throw.IfNull(values).Count
        ? Print(values[i])
        : match.Value);

    /// <summary>The same, and values that the text has no place for come after it: <c>text: 1, [2, 3]</c>.</summary>
    public static string FormatAll(string format, IReadOnlyList<Literal> values)
    {
        var placed = Placeholder().Matches(Throw.IfNull(format)).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        string rest = string.Join(", ", Throw.IfNull(values).Where((_, i) => !placed.Contains(i)).Select(Print));
        return $"{Format(format, values)}{(format.Length > 0 && rest.Length > 0 ? ": " : "")}{rest}";
    }

    private static void Print(
        Literal value, StringBuilder text, Func<Literal, long, string> element, Func<int, string> between, int axis, long first)
    {
        var shape = value.Type.Shape;
        if (axis == shape.Rank)
        {
            text.Append(value.Type.DType == DType.String && axis == 0 ? value.GetString(first) : element(value, first));
            return;
        }

        long count = shape[axis].Value, step = shape.Skip(axis + 1).Aggregate(1L, (product, dim) => product * dim.Value);
        bool cut = value.Count > Threshold && count > 2 * Edge;
        text.Append('[');
        for (long i = 0; i < count; i++)
        {
            text.Append(i > 0 ? between(axis) : "");
            if (cut && i == Edge)
            {
                text.Append("...").Append(between(axis));
                i = count - Edge;
            }

            Print(value, text, element, between, axis + 1, first + (i * step));
        }

        text.Append(']');
    }

    [GeneratedRegex(@"\{(\d{1,4})\}")]
    private static partial Regex Placeholder();
}
