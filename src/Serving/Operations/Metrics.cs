using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace TensorGraph.Serving;

/// <summary>A number for each combination of labels.</summary>
internal sealed class Counter(string name, params string[] labels)
{
    private readonly ConcurrentDictionary<string, long> _values = new(StringComparer.Ordinal);

    public void Add(long count, params ReadOnlySpan<string> values) =>
        _values.AddOrUpdate(MetricText.Labels(labels, values), static (_, count) => count, static (_, old, count) => old + count, count);

    public void Write(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} counter\n");
        foreach (var (key, value) in _values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{name}{{{key}}} {value}\n");
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
        string key = MetricText.Labels(labels, values);
        if (!_rows.TryGetValue(key, out var row))
            row = _rows.GetOrAdd(key, new Row(bounds.Length + 1, values.ToArray()));
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
    /// <summary><c>model_name="m",status="OK"</c></summary>
    public static string Labels(string[] names, ReadOnlySpan<string> values)
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
