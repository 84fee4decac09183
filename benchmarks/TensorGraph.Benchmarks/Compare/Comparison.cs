using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TensorGraph.Benchmarks.Compare;

/// <summary>One workload: the best of rounds in which all take turns, since others may use the machine.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="Threads">Threads that each may use.</param>
/// <param name="ImperativeUs">Op by op, microseconds.</param>
/// <param name="TracedUs">As a graph function, microseconds.</param>
/// <param name="PeerUs">The peer, microseconds; null where it has no such workload.</param>
/// <param name="OnnxUs">ONNX Runtime on the exported model, microseconds; null for what trains.</param>
/// <param name="Peer">The peer's name, or the reason why there is none.</param>
/// <param name="LimitFraction">The time that the machine's copy bandwidth and multiply-add rate allow, over the traced one; null where neither
/// decides.</param>
/// <param name="FirstMs">The first traced call, milliseconds: trace, compilation and run.</param>
/// <param name="ImperativePeakBytes">Bytes of tensors that a few steps op by op take at once beside the data.</param>
/// <param name="TracedPeakBytes">The same as a graph function.</param>
internal sealed record Measured(
    string Workload, int Threads, double ImperativeUs, double TracedUs, double? PeerUs, double? OnnxUs, string Peer, double? LimitFraction,
        double FirstMs,
    long ImperativePeakBytes, long TracedPeakBytes);

/// <summary><c>bench compare</c>: imperative, traced and TorchSharp on the same workloads in one run.</summary>
internal static class Comparison
{
    private const int Rounds = 9;
    private const double RoundSeconds = 0.05;

    /// <summary>
    /// Measures; the report as Markdown. <c>--json FILE</c> writes the figures too, <c>--only TEXT</c> takes workloads with it in the name.
    /// </summary>
    public static string Measure(string[] args)
    {
        string? json = Option(args, "--json"), only = Option(args, "--only");
        var rows = new List<Measured>();
        int before = Devices.Managed.Threads;
        foreach (int threads in Environment.ProcessorCount > 1 ? new[] { 1, 2 } : [1])
        {
            Devices.Managed.Threads = threads;
            var measured = new List<(Workload Workload, Measured Row)>();
            double bandwidth = Machine.CopyBandwidth(threads), flops = Peak(threads);
            (Peer? peer, string? reason) = Peer.TorchSharp(threads);
            string models = Directory.CreateTempSubdirectory("tensorgraph-bench").FullName;
            (Peer? onnx, string? noOnnx) = Peer.OnnxRuntime(threads, models);
            if (noOnnx is not null) Console.Error.WriteLine(noOnnx);
            using (peer)
            using (onnx)
            {
                foreach (Workload workload in Workloads.All)
                {
                    if (only is not null && !workload.Name.Contains(only, StringComparison.Ordinal)) continue;
                    Measured row = Measure(workload, threads, peer, reason, onnx, models);
                    Console.Error.WriteLine(Row(row));
                    measured.Add((workload, row));
                }
            }
            Directory.Delete(models, recursive: true);
            (bandwidth, flops) = (Math.Max(bandwidth, Machine.CopyBandwidth(threads)), Math.Max(flops, Peak(threads)));
            rows.AddRange(measured.Select(entry =>
                entry.Row with { LimitFraction = FractionOf(entry.Workload, entry.Row.TracedUs, bandwidth, flops) }));
        }
        Devices.Managed.Threads = before;
        if (json is not null) File.WriteAllText(json, JsonSerializer.Serialize(rows, s_json) + "\n");
        return Report(rows);
    }

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    private static Measured Measure(Workload workload, int threads, Peer? peer, string? reason, Peer? onnx, string models)
    {
        if (workload.Model is { } model) OnnxModel.Save(OnnxRuntimePeer.FileOf(models, workload.Name), model());
        // Each has data and, traced, a graph of its own.
        Action traced = workload.Make();
        long start = Stopwatch.GetTimestamp();
        traced();
        GraphFunctions.Synchronize();
        double first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Action step = workload.Make(), imperative = () =>
        {
            using (new TensorGraphOptions { RunImperatively = true }.Use()) step();
        };
        int tracedSteps = StepsOf(n => Seconds(traced, n)), imperativeSteps = StepsOf(n => Seconds(imperative, n));
        int? peerSteps = StepsOf(peer, workload), onnxSteps = StepsOf(onnx, workload);
        var times = (Imperative: new double[Rounds], Traced: new double[Rounds], Peer: new double[Rounds], Onnx: new double[Rounds]);
        for (int round = 0; round < Rounds; round++)
        {
            times.Imperative[round] = Seconds(imperative, imperativeSteps) / imperativeSteps * 1e6;
            times.Traced[round] = Seconds(traced, tracedSteps) / tracedSteps * 1e6;
            if (peerSteps is { } steps) times.Peer[round] = peer!.Run(workload.Name, steps)!.Value / 1e3;
            if (onnxSteps is { } runs) times.Onnx[round] = onnx!.Run(workload.Name, runs)!.Value / 1e3;
        }
        return new(workload.Name, threads, times.Imperative.Min(), times.Traced.Min(), peerSteps is null ? null : times.Peer.Min(),
            onnxSteps is null ? null : times.Onnx.Min(), peer?.Name ?? reason!, null, first, PeakBytes(imperative), PeakBytes(traced));
    }

