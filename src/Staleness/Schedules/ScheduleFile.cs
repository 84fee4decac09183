using System.Collections.Immutable;
using System.Text.Json;

namespace TensorGraph.Staleness;

/// <summary>Schedules as files: JSON lines, a header first, then an array for each event. The same schedule gives the same bytes.</summary>
public static class ScheduleFile
{
    private const string Format = "tensorgraph-schedule";
    private const int Version = 1;

    /// <summary>Writes a schedule. Errors: TG1002 null, TG1006 when the file can't be written.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="path">The file, which is replaced.</param>
    public static void Save(Schedule schedule, string path)
    {
        Throw.IfNull(schedule);
        FileText.Write(path, file => Write(schedule, file));
    }

    /// <summary>Reads a schedule. Errors: TG1002 null, TG1006 when it is missing or damaged.</summary>
    /// <param name="path">The file.</param>
    public static Schedule Load(string path) => FileText.Read(path, () => Read(File.ReadLines(path)));

    internal static void Write(Schedule schedule, Stream stream)
    {
        Line(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("mode", schedule.Mode.ToString());
            writer.WriteNumber("workers", schedule.Workers);
            writer.WriteNumber("shards", schedule.Shards);
            writer.WriteBoolean("complete", schedule.IsComplete);
            writer.WriteNumber("events", schedule.Events.Length);
            writer.WriteEndObject();
        });
        foreach (var entry in schedule.Events)
            Line(writer => WriteEvent(writer, entry));

        void Line(Action<Utf8JsonWriter> write)
        {
            using (var writer = new Utf8JsonWriter(stream))
                write(writer);
            stream.WriteByte((byte)'\n');
        }
    }

    internal static Schedule Read(IEnumerable<string> lines)
    {
        using var reader = lines.GetEnumerator();
        if (!reader.MoveNext())
            throw new InvalidDataException("it is empty");
        using var header = JsonDocument.Parse(reader.Current);
        var root = header.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.GetString() != Format)
            throw new InvalidDataException("it is no schedule");
        if (root.GetProperty("version").GetInt32() != Version)
            throw new InvalidDataException($"its version is {root.GetProperty("version")}, this library reads {Version}");
        int workers = root.GetProperty("workers").GetInt32(), shards = root.GetProperty("shards").GetInt32();
        var events = ImmutableArray.CreateBuilder<ScheduleEvent>();
        while (reader.MoveNext())
        {
            using var line = JsonDocument.Parse(reader.Current);
            events.Add(ReadEvent(line.RootElement));
        }

        // A file that was cut at the end of a line has no other sign of it.
        if (events.Count != root.GetProperty("events").GetInt32())
            throw new InvalidDataException($"it has {events.Count} events in place of {root.GetProperty("events")}");
        var schedule = new Schedule(Mode(root.GetProperty("mode")), workers, shards, root.GetProperty("complete").GetBoolean(), events.ToImmutable());
        return schedule.Problem() is { } problem ? throw new InvalidDataException(problem) : schedule;
    }

    private static TrainingMode Mode(JsonElement text)
    {
        try
        {
            return TrainingMode.Parse(text.GetString() ?? throw new InvalidDataException("it has no mode"));
        }
        catch (GraphException fault)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    }

    private static void WriteEvent(Utf8JsonWriter writer, ScheduleEvent entry)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(entry.Time);
        writer.WriteStringValue(entry.Kind.ToString());
        foreach (long number in new[] { entry.Worker, entry.Shard, entry.Gradient, entry.Batch, entry.Version })
            writer.WriteNumberValue(number);
        writer.WriteStringValue(entry.Reason.ToString());
        writer.WriteStartArray();
        foreach (var applied in entry.Applied)
        {
            writer.WriteNumberValue(applied.Id);
            writer.WriteNumberValue(applied.Worker);
            writer.WriteNumberValue(applied.Staleness);
        }

        writer.WriteEndArray();
        writer.WriteStartArray();
        foreach (int worker in entry.Workers)
            writer.WriteNumberValue(worker);
        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    private static ScheduleEvent ReadEvent(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Array || line.GetArrayLength() != 10)
            throw new InvalidDataException($"an event can't be read: {line}");
        JsonElement[] parts = [.. line.EnumerateArray()];
        long[] applied = [.. parts[8].EnumerateArray().Select(number => number.GetInt64())];
        if (applied.Length % 3 != 0)
            throw new InvalidDataException($"an event can't be read: {line}");
        return new(parts[0].GetInt64(), Name<EventKind>(parts[1]), parts[2].GetInt32())
        {
            Shard = parts[3].GetInt32(),
            Gradient = parts[4].GetInt64(),
            Batch = parts[5].GetInt64(),
            Version = parts[6].GetInt64(),
            Reason = Name<DropReason>(parts[7]),
            Applied = [.. applied.Chunk(3).Select(part => new AppliedGradient(part[0], checked((int)part[1]), part[2]))],
            Workers = [.. parts[9].EnumerateArray().Select(number => number.GetInt32())],
        };
    }

    private static T Name<T>(JsonElement text)
        where T : struct, Enum => Enum.TryParse(text.GetString(), out T value) && Enum.IsDefined(value)
            ? value : throw new InvalidDataException($"'{text}' is not known");
}
