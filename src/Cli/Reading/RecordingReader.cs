using System.Text.Json;
using TensorGraph.Recording;

namespace TensorGraph.Cli;

/// <summary>A recording as it is read: the newest one in a folder.</summary>
internal sealed class RecordingReader
{
    private RecordingReader(string folder, RecordingHeader header)
    {
        (Folder, Header) = (folder, header);
        Events = ReadEvents();
        Totals = ReadTotals();
        Traces = [.. Events.OfType<TraceEvent>().DistinctBy(trace => trace.Trace).Select(trace => new TraceReader(this, trace))];
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The process.</summary>
    public RecordingHeader Header { get; }

    /// <summary>The events, in order.</summary>
    public RecordingEvent[] Events { get; }

    /// <summary>Counts and times; empty for a process that was killed in its first second.</summary>
    public RecordingTotals Totals { get; }

    /// <summary>Lines that could not be read.</summary>
    public int DamagedLines { get; private set; }

    /// <summary>The traces, in order.</summary>
    public TraceReader[] Traces { get; }

    /// <summary>True when the process ended the recording.</summary>
    public bool IsComplete => Events.Any(line => line is EndEvent);

    /// <summary>True when its process was killed: this machine has no such process, and nothing was written for a while.</summary>
    public bool IsAbandoned => !IsComplete && !IsAlive(Header.Process)
        && DateTime.UtcNow - Directory.EnumerateFiles(Folder).Max(File.GetLastWriteTimeUtc) > TimeSpan.FromSeconds(5);

    /// <summary>True when a path may be a recording: it is a folder.</summary>
    public static bool IsRecording(string path) => Directory.Exists(path);

    /// <summary>Reads the recording of a folder, or the newest of those in it.</summary>
    /// <exception cref="UsageException">There is none, or it is of a version that this tool does not know.</exception>
    public static RecordingReader Open(string path)
    {
        if (!Directory.Exists(path))
            throw new UsageException($"there is no folder '{path}'. Record one: tgraph run -o {path} -- dotnet app.dll");
        string[] headers = File.Exists(Path.Combine(path, RecordingFormat.Header))
            ? [Path.Combine(path, RecordingFormat.Header)]
            : [.. Directory.EnumerateDirectories(path).Select(folder => Path.Combine(folder, RecordingFormat.Header)).Where(File.Exists)];
        if (headers.Length == 0)
        {
            throw new UsageException(
                $"'{path}' is no recording: neither it nor a folder in it has a {RecordingFormat.Header}. A program that traces no graph function writes none.");
        }

        // One that is damaged, or of a tool that is newer, does not hide the others.
        var readable = headers.Select(file => (File: file, Header: TryReadHeader(file))).Where(found => found.Header is not null).ToArray();
        if (readable.Length == 0)
            ReadHeader(headers[0]);
        var (file, header) = readable.MaxBy(found => found.Header!.Started);
        return new(Path.GetDirectoryName(file)!, header!);
    }

    /// <summary>True where one of its files is there.</summary>
    public bool Has(string name) => File.Exists(Path.Combine(Folder, name));

    /// <summary>The text of one of its files.</summary>
    public string Read(string name)
    {
        string file = Path.Combine(Folder, name);
        return File.Exists(file) ? Text(file) : throw new UsageException($"'{Folder}' lacks the file {name}; the recording is not whole.");
    }

    /// <summary>
    /// The traces of a function by its name, or a part of it; of all where none is given. Those that only made variables come last.
    /// </summary>
    /// <exception cref="UsageException">There is none of that name; the names that there are are in the message.</exception>
    public TraceReader[] Find(string? function, int? number)
    {
        if (Traces.Length == 0)
            throw new UsageException($"'{Folder}' has no traces: no graph function was called while it was recorded.");
        if (number is { } wanted)
        {
            if (Traces.FirstOrDefault(trace => trace.Number == wanted) is not { } found)
                throw new UsageException($"there is no trace {wanted}; the recording has {Traces[0].Number} to {Traces[^1].Number}.");
            return function is null || Enumerable.Range(0, TraceReader.WaysToName).Any(way => found.IsNamed(function, way))
                ? [found]
                : throw new UsageException($"trace {wanted} is one of {found.Name}, not of '{function}'.");
        }

        var matching = function is null ? Traces : Enumerable.Range(0, TraceReader.WaysToName)
            .Select(way => Traces.Where(trace => trace.IsNamed(function, way)).ToArray()).FirstOrDefault(found => found.Length > 0) ?? [];
        if (matching.Length == 0)
        {
            throw new UsageException(
                $"there is no function '{function}'; there are {string.Join(", ", Traces.Select(trace => trace.Event.Function).Distinct().Order(StringComparer.Ordinal))}.");
        }

        return [.. matching.OrderBy(trace => trace.Event.MadeVariables).ThenByDescending(trace => trace.Milliseconds)];
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static RecordingHeader? TryReadHeader(string file)
    {
        try
        {
            return ReadHeader(file);
        }
        catch (UsageException)
        {
            return null;
        }
    }

    // The process may write it, or put another in its place.
    private static string Text(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private static RecordingHeader ReadHeader(string file)
    {
        try
        {
            var header = JsonSerializer.Deserialize(Text(file), RecordingJson.Readable.RecordingHeader);
            if (header?.Format != RecordingFormat.Name)
                throw new UsageException($"{file} is no header of a recording.");
            if (header.Version > RecordingFormat.Version)
            {
                throw new UsageException(
                    $"{file} has version {header.Version} of the format; this tool reads up to {RecordingFormat.Version}. Update it: dotnet tool update -g TensorGraph.Cli");
            }

            return header;
        }
        catch (JsonException fault)
        {
            throw new UsageException($"{file} is damaged: {JsonProblem.Of(fault)}.");
        }
    }

    private RecordingEvent[] ReadEvents()
    {
        string path = Path.Combine(Folder, RecordingFormat.Events);
        if (!File.Exists(path))
            return [];
        var events = new List<RecordingEvent>();
        foreach (string line in Text(path).Split('\n'))
        {
            try
            {
                if (line.Length > 0 && JsonSerializer.Deserialize(line, RecordingJson.Readable.RecordingEvent) is { } read)
                    events.Add(read);
            }
            catch (JsonException)
            {
                DamagedLines++;
            }
        }

        return [.. events];
    }

    private RecordingTotals ReadTotals()
    {
        string path = Path.Combine(Folder, RecordingFormat.Totals);
        try
        {
            if (File.Exists(path) && JsonSerializer.Deserialize(Text(path), RecordingJson.Readable.RecordingTotals) is { } read)
                return read;
        }
        catch (JsonException)
        {
            DamagedLines++;
        }

        return new(0, 0, [], []);
    }
}
