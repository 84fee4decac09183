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
internal sealed record Load(int Clients, double Rate, double P50, double P95, double P99)
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

    /// <summary>Microseconds of a call in this process, from a tensor to numbers: of half of the calls, and the shortest.</summary>
    public static (double P50, double Best) InProcess(SavedSignature signature, Workload work, TimeSpan time)
    {
        using var options = (TensorGraphOptions.Current with { IsAsynchronous = false }).Use();
        var inputs = new Dictionary<string, Tensor> { [work.Input] = work.Row() };
        var found = new List<double>();
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        signature.Call(inputs).Values.First().ToLiteral();
        do
        {
            long began = Stopwatch.GetTimestamp();
            signature.Call(inputs).Values.First().ToLiteral();
            found.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }
        while (Stopwatch.GetTimestamp() < end);
        found.Sort();
        return (found[found.Count / 2], found[0]);
    }

    private static async Task<Load> RunAsync(int clients, TimeSpan time, Func<(IDisposable Connection, Func<Task> Call)> connect)
    {
        // Connections, and code that is compiled again when it has run often, take the first third.
        long warm = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds / 3 * Stopwatch.Frequency);
        long end = warm + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            var found = new List<double>();
            var (connection, call) = connect();
            using (connection)
            {
                for (long now = Stopwatch.GetTimestamp(); now < end;)
                {
                    await call();
                    long then = Stopwatch.GetTimestamp();
                    if (now >= warm)
                        found.Add((then - now) * 1e6 / Stopwatch.Frequency);
                    now = then;
                }
            }

            return found;
        })));
        double[] all = [.. times.SelectMany(found => found).Order()];
        double At(double share) => all.Length == 0 ? double.NaN : all[Math.Min(all.Length - 1, (int)(share * all.Length))];
        return new(clients, all.Length / time.TotalSeconds, At(0.5), At(0.95), At(0.99));
    }
}
