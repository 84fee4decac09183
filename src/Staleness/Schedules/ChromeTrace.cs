using System.Globalization;
using System.Text.Json;

namespace TensorGraph.Staleness;

/// <summary>
/// A schedule as a trace that chrome://tracing and Perfetto show: a row for each worker with its gradients and its waits, and one for each shard with
/// its updates.
/// </summary>
public static class ChromeTrace
{
    private const int Servers = 0, Workers = 1;

    /// <summary>Writes the trace. Errors: TG1002 null, TG1006 when the file can't be written.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="path">The file, which is replaced.</param>
    public static void Save(Schedule schedule, string path)
    {
        Throw.IfNull(schedule);
        FileText.Write(path, file => Write(schedule, file));
    }

    internal static void Write(Schedule schedule, Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteStartArray("traceEvents");
        Named("process_name", Servers, 0, "server");
        Named("process_name", Workers, 0, "workers");
        for (int worker = 0; worker < schedule.Workers; worker++)
            Named("thread_name", Workers, worker, string.Create(CultureInfo.InvariantCulture, $"worker {worker}"));
        var starts = new Dictionary<int, ScheduleEvent>();
        var idle = new Dictionary<int, long>();
        foreach (var entry in schedule.Events)
        {
            switch (entry.Kind)
            {
                case EventKind.Compute:
                    if (idle.Remove(entry.Worker, out long since) && entry.Time > since)
                        Span("wait", Workers, entry.Worker, since, entry.Time, null);
                    starts[entry.Worker] = entry;
                    break;
                case EventKind.Push or EventKind.LocalStep or EventKind.Fail:
                    if (starts.Remove(entry.Worker, out var start))
                        Span(entry.Kind == EventKind.Fail ? "lost" : "compute", Workers, entry.Worker, start.Time, entry.Time, start);
                    idle[entry.Worker] = entry.Time;
                    if (entry.Kind == EventKind.Fail)
                        Instant("fail", Workers, entry.Worker, entry);
                    break;
                case EventKind.Join:
                    idle[entry.Worker] = entry.Time;
                    Instant("join", Workers, entry.Worker, entry);
                    break;
                case EventKind.Apply or EventKind.Drop or EventKind.Average or EventKind.RingAverage:
                    Instant(entry.Kind == EventKind.Drop ? $"drop: {entry.Reason}" : entry.Kind.ToString(), Servers, entry.Shard, entry);
                    break;
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        void Named(string kind, int process, int thread, string name)
        {
            Begin(kind, "M", process, thread);
            writer.WriteStartObject("args");
            writer.WriteString("name", name);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        void Span(string name, int process, int thread, long from, long to, ScheduleEvent? entry)
        {
            Begin(name, "X", process, thread);
            writer.WriteNumber("ts", from / 1e3);
            writer.WriteNumber("dur", (to - from) / 1e3);
            Arguments(entry);
            writer.WriteEndObject();
        }

        void Instant(string name, int process, int thread, ScheduleEvent entry)
        {
            Begin(name, "i", process, thread);
            writer.WriteString("s", "t");
            writer.WriteNumber("ts", entry.Time / 1e3);
            Arguments(entry);
            writer.WriteEndObject();
        }

        void Begin(string name, string phase, int process, int thread)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("ph", phase);
            writer.WriteNumber("pid", process);
            writer.WriteNumber("tid", thread);
        }

        void Arguments(ScheduleEvent? entry)
        {
            writer.WriteStartObject("args");
            if (entry is { Gradient: >= 0 })
                writer.WriteNumber("gradient", entry.Gradient);
            if (entry is { Version: >= 0 })
                writer.WriteNumber("version", entry.Version);
            if (entry is { Applied.IsEmpty: false })
                writer.WriteString("staleness", string.Join(' ', entry.Applied.Select(applied => applied.Staleness)));
            writer.WriteEndObject();
        }
    }
}
