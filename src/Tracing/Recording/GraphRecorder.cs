using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using TensorGraph.Backends;
using TensorGraph.Ir;
using TensorGraph.Recording;

namespace TensorGraph;

/// <summary>
/// Records what graph functions do into a folder that the tool <c>tgraph</c> reads: traces and their causes, graphs before and after each pass,
/// kernels, counts and times of calls, queues and memory. What was compiled before it starts is not in it. <c>TENSORGRAPH_DUMP=folder</c> starts one
/// without a change of the program.
/// </summary>
/// <example>
/// <code>
/// string folder = Directory.CreateTempSubdirectory().FullName;
/// using (GraphRecorder.Start(folder))
///     Model.Double(1f);
/// Console.WriteLine(File.Exists(Path.Combine(folder, "run-1", "recording.json"))); // True
///
/// public static partial class Model
/// {
///     [GraphFunction]
///     public static Tensor Double(Tensor x) =&gt; x * 2;
/// }
/// </code>
/// </example>
public sealed class GraphRecorder : IDisposable
{
    // Totals that a killed process loses are those of the last period. It is longer where writing them would take more than one part in so many.
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int PartOfTime = 200;

    // A function that is traced at each call must not fill the disk.
    private const int MostTraces = 1000;

    // Nor one that calls C# code in a loop.
    private const int MostHostResults = 1000;

    private static readonly Lock Gate = new();
    private static bool s_hasLookedAtFlag;
    private static volatile GraphRecorder? s_current;

    private readonly RecordingFolder _folder;
    private readonly RecordingObserver _observer;
    private readonly Timer _timer;
    private readonly Lock _flushing = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<RecordedTrace> _traces = [];
    private int _dropped;
    private int _reportedQueue;
    private bool _isClosed;

    private GraphRecorder(string folder, bool keepInputs)
    {
        KeepsInputs = keepInputs;
        var assembly = typeof(GraphRecorder).Assembly;
        string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        _folder = RecordingFolder.Create(folder, new(
            RecordingFormat.Name, RecordingFormat.Version, DateTimeOffset.UtcNow, Assembly.GetEntryAssembly()?.GetName().Name ?? "",
            Environment.ProcessId, version.Split('+')[0], RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription,
            Environment.ProcessorCount, Device.Current.Name));
        _observer = new RecordingObserver(this);
        GraphEvents.Observer = _observer;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnCrash;
        _timer = new Timer(_ => FlushInTime(), null, Period, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The recording that is made; null for none.</summary>
    public static GraphRecorder? Current => s_hasLookedAtFlag ? s_current : StartOfFlag();

    /// <summary>The folder of this recording, <c>run-1</c> in the one that it was started with, or the next number that is free.</summary>
    public string Folder => _folder.Path;

    /// <summary>True if the inputs of one call of each graph are kept, for <c>tgraph replay</c>.</summary>
    public bool KeepsInputs { get; }

    /// <summary>Starts a recording, which ends when the result is disposed or the process ends.</summary>
    /// <param name="folder">Gets a folder for each recording; it is made if it is not there.</param>
    /// <param name="keepInputs">True keeps the inputs of one call of each graph, for <c>tgraph replay</c>.</param>
    /// <exception cref="InvalidOperationException">One is made already.</exception>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static GraphRecorder Start(string folder, bool keepInputs = false)
    {
        Check.NotNull(folder);
        lock (Gate)
        {
            s_hasLookedAtFlag = true;
            if (s_current is { } other)
                throw new InvalidOperationException($"a recording is made already, in {other.Folder}; dispose of it first");
            return s_current = new GraphRecorder(folder, keepInputs);
        }
    }

    /// <summary>A writer of graphs and scalars for TensorBoard, in a new event file of a folder.</summary>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static TensorBoardWriter TensorBoard(string folder) => new(Check.NotNull(folder));

    /// <summary>Writes the counts and times so far.</summary>
    public void Flush()
    {
        // One at a time, and none after the last one.
        lock (_flushing)
        {
            if (_isClosed)
                return;
            try
            {
                AppendProgress();
                var totals = new RecordingTotals(Seconds, _dropped, TotalsRows.Of(Traces), TotalsRows.Of(_observer));
                _folder.Replace(RecordingFormat.Totals, totals, RecordingJson.Readable.RecordingTotals);
            }
            catch (Exception fault)
            {
                // A device that fails to count its memory must not end the process.
                GraphFunctions.Say($"The recording in {Folder} lacks its last counts: {fault.Message}");
            }
        }
    }

    /// <summary>Ends the recording.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (s_current == this)
            {
                s_current = null;
                GraphEvents.Observer = null;
            }
        }

        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnCrash;
        Flush();
        lock (_flushing)
        {
            if (!_isClosed)
                Append(new EndEvent());
            _isClosed = true;
        }

        _timer.Dispose();
        _folder.Dispose();
    }

    /// <summary>A function was traced. Null when there are too many already.</summary>
    internal RecordedTrace? OnTraced(string function, string signature, Retrace? why, Ir.Graph graph, TraceContext trace, TimeSpan time)
    {
        RecordedTrace record;
        string? folder;
        lock (_traces)
        {
            if (_traces.Count == MostTraces)
            {
                _dropped++;
                return null;
            }

            int number = _traces.Count + 1;
            folder = string.Create(CultureInfo.InvariantCulture, $"{RecordingFormat.Graphs}/{number}");
            record = new(this, number, folder);
            _traces.Add(record);
        }

        var nodes = graph.Entry.AllNodes().ToArray();
        Append(new TraceEvent(
            record.Number, function, signature, time.TotalMilliseconds, nodes.Length, trace.Captures.Count, trace.Created.Count > 0,
            [.. trace.Guards.SelectMany(guard => guard.Describe())],
            [.. nodes.SelectMany(node => node.Effects).Select(effect => effect.Resource).Distinct().Where(resource => resource.Type is not null)
                .Select(resource => $"{resource.Name}: {resource.Type}")],
            [.. nodes.Select(node => node.Source.File).Where(file => file.Length > 0).Distinct()], $"{why?.CallSite ?? SourceSpan.Capture()}",
            why is null ? null : new(why.Argument, why.Old, why.New, why.Remedy), WriteGraph(folder, 0, "traced", graph)));
        record.OnCompile();
        return record;
    }

