using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace TensorGraph.Serving;

/// <summary>A number for each combination of labels.</summary>
internal sealed class Counter(string name, params string[] labels)
{
    private readonly ConcurrentDictionary<string, StrongBox<long>> _values = new(StringComparer.Ordinal);

    public void Add(long count, params ReadOnlySpan<string> values)
    {
        Span<char> buffer = stackalloc char[MetricText.Longest];
        var key = MetricText.Labels(labels, values, buffer);
        if (!_values.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var sum))
            sum = _values.GetOrAdd(key.ToString(), static _ => new());
        Interlocked.Add(ref sum.Value, count);
    }

    public void Write(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} counter\n");
        foreach (var (key, value) in _values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{name}{{{key}}} {Volatile.Read(ref value.Value)}\n");
    }
}

/// <summary>Counts of values in ranges whose bounds grow by a factor, for each combination of labels.</summary>
internal sealed class Histogram(string name, double[] bounds, params string[] labels)
{
    private readonly ConcurrentDictionary<string, Row> _rows = new(StringComparer.Ordinal);

    /// <summary>10 · 1.8^k microseconds.</summary>
    public static double[] Latencies { get; } = [.. Enumerable.Range(0, 33).Select(k => 10 * Math.Pow(1.8, k))];

    /// <summary>1, 2, 4, … rows.</summary>
    public static double[] Sizes { get; } = [.. Enumerable.Range(0, 16).Select(k => Math.Pow(2, k))];

    public void Add(double value, params ReadOnlySpan<string> values)
    {
        Span<char> buffer = stackalloc char[MetricText.Longest];
        var key = MetricText.Labels(labels, values, buffer);
        if (!_rows.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var row))
            row = _rows.GetOrAdd(key.ToString(), new Row(bounds.Length + 1, values.ToArray()));
        int bucket = Array.BinarySearch(bounds, value);
        row.Add(bucket < 0 ? ~bucket : bucket, value);
    }

    /// <summary>The counts of each row by its labels, for charts.</summary>
    public IEnumerable<(string Key, string[] Labels, long[] Counts, double Sum)> Rows()
    {
        foreach (var (key, row) in _rows.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var (counts, sum) = row.Read();
            yield return (key, row.Labels, counts, sum);
        }
    }

    public void Write(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} histogram\n");
        foreach (var (key, _, counts, sum) in Rows())
        {
            long total = 0;
            for (int i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                string bound = i < bounds.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{key},le=\"{bound}\"}} {total}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{key}}} {sum:R}\n{name}_count{{{key}}} {total}\n");
        }
    }

    private sealed class Row(int buckets, string[] labels)
    {
        public string[] Labels => labels;

        private readonly Lock _gate = new();
        private readonly long[] _counts = new long[buckets];
        private double _sum;

        public void Add(int bucket, double value)
        {
            lock (_gate)
            {
                _counts[bucket]++;
                _sum += value;
            }
        }

        public (long[] Counts, double Sum) Read()
        {
            lock (_gate)
                return ([.. _counts], _sum);
        }
    }
}

internal static class MetricText
{
    /// <summary>The most characters of labels that are written without memory of their own.</summary>
    public const int Longest = 256;

    private static readonly SearchValues<char> s_escaped = SearchValues.Create("\\\"\n");

    /// <summary><c>model_name="m",status="OK"</c></summary>
    /// <param name="names">Names of the labels.</param>
    /// <param name="values">Their values.</param>
    /// <param name="buffer">Takes the text if it has room.</param>
    public static ReadOnlySpan<char> Labels(string[] names, ReadOnlySpan<string> values, Span<char> buffer)
    {
        int at = 0;
        for (int i = 0; i < names.Length; i++)
        {
            if (values[i].AsSpan().ContainsAny(s_escaped)
                || !buffer[at..].TryWrite(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}{names[i]}=\"{values[i]}\"", out int written))
                return Labels(names, values);
            at += written;
        }

        return buffer[..at];
    }

    private static string Labels(string[] names, ReadOnlySpan<string> values)
    {
        var text = new StringBuilder();
        for (int i = 0; i < names.Length; i++)
        {
            string value = values[i].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(i > 0 ? "," : "").Append(names[i]).Append("=\"").Append(value).Append('"');
        }

        return text.ToString();
    }
}
