using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TensorGraph;

/// <summary>A trace, compilation or run that someone watches. It counts as failed when it is disposed of before it is complete.</summary>
internal sealed class GraphWork : IDisposable
{
    private readonly Activity? _activity;
    private readonly Histogram<double> _time;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly long _start = Stopwatch.GetTimestamp();
    private bool _isComplete;

    public GraphWork(Activity? activity, Histogram<double> time, KeyValuePair<string, object?>[] tags)
    {
        _activity = activity;
        _time = time;
        _tags = tags;
        foreach (var (name, value) in tags) activity?.SetTag(name, value);
    }

    /// <summary>Adds a fact to the activity.</summary>
    public void Note(string name, object? value) => _activity?.SetTag($"tensorgraph.{name}", value);

    /// <summary>Ends it and returns how long it took, in milliseconds.</summary>
    public double Complete()
    {
        double milliseconds = Stopwatch.GetElapsedTime(_start).TotalMilliseconds;
        _isComplete = true;
        if (_time.Enabled) GraphEvents.Quietly(() => _time.Record(milliseconds, _tags));
        return milliseconds;
    }

    public void Dispose()
    {
        if (!_isComplete) _activity?.SetStatus(ActivityStatusCode.Error);
        if (_activity is { } activity) GraphEvents.Quietly(activity.Dispose);
    }
}
