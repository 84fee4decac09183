using System.Diagnostics;
using System.Globalization;
using Grpc.Net.Client;
using TensorGraph.Protocol.Tensorflow;
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
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(4);

    public static Task<Load> GrpcAsync(ModelServer server, string model, int width, int clients) => RunAsync(clients, () =>
    {
        var channel = GrpcChannel.ForAddress(server.GrpcAddress!);
        var client = new PredictionService.PredictionServiceClient(channel);
        var x = new TensorProto { Dtype = DataType.DtFloat, TensorShape = new() };
        x.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = 1 });
        x.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = width });
        x.FloatVal.AddRange(Enumerable.Range(0, width).Select(i => i / (float)width));
        var request = new PredictRequest { ModelSpec = new() { Name = model }, Inputs = { ["x"] = x } };
        return (channel, async () => await client.PredictAsync(request));
    });

    public static Task<Load> RestAsync(ModelServer server, string model, int width, int clients) => RunAsync(clients, () =>
    {
        var client = new HttpClient();
        var address = new Uri(server.RestAddress!, $"v1/models/{model}:predict");
        string row = string.Join(", ", Enumerable.Range(0, width).Select(i => (i / (float)width).ToString(CultureInfo.InvariantCulture)));
        string body = $"{{\"instances\": [[{row}]]}}";
        return (client, async () =>
        {
            using var reply = await client.PostAsync(address, new StringContent(body));
            reply.EnsureSuccessStatusCode();
        });
    });

    private static async Task<Load> RunAsync(int clients, Func<(IDisposable Connection, Func<Task> Call)> connect)
    {
        long warm = Stopwatch.GetTimestamp() + (long)(WarmUp.TotalSeconds * Stopwatch.Frequency);
        long end = warm + (long)(Measured.TotalSeconds * Stopwatch.Frequency);
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
        double At(double share) => all[Math.Min(all.Length - 1, (int)(share * all.Length))];
        return new(clients, all.Length / Measured.TotalSeconds, At(0.5), At(0.95), At(0.99));
    }
}
