using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Net.Client;
using TensorGraph.Protocol.TensorflowServing;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>Clients that never stop while versions come, go and fail.</summary>
public sealed class LoadTests(ITestOutputHelper output) : ServingTest
{
    private const int Connections = 32;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task No_request_fails_while_versions_change(bool isBatched) => RunAsync(isBatched, TimeSpan.FromSeconds(3));

    [LongFact]
    public Task No_request_fails_in_a_minute_of_changes() => RunAsync(isBatched: false, TimeSpan.FromMinutes(1));

    [LongFact]
    public Task No_batched_request_fails_in_a_minute_of_changes() => RunAsync(isBatched: true, TimeSpan.FromMinutes(1));

    private async Task RunAsync(bool isBatched, TimeSpan time)
    {
        SaveHalfPlusTwo(version: "1");
        var server = await StartAsync(OptionsFor(At("half_plus_two")) with { EnableBatching = isBatched, MaxNumLoadRetries = 0 });
        using var end = new CancellationTokenSource();
        var failures = new ConcurrentQueue<string>();
        long answers = 0;
        bool isChanging = false;
        ConcurrentBag<double> before = [], during = [];
        var versions = new ConcurrentDictionary<long, bool>();
        var clients = Enumerable.Range(0, Connections).Select(i => Task.Run(async () =>
        {
            using var channel = GrpcChannel.ForAddress(server.GrpcAddress!);
            using var http = new HttpClient { BaseAddress = server.RestAddress };
            var client = new PredictionService.PredictionServiceClient(channel);
            while (!end.IsCancellationRequested)
            {
                long began = Stopwatch.GetTimestamp();
                bool isBefore = !Volatile.Read(ref isChanging);
                try
                {
                    if (i % 2 == 0)
                    {
                        var reply = await client.PredictAsync(Request(i));
                        long version = reply.ModelSpec.Version!.Value;
                        versions.TryAdd(version, true);
                        float wanted = (i * 0.5f) + (version % 2 == 0 ? 3 : 2);
                        if (reply.Outputs["y"].FloatVal.Single() != wanted)
                            failures.Enqueue($"version {version}: {reply.Outputs["y"].FloatVal}, not {wanted}");
                    }
                    else
                    {
                        using var reply = await http.PostAsync("v1/models/half_plus_two:predict", new StringContent($"{{\"instances\": [{i}]}}"));
                        if (!reply.IsSuccessStatusCode)
                            failures.Enqueue($"{reply.StatusCode}: {await reply.Content.ReadAsStringAsync()}");
                    }

                    Interlocked.Increment(ref answers);
                    (isBefore ? before : during).Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
                catch (Exception fault)
                {
                    failures.Enqueue(fault.Message);
                }
            }
        })).ToArray();
        // A quarter of the time without a change, to compare with.
        await Task.Delay(time / 4);
        Volatile.Write(ref isChanging, true);
        var clock = Stopwatch.StartNew();
        for (int version = 2; clock.Elapsed < time || version < 12; version++)
        {
            // A version that can't be loaded, one that can, and the end of an old one.
            Directory.CreateDirectory(At("half_plus_two", $"{version + 1000}"));
            File.WriteAllText(At("half_plus_two", $"{version + 1000}", "saved_model.json"), "broken");
            string folder = SaveHalfPlusTwo("staging", $"{version}", isThree: version % 2 == 0);
            Directory.Move(folder, At("half_plus_two", $"{version}"));
            Directory.Delete(At("half_plus_two", $"{version + 1000}"), recursive: true);
            long wanted = version;
            await UntilAsync(() => Task.FromResult(versions.ContainsKey(wanted)));
            Directory.Delete(At("half_plus_two", $"{version - 1}"), recursive: true);
        }

        await end.CancelAsync();
        await Task.WhenAll(clients);
        string Figures(ConcurrentBag<double> times) => Text(
            $"{times.Count} requests, p50 {times.Order().ElementAt(times.Count / 2):f1} ms, p99 {times.Order().ElementAt(times.Count * 99 / 100):f1} ms");
        output.WriteLine(Text($"before: {Figures(before)}; while {versions.Count} versions came and went: {Figures(during)}"));
        Assert.Empty(failures);
        Assert.True(answers > Connections, $"{answers} answers");
        Assert.True(versions.Count >= 4, $"{versions.Count} versions");
    }
}
