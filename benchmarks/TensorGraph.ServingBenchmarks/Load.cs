using System.Diagnostics;
using Grpc.Net.Client;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Benchmarks;

/// <summary>Clients that each wait for a reply before they send the next request.</summary>
/// <param name="Clients">How many.</param>
/// <param name="Rate">Replies a second.</param>
/// <param name="P50">Microseconds of half of the requests.</param>
/// <param name="P95">Microseconds of 95 %.</param>
/// <param name="P99">Microseconds of 99 %.</param>
/// <param name="Processor">Microseconds of processor time for each reply, of client and server together.</param>
internal sealed record Load(int Clients, double Rate, double P50, double P95, double P99, double Processor)
{
    public static Task<Load> GrpcAsync(ModelServer server, Workload work, int clients, TimeSpan time) => RunAsync(clients, time, () =>
    {
        var channel = GrpcChannel.ForAddress(server.GrpcAddress!);
        var client = new PredictionService.PredictionServiceClient(channel);
        var request = work.Request();
        return (channel, async () => await client.PredictAsync(request));
    });

    public static Task<Load> RestAsync(ModelServer server, Workload work, int clients, TimeSpan time) => RunAsync(clients, time, () =>
    {
        var client = new HttpClient();
        var address = new Uri(server.RestAddress!, $"v1/models/{work.Model}:predict");
        string body = work.Json();
        return (client, async () =>
        {
            using var reply = await client.PostAsync(address, new StringContent(body));
            reply.EnsureSuccessStatusCode();
        });
    });

    /// <summary>Microseconds that half of the calls in this process take at most, from a tensor to numbers.</summary>
    public static double InProcess(SavedSignature signature, Workload work, int rows, TimeSpan time)
    {
        using var options = (TensorGraphOptions.Current with { IsAsynchronous = false }).Use();
        var inputs = new Dictionary<string, Tensor> { [work.Input] = work.Rows(rows) };
        var found = new List<double>();
        // Most of the time is for code that is compiled again when it has run often.
        long warm = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        long end = warm + (long)(time.TotalSeconds / 3 * Stopwatch.Frequency);
        do
        {
            signature.Call(inputs).Values.First().ToLiteral();
        }
        while (Stopwatch.GetTimestamp() < warm);
        do
        {
            long began = Stopwatch.GetTimestamp();
            signature.Call(inputs).Values.First().ToLiteral();
            found.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }
        while (Stopwatch.GetTimestamp() < end);
        found.Sort();
        return found[found.Count / 2];
    }

    private static async Task<Load> RunAsync(int clients, TimeSpan time, Func<(IDisposable Connection, Func<Task> Call)> connect)
    {
        // Connections, and code that is compiled again when it has run often, take the first third.
        long warm = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds / 3 * Stopwatch.Frequency);
        long end = warm + (long)(time.TotalSeconds * Stopwatch.Frequency);
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        long replies = 0;
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            var found = new List<double>();
            var (connection, call) = connect();
            using (connection)
            {
                // At least one, of a model that takes longer than the time.
                for (long now = Stopwatch.GetTimestamp(); now < end || found.Count == 0;)
                {
                    await call();
                    Interlocked.Increment(ref replies);
                    long then = Stopwatch.GetTimestamp();
                    if (now >= warm)
                        found.Add((then - now) * 1e6 / Stopwatch.Frequency);
                    now = then;
                }
            }

            return found;
        })));
        process.Refresh();
        processor = process.TotalProcessorTime - processor;
        double[] all = [.. times.SelectMany(found => found).Order()];
        double At(double share) => all[Math.Min(all.Length - 1, (int)(share * all.Length))];
        double seconds = (Stopwatch.GetTimestamp() - warm) / (double)Stopwatch.Frequency;
        return new(clients, all.Length / seconds, At(0.5), At(0.95), At(0.99), processor.TotalMicroseconds / Math.Max(1, replies));
    }
}