    /// <summary>A trace failed.</summary>
    internal void OnFailed(string function, Exception fault) => Append(new FailureEvent(function, fault.Message));

    internal void Append(RecordingEvent line) => _folder.Append(line with { Time = Seconds });

    internal string WriteGraph(string folder, int number, string name, Ir.Graph graph) =>
        _folder.Write(folder, string.Create(CultureInfo.InvariantCulture, $"{number:00}-{name}.tg"), graph);

    internal void WriteInputs(int trace, Ir.Graph graph, TensorData[] inputs)
    {
        var resources = Printer.Resources(graph);
        var variables = resources.Where(named => named.Resource is VariableResource { Device: not null }).ToArray();
        if (Read(inputs) is not { } arguments)
            return;
        Literal[] literals = [.. arguments, .. variables.Select(variable => Read((VariableResource)variable.Resource))];
        string file = _folder.Write(RecordingFormat.Inputs, string.Create(CultureInfo.InvariantCulture, $"{trace}.txt"), writer =>
        {
            foreach (var literal in literals)
                writer.WriteLine(Printer.Print(literal) + ",");
        });
        var functions = resources.Where(named => named.Resource is { Kind: ResourceKind.HostFunction, OnlyThrows: false }).ToArray();
        string? results = functions.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{RecordingFormat.Inputs}/{trace}-host.txt");
        foreach (var (name, function) in functions)
            function.HostFunction = Kept(function.HostFunction!, results!, name);
        Append(new InputsEvent(trace, file, [.. variables.Select(variable => variable.Name)], results));
    }

    // Calls of C# code are in the order of the graph's calls: those of the call whose inputs are kept come first.
    private Func<Literal[], Literal[]> Kept(Func<Literal[], Literal[]> function, string file, string name)
    {
        int kept = 0;
        return inputs =>
        {
            var results = function(inputs);
            if (Interlocked.Increment(ref kept) <= MostHostResults)
                _folder.Append(file, $"{name}\t{string.Join(", ", results.Select(Printer.Print))}");
            return results;
        };
    }

    // A call that failed tells it where this call's results are read, as without a recording.
    private static Literal[]? Read(TensorData[] inputs)
    {
        try
        {
            return Array.ConvertAll(inputs, input => input.ToLiteral());
        }
        catch (Exception)
        {
            return null;
        }
    }

    // As the calls before leave it.
    private static Literal Read(VariableResource variable)
    {
        var value = variable.Run(Device.Current, OpDefs.ReadVariable, Attrs.Of("var", variable), [])[0];
        var copy = value.ToLiteral();
        value.Release();
        return copy;
    }

    private double Seconds => Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 6);

    private RecordedTrace[] Traces
    {
        get
        {
            lock (_traces)
                return [.. _traces];
        }
    }

    private void AppendProgress()
    {
        var rows = new List<ProgressRow>();
        foreach (var trace in Traces)
        {
            var programs = trace.Profiles.SelectMany(profile => profile.Programs).ToArray();
            long calls = programs.Sum(program => program.Calls);
            double milliseconds = programs.Sum(program => program.Nanoseconds) / 1e6;
            if (calls == trace.Reported.Calls)
                continue;
            rows.Add(new(trace.Number, calls - trace.Reported.Calls, Math.Round(milliseconds - trace.Reported.Milliseconds, 6)));
            trace.Reported = (calls, milliseconds);
        }

        int queue = Device.Current.Stream.QueueLength;
        if (rows.Count == 0 && queue == _reportedQueue)
            return;
        _reportedQueue = queue;
        var memory = Device.Current.MemoryStatistics;
        Append(new ProgressEvent([.. rows], queue, memory.LiveBytes, memory.PooledBytes));
    }

    private void FlushInTime()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            Flush();
        }
        finally
        {
            var pause = PartOfTime * Stopwatch.GetElapsedTime(start);
            lock (_flushing)
            {
                if (!_isClosed)
                    _timer.Change(pause > Period ? pause : Period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();

    // A process that ends so does not come to OnExit.
    private void OnCrash(object? sender, UnhandledExceptionEventArgs arguments) => Flush();

    // The flag is looked at when the first function is traced. A folder that can't be written must not make the call fail.
    private static GraphRecorder? StartOfFlag()
    {
        const string WithInputs = "inputs:";
        string wanted = Flags.Dump;
        lock (Gate)
        {
            if (s_hasLookedAtFlag || wanted.Length == 0)
            {
                s_hasLookedAtFlag = true;
                return s_current;
            }
        }

        try
        {
            bool keepInputs = wanted.StartsWith(WithInputs, StringComparison.Ordinal);
            return Start(keepInputs ? wanted[WithInputs.Length..] : wanted, keepInputs);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            GraphFunctions.Say($"TENSORGRAPH_DUMP={wanted}: nothing is recorded: {fault.Message}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // Another thread was first.
            return s_current;
        }
    }
}
