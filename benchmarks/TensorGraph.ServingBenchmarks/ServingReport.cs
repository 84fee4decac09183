using System.Globalization;
using System.Text;

namespace TensorGraph.Benchmarks;

/// <summary>The page of results.</summary>
internal sealed class ServingReport
{
    /// <summary>Clients of the rows with many.</summary>
    public const int Many = 32;

    private static readonly TimeSpan s_overheadGoal = TimeSpan.FromMicroseconds(150);
    private const double RatioGoal = 2;

    private readonly string _loadAverage = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
    private readonly OrderedDictionary<Workload, (double One, double Each)> _inProcess = [];
    private readonly List<(Workload Work, string Protocol, bool IsBatched, Load Load)> _rows = [];

    private static readonly string Head = "| model | tokens | in process, p50 µs | µs of each of 32 rows | server, one client, gRPC, p50 µs | overhead µs "
        + "| 32 clients, gRPC, requests/s | with batching | ratio |";

    public void Add(Workload work, (double One, double Each) inProcess)
    {
        _inProcess[work] = inProcess;
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{work.Model} {work.Length} in process: {inProcess.One:f0} µs for a row, {inProcess.Each:f0} µs for each of {Many}"));
    }

    public void Add(Workload work, string protocol, bool isBatched, Load load)
    {
        _rows.Add((work, protocol, isBatched, load));
        Console.Error.WriteLine(Row((work, protocol, isBatched, load)));
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # A model server under load

            {Machine.Cpu}, {Environment.ProcessorCount} cores; load average when it began: {_loadAverage}. Clients and server are one process,
            over the loopback interface, one connection for each client. One row a request. Weights are random: `half` multiplies and adds,
            `network` is dense with 784, 768, 384 and 10, FastText, TextCNN and RCNN have {Served.Tokens} embeddings of 128 and 128 units,
            BERT has 12 layers of 768 with 12 heads. Batching: up to 32 rows, without waiting for others. Processor time of a request is that of
            client and server together. Both have answered the first model for some seconds before each half of the rows. Written by `./bench serve`.

            {Head}
            |---|--:|--:|--:|--:|--:|--:|--:|--:|

            """);
        foreach (var (work, here) in _inProcess)
            Summary(text, work, here.One, here.Each);
        text.Append(CultureInfo.InvariantCulture, $"\nGoals: {s_overheadGoal.TotalMicroseconds:f0} µs of overhead for a small model; {RatioGoal:f0} times the requests with batching.\n\n");
        text.Append("| model | tokens | protocol | batching | clients | requests/s | p50 µs | p95 µs | p99 µs | processor µs |\n|---|--:|---|---|--:|--:|--:|--:|--:|--:|\n");
        foreach (var row in _rows)
            text.Append(Row(row)).Append('\n');
        return text.ToString();
    }

    private void Summary(StringBuilder text, Workload work, double here, double each)
    {
        double one = Of(work, isBatched: false, 1).P50;
        double apart = Of(work, isBatched: false, Many).Rate, together = Of(work, isBatched: true, Many).Rate;
        text.Append(
            CultureInfo.InvariantCulture, $"| {work.Model} | {work.Length} | {here:N0} | {each:N1} | {one:N0} | {one - here:N0} | {apart:N0} | {together:N0} | {together / apart:f2} |\n");
    }

    private Load Of(Workload work, bool isBatched, int clients) =>
        _rows.Single(row => row.Work == work && row.Protocol == "gRPC" && row.IsBatched == isBatched && row.Load.Clients == clients).Load;

    private static string Row((Workload Work, string Protocol, bool IsBatched, Load Load) row) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {row.Work.Model} | {row.Work.Length} | {row.Protocol} | {(row.IsBatched ? "on" : "off")} | {row.Load.Clients} | {row.Load.Rate:N0} | {row.Load.P50:N0} | {row.Load.P95:N0} | {row.Load.P99:N0} | {row.Load.Processor:N0} |");
}
