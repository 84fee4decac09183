using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph watch</c>: what a program does now, line by line.</summary>
internal static class WatchCommand
{
    private const double LongestInterval = 86_400;

    public static Command Create(Output output)
    {
        var target = new Argument<string>("target") { Description = "Number of a .NET process, or folder of a recording" };
        var interval = CommandTable.Number("--interval", "Seconds between two lines; 1 unless given");
        var lines = CommandTable.Number("--lines", "Ends after so many lines; with the program unless given");
        var json = CommandTable.Json();
        var command = new Command("watch", "Calls per second, retraces, queue and memory of a program that runs") { target, interval, lines, json };
        command.SetAction(async (parsed, stop) =>
        {
            var pause = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(interval) ?? 1, 0.05, LongestInterval));
            double most = parsed.GetValue(lines) is > 0 and var given ? given : double.PositiveInfinity;
            string wanted = parsed.GetValue(target)!;
            using var live = !Directory.Exists(wanted) && int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                ? LiveEvents.Attach(process)
                : null;
            long start = Stopwatch.GetTimestamp();
            Moment? before = null;
            for (int line = 0; !stop.IsCancellationRequested; line++)
            {
                // A process tells only what happens from now on.
                if ((line > 0 || live is not null) && !await Wait(pause, stop).ConfigureAwait(false))
                    break;
                var now = live?.Now(Stopwatch.GetElapsedTime(start).TotalSeconds) ?? Moment.Of(RecordingReader.Open(wanted));
                if (parsed.GetValue(json))
                    output.Json(now);
                else
                    output.Line(now.Since(before));
                before = now;
                if (now.IsOver || line + 1 >= most)
                    break;
            }

            return App.Ok;
        });
        return command;
    }

    private static async Task<bool> Wait(TimeSpan pause, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, stop).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
