using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text;

namespace TensorGraph.Benchmarks;

/// <summary>The cost of reports for a warm call, without a listener and with each kind of listener.</summary>
internal static class Listening
{
    private const int Calls = 10_000;

    private static readonly (string Name, Func<IDisposable?> Listen)[] Listeners =
    [
        ("none", static () => null),
        ("warnings only", static () => new Events(EventLevel.Warning)),
        ("all events", static () => new Events(EventLevel.Verbose)),
        ("metrics", Metrics),
        ("activities", Activities),
        ("none, after these", static () => null),
    ];

    public static string Measure()
    {
        Tensor x = new[] { 1f, 2, 3, 4 };
        Overhead.AddOne(x);
        Ir.Graph graph = GraphFunction.Of(Overhead.AddOne).ConcreteFunctions[0].Optimized;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
        text.Append("Warm call of `x + 1` on f32[4], nanoseconds, best of several runs.\n\n");
        text.Append("| listener | imperative | as a graph function | the report of a run alone |\n|---|---|---|---|\n");
        Nanoseconds(() => Report(graph)); // Until it is compiled as the others are.
        foreach (var (name, listen) in Listeners)
        {
            using IDisposable? listener = listen();
            double imperative = Nanoseconds(() => _ = x + 1f), traced = Nanoseconds(() => _ = Overhead.AddOne(x));
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {imperative:f0} | {traced:f0} | {Nanoseconds(() => Report(graph)):f1} |\n");
        }
        return text.ToString();
    }

    private static double Nanoseconds(Action action) => 1e9 / Calls * Machine.Best(200, () =>
    {
        for (int i = 0; i < Calls; i++) action();
    });

    private static void Report(Ir.Graph graph)
    {
        using GraphWork? work = GraphEvents.Run(graph, Devices.Managed);
        GraphEvents.Ran(work, graph, Devices.Managed);
    }

    private static MeterListener Metrics()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == GraphEvents.Name) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    private static ActivityListener Activities()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GraphEvents.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class Events : EventListener
    {
        public Events(EventLevel level) => EnableEvents(GraphEventSource.Log, level);
    }
}
