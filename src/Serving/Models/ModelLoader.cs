using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace TensorGraph.Serving;

/// <summary>Brings a version into memory: loads it, warms it, and says what went wrong.</summary>
internal sealed class ModelLoader(WarmUp warmUp, ModelBatching batching, ServerMetrics metrics, ILogger log)
{
    /// <summary>Loads a version.</summary>
    /// <param name="version">The version.</param>
    /// <param name="givesWay">True while requests are answered.</param>
    /// <param name="end">The server ends.</param>
    /// <exception cref="ServingException">It can't be served; the text says why.</exception>
    public ServableModel Load(ModelVersion version, bool givesWay, CancellationToken end)
    {
        var clock = Stopwatch.StartNew();
        ServableModel? servable = null;
        try
        {
            servable = ModelPlatforms.Load(version.Platform, version.Folder);
            if (servable.Signatures.Count == 0)
                throw ServingException.Invalid("the model has no signature");
            servable = servable with { Batching = batching.Of(version.Folder) };
            if (servable.Batching is not null)
                NoteUnbatched(version, servable);
            warmUp.Run(version, servable, givesWay, end);
            metrics.LoadAttempted(version.Folder, "success");
            metrics.Loaded(version.Folder, clock.Elapsed);
            ServerLog.Loaded(log, version.Model, version.Number, clock.Elapsed.TotalMilliseconds);
            return servable;
        }
        catch (Exception fault)
        {
            servable?.Unload?.Invoke();
            metrics.LoadAttempted(version.Folder, "fail");
            ServerLog.LoadFailed(log, version.Model, version.Number, fault);
            throw Reason(version, fault);
        }
    }

    private void NoteUnbatched(ModelVersion version, ServableModel servable)
    {
        foreach (var signature in servable.Signatures.Values.Where(signature => !signature.HasBatchAxis))
            ServerLog.NotBatched(log, signature.Name, version.Model, version.Number, "its inputs and outputs do not all begin with one and the same open size");
    }

    // The status page and the status call show the reason to those who run the server: it says what is wrong with the files, and paths are
    // in the configuration.
    private static ServingException Reason(ModelVersion version, Exception fault) => fault switch
    {
        ServingException known => known,
        GraphException graph => new(StatusCode.InvalidArgument, $"{graph.Id}: {graph.Problem}", fault),
        IOException or UnauthorizedAccessException => new(StatusCode.Unavailable, fault.Message, fault),
        OutOfMemoryException => new(StatusCode.ResourceExhausted, $"There is not enough memory for version {version.Number}.", fault),
        _ => new(StatusCode.Unknown, $"{fault.GetType().Name}: {fault.Message}", fault),
    };
}
