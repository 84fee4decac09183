using System.Globalization;
using System.Text;

namespace TensorGraph;

/// <summary>A graph function for people: one row for each signature, then why it was traced again.</summary>
internal static class FunctionText
{
    private const int MostRetraces = 5;

    public static string Of(GraphFunction function)
    {
        var text = new StringBuilder(function.Name).Append(": traced ").Append(Times(function.TraceCount));
        string[][] rows =
        [
            ["signature", "result", "nodes", "optimised"],
            .. function.ConcreteFunctions.Select(concrete => new[]
            {
                concrete.SignatureText, concrete.ResultText, Number(concrete.NodeCount), Number(concrete.Optimized.NodeCount),
            }),
        ];
        if (rows.Length > 1)
            Add(text, rows);
        int causes = function.Retraces.Count + function.DroppedRetraces;
        if (causes > 0)
            text.Append("\nretraced ").Append(Times(causes)).Append(causes > MostRetraces ? $", the last {MostRetraces}" : "");
        foreach (var retrace in function.Retraces.TakeLast(MostRetraces))
            text.Append("\n  ").Append(retrace);
        return text.ToString();
    }

    // Text to the left, numbers to the right.
    private static void Add(StringBuilder text, string[][] rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            text.Append("\n  ").AppendJoin("  ", row.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
        }
    }

    private static string Number(int number) => number.ToString("n0", CultureInfo.InvariantCulture);

    private static string Times(int count) => count == 1 ? "once" : $"{Number(count)} times";
}
