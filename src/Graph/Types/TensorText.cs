using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TensorGraph;

/// <summary>Values as people read them: nested brackets as NumPy writes them, long axes cut in the middle.</summary>
public static partial class TensorText
{
    private const int Threshold = 1000, Edge = 3;

    /// <summary><c>[[1, 2], [3, 4]]</c>; of an axis longer than 6 in a tensor of more than 1000 elements the first and last three.</summary>
    public static string Print(Literal value)
    {
        var text = new StringBuilder();
        Print(Throw.IfNull(value), text, 0, 0);
        return text.ToString();
    }

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

    private static void Print(Literal value, StringBuilder text, int axis, long first)
    {
        var shape = value.Type.Shape;
        if (axis == shape.Rank)
        {
            text.Append(value.Type.DType == DType.String && axis == 0 ? value.GetString(first) : value.Print(first));
            return;
        }

        long count = shape[axis].Value, step = shape.Skip(axis + 1).Aggregate(1L, (product, dim) => product * dim.Value);
        bool cut = value.Count > Threshold && count > 2 * Edge;
        text.Append('[');
        for (long i = 0; i < count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            if (cut && i == Edge)
            {
                text.Append("..., ");
                i = count - Edge;
            }

            Print(value, text, axis + 1, first + (i * step));
        }

        text.Append(']');
    }

    [GeneratedRegex(@"\{(\d{1,4})\}")]
    private static partial Regex Placeholder();
}
