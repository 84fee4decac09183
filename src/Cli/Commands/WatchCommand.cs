using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph watch</c>: what a program does now, line by line.</summary>
internal static class WatchCommand
{
    public static Command Create(Output output)
    {
        var target = new Argument<string>("target") { Description = "Number of a .NET process, or folder of a recording" };
        var interval = new Option<double>("--interval") { Description = "Seconds between two lines", DefaultValueFactory = _ => 1 };
        var lines = new Option<int>("--lines") { Description = "Ends after so many lines; 0 for the end of the program", DefaultValueFactory = _ => 0 };
        var json = CommandTable.Json();
        var command = new Command("watch", "Calls per second, retraces, queue and memory of a program that runs") { target, interval, lines, json };
        command.SetAction(async (parsed, stop) =>
        {
            var pause = TimeSpan.FromSeconds(Math.Max(0.05, parsed.GetValue(interval)));
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
                if (now.IsOver || line + 1 == parsed.GetValue(lines))
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
