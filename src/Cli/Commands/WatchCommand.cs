using System.CommandLine;
using System.Globalization;
using TensorGraph.Recording;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph watch</c>: what a program that is recorded does now, line by line.</summary>
internal static class WatchCommand
{
    public static Command Create(Output output)
    {
        var folder = CommandTable.Folder();
        var interval = new Option<double>("--interval") { Description = "Seconds between two lines", DefaultValueFactory = _ => 1 };
        var lines = new Option<int>("--lines") { Description = "Ends after so many lines; 0 for the end of the program", DefaultValueFactory = _ => 0 };
        var json = CommandTable.Json();
        var command = new Command("watch", "Calls per second, retraces, queue and memory of a program that runs") { folder, interval, lines, json };
        command.SetAction(async (parsed, stop) =>
        {
            var pause = TimeSpan.FromSeconds(Math.Max(0.05, parsed.GetValue(interval)));
            var before = Moment.Of(RecordingReader.Open(parsed.GetValue(folder)!));
            bool isFirst = true;
            for (int line = 1; !stop.IsCancellationRequested; line++)
            {
                var now = Moment.Of(RecordingReader.Open(parsed.GetValue(folder)!));
                if (parsed.GetValue(json))
                    output.Json(now);
                else
                    output.Line(now.Since(isFirst ? null : before));
                (before, isFirst) = (now, false);
                if (now.IsComplete || line == parsed.GetValue(lines))
                    break;
                try
                {
                    await Task.Delay(pause, stop).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            }

            return App.Ok;
        });
        return command;
    }

    /// <summary>The sums of a recording at one moment.</summary>
    private sealed record Moment(
        double Time, long Calls, double Milliseconds, int Traces, int Retraces, int Warnings, int Queue, long LiveBytes, long PooledBytes,
        string? Busiest, bool IsComplete)
    {
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
                recording.Traces.FirstOrDefault(trace => trace.Number == busiest)?.Name, recording.IsComplete);
        }

        // Without cursor movements: the same in a terminal and in a file.
        public string Since(Moment? before)
        {
            double seconds = Time - (before?.Time ?? 0);
            double rate = seconds <= 0 ? 0 : (Calls - (before?.Calls ?? 0)) / seconds;
            return string.Create(CultureInfo.InvariantCulture,
                $"{Time,8:0.0} s  {rate,10:#,0} calls/s  {Traces} traces, {Retraces} retraces, {Warnings} warnings  queue {Queue}  {Units.Bytes(LiveBytes)} live, {Units.Bytes(PooledBytes)} pooled  {(IsComplete ? "ended" : Busiest)}");
        }
    }
}