    // So often that the last tier of the JIT is measured too.
    private static double Peak(int threads) => Enumerable.Range(0, 10).Max(_ =>
    {
        Thread.Sleep(30);
        return Machine.PeakFma(threads);
    });

    private static double? FractionOf(Workload workload, double microseconds, double bandwidth, double flops) =>
        Math.Max(workload.Flops / flops, workload.Bytes / bandwidth) / 1e3 is > 0 and var limit ? limit / microseconds : null;

    private static int? StepsOf(Peer? peer, Workload workload) =>
        peer?.Run(workload.Name, 1) is null ? null : StepsOf(n => peer.Run(workload.Name, n)!.Value * n / 1e9);

    // So many that a round takes long enough to be measured, after a warm-up.
    private static int StepsOf(Func<int, double> seconds)
    {
        seconds(1);
        int steps = 1;
        while (true)
        {
            double time = seconds(steps);
            if (time >= RoundSeconds) return steps;
            steps = (int)Math.Clamp(steps * Math.Min(RoundSeconds / Math.Max(time, 1e-9) * 1.2, 10), steps + 1, 1e7);
        }
    }

    private static double Seconds(Action step, int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) step();
        GraphFunctions.Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static long PeakBytes(Action step)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Devices.Managed.ResetPeakMemory();
        long before = Devices.Managed.LiveBytes;
        Seconds(step, 3);
        return Devices.Managed.MemoryStatistics.PeakBytes - before;
    }

    private static string Report(List<Measured> rows)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Microseconds, the best of {Rounds} rounds in which all take turns; the peers have processes of their own. Above 1 in the\n");
        text.Append("last three columns: a graph function is faster. ONNX Runtime runs what `OnnxModel.Save` wrote. The limit is the time that copy bandwidth and multiply-add rate of the same run allow.\n");
        foreach (IGrouping<int, Measured> group in rows.GroupBy(row => row.Threads))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {group.Key} thread{(group.Key > 1 ? "s" : "")}, peer: {group.First().Peer}\n\n");
            text.Append("| workload | imperative | traced | peer | ONNX Runtime | first call, ms | peak, MB: imperative | traced | of the limit | imperative / traced | peer / traced | ONNX Runtime / traced |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
            foreach (Measured row in group) text.Append(Row(row)).Append('\n');
            Measured[] both = [.. group.Where(row => row.PeerUs is not null)];
            text.Append(CultureInfo.InvariantCulture, $"\nGeometric means: imperative / traced {Mean(group.Select(row => row.ImperativeUs / row.TracedUs)):f2}");
            if (both.Length > 0) text.Append(CultureInfo.InvariantCulture,
                $", peer / traced {Mean(both.Select(row => row.PeerUs!.Value / row.TracedUs)):f2}, peer / imperative {Mean(both.Select(row => row.PeerUs!.Value / row.ImperativeUs)):f2}");
            Measured[] exported = [.. group.Where(row => row.OnnxUs is not null)];
            if (exported.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $", ONNX Runtime / traced {Mean(exported.Select(row => row.OnnxUs!.Value / row.TracedUs)):f2}");
            text.Append(".\n");
        }
        return text.ToString();
    }

    private static double Mean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    private static string Row(Measured row)
    {
        string peer = Text(row.PeerUs, "#,0.#"), onnx = Text(row.OnnxUs, "#,0.#"), limit = Text(row.LimitFraction, "f2");
        string ratio = Text(row.PeerUs / row.TracedUs, "f2"), onnxRatio = Text(row.OnnxUs / row.TracedUs, "f2");
        return string.Create(CultureInfo.InvariantCulture,
            $"| {row.Workload} | {row.ImperativeUs:#,0.#} | {row.TracedUs:#,0.#} | {peer} | {onnx} | {row.FirstMs:f0} | {row.ImperativePeakBytes / 1e6:f1} | {row.TracedPeakBytes / 1e6:f1} | {limit} | {row.ImperativeUs / row.TracedUs:f2} | {ratio} | {onnxRatio} |");
    }

    private static string Text(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
