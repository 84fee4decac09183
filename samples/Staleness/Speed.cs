using System.Diagnostics;
using Samples;
using Spectre.Console;
using TensorGraph.Staleness;

namespace TestBed;

/// <summary>How fast schedules are made, without the work in them.</summary>
internal static class Speed
{
    private const int Events = 400_000;

    public static void Show()
    {
        var table = Output.Table(1, "mode", "workers", "events", "ms", "events per second");
        foreach (string mode in new[] { "asynchronous", "delayed:2", "synchronous", "ssp:3", "gossip" })
        {
            foreach (int workers in new[] { 3, 1000 })
            {
                SimulationSettings settings = new()
                {
                    Mode = TrainingMode.Parse(mode), Workers = SimulationSettings.Equal(workers, new() { Compute = Duration.LogNormal(0.25, 0.3) }),
                    Gradients = Events / 4,
                };
                // The first run compiles the code.
                Simulator.Run(settings with { Gradients = 5000 });
                var clock = Stopwatch.StartNew();
                int events = Simulator.Run(settings).Events.Length;
                double seconds = clock.Elapsed.TotalSeconds;
                table.AddRow(mode, Output.Number("d", workers), Output.Number("n0", events), Output.Number("f0", seconds * 1000), Output.Number("n0", events / seconds));
            }
        }

        AnsiConsole.Write(table);
    }
}
