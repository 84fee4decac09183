using System.Globalization;
using TensorGraph.Recording;

namespace TensorGraph.Cli;

/// <summary>The state of a program at a moment.</summary>
internal sealed record Moment(
    double Time, long Calls, double Milliseconds, int Traces, int Retraces, int Warnings, int Queue, long LiveBytes, long PooledBytes,
    string? Busiest, bool IsOver)
{
    /// <summary>The sums of a recording.</summary>
    public static Moment Of(RecordingReader recording)
    {
        var progress = recording.Events.OfType<ProgressEvent>().ToArray();
        var last = progress.LastOrDefault();
        int? busiest = last?.Traces.MaxBy(row => row.Milliseconds)?.Trace;
        return new(
            last?.Time ?? 0, progress.SelectMany(line => line.Traces).Sum(row => row.Calls),
            progress.SelectMany(line => line.Traces).Sum(row => row.Milliseconds), recording.Traces.Length,
            recording.Traces.Count(trace => trace.Event.Cause is not null), recording.Events.OfType<WarningEvent>().Count(), last?.Queue ?? 0,
            last?.LiveBytes ?? 0, last?.PooledBytes ?? 0,
            recording.Traces.FirstOrDefault(trace => trace.Number == busiest)?.Name, recording.IsComplete || recording.IsAbandoned);
    }

    /// <summary>One line without cursor movements: the same in a terminal and in a file.</summary>
    public string Since(Moment? before)
    {
        double seconds = Time - (before?.Time ?? 0);
        double rate = seconds <= 0 ? 0 : (Calls - (before?.Calls ?? 0)) / seconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Time,8:0.0} s  {rate,10:#,0} calls/s  {Traces} traces, {Retraces} retraces, {Warnings} warnings  queue {Queue}  {Units.Bytes(LiveBytes)} live, {Units.Bytes(PooledBytes)} pooled  {(IsOver ? "ended" : Busiest)}");
    }
}
