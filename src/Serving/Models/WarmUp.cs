using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Runs a model before it answers requests, so that no request waits for code that is compiled at its first use.</summary>
/// <param name="isOn">False to do nothing.</param>
/// <param name="iterations">How often each recorded request is run.</param>
/// <param name="settings">How recorded requests are read.</param>
/// <param name="metrics">Takes the times.</param>
/// <param name="log">Takes what was left out.</param>
internal sealed class WarmUp(
    bool isOn, int iterations, ServerSettings settings, ServerMetrics metrics, ILogger log)
{
    private const int MostRecords = 1000;

    // While requests are answered, warming takes this share of a core.
    private const double Share = 0.5;

    // A loop need not end on zeros.
    private static readonly TimeSpan LongestOnZeros = TimeSpan.FromSeconds(10);

    /// <summary>The file with recorded requests, in the folder of a version.</summary>
    public static string FileOf(string folder) => Path.Combine(folder, "assets.extra", "tf_serving_warmup_requests");

    /// <summary>Runs the recorded requests of a version, and each of its functions that changes nothing on zeros.</summary>
    /// <param name="version">The version.</param>
    /// <param name="servable">It, loaded.</param>
    /// <param name="givesWay">True while requests are answered.</param>
    /// <param name="end">The server ends.</param>
    /// <exception cref="ServingException">A recorded request can't be read, or fails.</exception>
    public void Run(ModelVersion version, ServableModel servable, bool givesWay, CancellationToken end)
    {
        if (!isOn)
            return;
        long began = Stopwatch.GetTimestamp();
        try
        {
            foreach (var signature in servable.Signatures.Values.Where(signature => signature.IsPure))
            {
                foreach (int rows in signature.HasBatchAxis && servable.Batching is { } batching ? batching.WarmUpSizes : [1])
                    Paced(() => RunOnZeros(version, signature, rows, end), givesWay);
            }

            if (File.Exists(FileOf(version.Folder)))
                Replay(version, servable, givesWay);
            metrics.WarmedUp(version.Folder, Faults.Name(StatusCode.OK), Stopwatch.GetElapsedTime(began));
        }
        catch (ServingException fault)
        {
            metrics.WarmedUp(version.Folder, Faults.Name(fault.Status), Stopwatch.GetElapsedTime(began));
            throw;
        }
    }

    private void RunOnZeros(ModelVersion version, ServableSignature signature, int rows, CancellationToken end)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(end);
        limit.CancelAfter(LongestOnZeros);
        try
        {
            signature.Run(MadeUp.Zeros(signature, rows), limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            ServerLog.WarmUpSkipped(log, signature.Name, version.Model, version.Number, $"it takes longer than {LongestOnZeros.TotalSeconds:f0} s on zeros");
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Zeros may be values that the function refuses.
            ServerLog.WarmUpSkipped(log, signature.Name, version.Model, version.Number, fault.Message);
        }
    }

    private void Replay(ModelVersion version, ServableModel servable, bool givesWay)
    {
        if (!RegularFile.IsOne(FileOf(version.Folder)))
            throw ServingException.Invalid($"'{Path.GetFileName(FileOf(version.Folder))}' is no regular file");
        using var file = File.OpenRead(FileOf(version.Folder));
        int count = 0;
        foreach (byte[] record in TensorflowRecords.Read(file))
        {
            if (++count > MostRecords)
                throw ServingException.Invalid($"Number of warmup records exceeds the maximum ({MostRecords})");
            PredictionLog entry;
            try
            {
                entry = PredictionLog.Parser.ParseFrom(record);
            }
            catch (InvalidProtocolBufferException fault)
            {
                throw ServingException.Invalid($"Failed to parse warmup record {count}", fault);
            }

            for (int i = 0; i < Math.Max(1, iterations); i++)
                Paced(() => Replay(version, servable, entry, count), givesWay);
        }
    }

    private void Replay(ModelVersion version, ServableModel servable, PredictionLog entry, int number)
    {
        using var lease = new ModelLease(version, servable, isCounted: false);
        var calls = new RecordedCalls(settings, metrics);
        try
        {
            calls.RunAsync(entry, lease).GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is not ServingException)
        {
            var (status, text) = Faults.Of(fault);
            throw new ServingException(status, $"Warmup record {number}: {text}", fault);
        }
    }

    private static void Paced(Action run, bool givesWay)
    {
        long began = Stopwatch.GetTimestamp();
        run();
        if (givesWay)
            Thread.Sleep(Stopwatch.GetElapsedTime(began) * ((1 / Share) - 1));
    }
}
