using TensorGraph.Backends.Lowering;

namespace TensorGraph.Cli;

/// <summary>The expectations of the graphs of a program: the file <c>graph.lock</c>. Times are not in it.</summary>
internal sealed record GraphLock(int Version, LockedSignature[] Signatures)
{
    /// <summary>The version that this tool writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The lock of a recording: each signature once, as it was traced last.</summary>
    public static GraphLock Of(RecordingReader recording) => new(CurrentVersion,
    [
        .. recording.Traces.GroupBy(trace => (trace.Event.Function, trace.Event.Signature)).Select(alike => LockedSignature.Of([.. alike]))
            .OrderBy(entry => entry.Function, StringComparer.Ordinal).ThenBy(entry => entry.Signature, StringComparer.Ordinal),
    ]);

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">There is none, or it is no lock.</exception>
    public static GraphLock Read(string path)
    {
        if (!File.Exists(path))
            throw new UsageException($"there is no '{path}'. Write one from a recording that is right: tgraph lock folder -o {path}");
        try
        {
            var read = Output.ReadJson<GraphLock>(path);
            if (read?.Version > CurrentVersion)
                throw new UsageException($"{path} has version {read.Version}; this tool reads up to {CurrentVersion}. Update it: dotnet tool update -g TensorGraph.Cli");
            if (read is not { Version: > 0, Signatures: not null } || !Array.TrueForAll(read.Signatures, LockedSignature.IsWhole))
                throw new UsageException($"{path} is no lock of graphs.");
            var twice = read.Signatures.CountBy(entry => (entry.Function, entry.Signature)).FirstOrDefault(entry => entry.Value > 1);
            return twice.Value == 0 ? read : throw new UsageException($"{path} has two entries for {twice.Key.Function}({twice.Key.Signature}).");
        }
        catch (System.Text.Json.JsonException fault)
        {
            throw new UsageException($"{path} is damaged: {JsonProblem.Of(fault)}.");
        }
    }

    /// <summary>The differences from what is expected.</summary>
    public Drift[] Compare(GraphLock now)
    {
        var expected = Signatures.ToDictionary(entry => (entry.Function, entry.Signature));
        var actual = now.Signatures.ToDictionary(entry => (entry.Function, entry.Signature));
        return
        [
            .. Signatures.SelectMany(entry => actual.TryGetValue((entry.Function, entry.Signature), out var found)
                ? entry.Compare(found) : [new(entry.Function, entry.Signature, "signature", "expected", "not traced")]),
            .. now.Signatures.Where(entry => !expected.ContainsKey((entry.Function, entry.Signature)))
                .Select(entry => new Drift(entry.Function, entry.Signature, "signature", "not in the lock", "traced")),
        ];
    }
}

/// <summary>The expectations of one signature. The peak is that of the largest sizes that ran.</summary>
internal sealed record LockedSignature(
    string Function, string Signature, int NodesTraced, int Nodes, int Kernels, long PeakBytes, string[] HostIslands)
{
    /// <summary>False for an entry that lacks something.</summary>
    public static bool IsWhole(LockedSignature? entry) => entry is { Function: not null, Signature: not null, HostIslands: not null };

    /// <summary>The facts of the traces of one signature.</summary>
    public static LockedSignature Of(TraceReader[] traces)
    {
        var last = SignatureReport.Of(traces.LastOrDefault(trace => !trace.Event.MadeVariables) ?? traces[^1]);
        var reports = traces.Select(SignatureReport.Of).ToArray();
        return new(
            traces[0].Event.Function, last.Signature, last.NodesTraced, last.NodesOptimized, reports.Max(report => report.Kernels),
            traces.Max(Peak), [.. reports.SelectMany(report => report.HostIslands).Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>The differences from what is expected.</summary>
    public IEnumerable<Drift> Compare(LockedSignature now)
    {
        (string What, string Expected, string Found)[] facts =
        [
            ("nodes as traced", Units.Count(NodesTraced), Units.Count(now.NodesTraced)),
            ("nodes", Units.Count(Nodes), Units.Count(now.Nodes)),
            ("kernels", Units.Count(Kernels), Units.Count(now.Kernels)),
            ("peak bytes", Units.Count(PeakBytes), Units.Count(now.PeakBytes)),
            ("host islands", Text(HostIslands), Text(now.HostIslands)),
        ];
        return facts.Where(fact => fact.Expected != fact.Found).Select(fact => new Drift(Function, Signature, fact.What, fact.Expected, fact.Found));
    }

    // On one thread: which commands run side by side, and so take memory at one moment, depends on the processors of a machine.
    private static long Peak(TraceReader trace) => trace.Programs.MaxBy(program => program.PeakBytes) is not { } largest ? 0
        : trace.Compiled.Length > 0 && trace.Lower(trace.Graph("optimized").Graph, largest) is { } region ? MemoryEstimate.Of(region) : largest.PeakBytes;

    private static string Text(string[] islands) => islands.Length == 0 ? "none" : string.Join(", ", islands);
}

/// <summary>A fact that is other than expected.</summary>
internal sealed record Drift(string Function, string Signature, string What, string Expected, string Found);
