using System.Text.RegularExpressions;

namespace TensorGraph.Cli;

/// <summary>A line of a difference: <c>' '</c> in both, <c>'-'</c> in the first only, <c>'+'</c> in the second only.</summary>
internal sealed record DiffLine(char Kind, string Text);

/// <summary>
/// Differences of graphs in text form. Numbers of values and the user's lines do not count: a pass that drops a node renames all that follow. Where
/// nothing else differs, the numbers do.
/// </summary>
internal static partial class TextDiff
{
    // A table of all pairs; larger graphs are compared as bags of lines.
    private const long MostPairs = 25_000_000;

    /// <summary>The lines of both, in order.</summary>
    public static List<DiffLine> Of(string[] before, string[] after)
    {
        var lines = Of(before, after, line => ValueNumber().Replace(GraphText.WithoutComment(line), "%"));
        return lines.Exists(line => line.Kind != ' ') ? lines : Of(before, after, GraphText.WithoutComment);
    }

    private static List<DiffLine> Of(string[] before, string[] after, Func<string, string> key)
    {
        string[] left = [.. before.Select(key)], right = [.. after.Select(key)];
        int start = 0;
        while (start < left.Length && start < right.Length && left[start] == right[start])
            start++;
        int end = 0;
        while (end < left.Length - start && end < right.Length - start && left[^(end + 1)] == right[^(end + 1)])
            end++;
        var lines = after.Take(start).Select(line => new DiffLine(' ', line)).ToList();
        lines.AddRange(Middle(before[start..^end], after[start..^end], left[start..^end], right[start..^end]));
        lines.AddRange(after.Skip(after.Length - end).Select(line => new DiffLine(' ', line)));
        return lines;
    }

    /// <summary>Only lines that differ, with some that don't around them; a line "…" for each gap.</summary>
    public static IEnumerable<DiffLine> Around(IReadOnlyList<DiffLine> lines, int context = 1)
    {
        bool gap = false;
        for (int i = 0; i < lines.Count; i++)
        {
            bool near = Enumerable.Range(Math.Max(0, i - context), Math.Min(lines.Count, i + context + 1) - Math.Max(0, i - context))
                .Any(k => lines[k].Kind != ' ');
            if (near)
            {
                if (gap)
                    yield return new(' ', "  …");
                yield return lines[i];
            }

            gap = !near;
        }
    }

    private static IEnumerable<DiffLine> Middle(string[] before, string[] after, string[] left, string[] right)
    {
        if ((long)left.Length * right.Length > MostPairs)
        {
            return Left(before, left, right).Select(line => new DiffLine('-', line))
                .Concat(Left(after, right, left).Select(line => new DiffLine('+', line)));
        }

        // Length of the longest common part of what follows.
        int[,] common = new int[left.Length + 1, right.Length + 1];
        for (int i = left.Length - 1; i >= 0; i--)
        {
            for (int k = right.Length - 1; k >= 0; k--)
                common[i, k] = left[i] == right[k] ? common[i + 1, k + 1] + 1 : Math.Max(common[i + 1, k], common[i, k + 1]);
        }

        var lines = new List<DiffLine>();
        int a = 0, b = 0;
        while (a < left.Length || b < right.Length)
        {
            if (a < left.Length && b < right.Length && left[a] == right[b])
            {
                lines.Add(new(' ', after[b++]));
                a++;
            }
            else if (b == right.Length || (a < left.Length && common[a + 1, b] >= common[a, b + 1]))
            {
                lines.Add(new('-', before[a++]));
            }
            else
            {
                lines.Add(new('+', after[b++]));
            }
        }

        return lines;
    }

    // Lines without a partner in the other text. Where each has one, the order differs: then all of them.
    private static IEnumerable<string> Left(string[] lines, string[] keys, string[] others)
    {
        var partners = others.CountBy(key => key).ToDictionary();
        string[] left = [.. lines.Where((_, i) => (partners[keys[i]] = partners.GetValueOrDefault(keys[i]) - 1) < 0)];
        return left.Length == 0 && keys.Length == others.Length ? lines : left;
    }

    [GeneratedRegex(@"%\d+")]
    private static partial Regex ValueNumber();
}
