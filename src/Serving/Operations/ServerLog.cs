using Microsoft.Extensions.Logging;

namespace TensorGraph.Serving;

/// <summary>Everything that the server logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Loaded version {Version} of model {Model} in {Milliseconds:f0} ms")]
    public static partial void Loaded(ILogger log, string model, long version, double milliseconds);

    [LoggerMessage(2, LogLevel.Error, "Version {Version} of model {Model} can't be loaded")]
    public static partial void LoadFailed(ILogger log, string model, long version, Exception fault);

    [LoggerMessage(3, LogLevel.Information, "Version {Version} of model {Model} takes no more requests")]
    public static partial void Unloading(ILogger log, string model, long version);

    [LoggerMessage(4, LogLevel.Information, "Version {Version} of model {Model} has left memory")]
    public static partial void Unloaded(ILogger log, string model, long version);

    [LoggerMessage(5, LogLevel.Warning, "{Problem}")]
    public static partial void NoVersions(ILogger log, string problem);

    [LoggerMessage(6, LogLevel.Error, "Looking for versions failed; those that are loaded go on")]
    public static partial void WatchFailed(ILogger log, Exception fault);

    [LoggerMessage(7, LogLevel.Error, "The configuration {File} can't be applied; the old one stays")]
    public static partial void ConfigFailed(ILogger log, string file, Exception fault);

    [LoggerMessage(8, LogLevel.Error, "A request for model {Model} failed inside of the server")]
    public static partial void RequestFailed(ILogger log, string model, Exception fault);

    [LoggerMessage(9, LogLevel.Information, "Serving gRPC at {Grpc} and REST at {Rest}")]
    public static partial void Started(ILogger log, string grpc, string rest);

    [LoggerMessage(10, LogLevel.Warning, "Signature {Signature} of model {Model} version {Version} is not batched: {Reason}")]
    public static partial void NotBatched(ILogger log, string signature, string model, long version, string reason);

    [LoggerMessage(11, LogLevel.Warning, "Warm-up of signature {Signature} of model {Model} version {Version} with made-up values failed: {Reason}")]
    public static partial void WarmUpSkipped(ILogger log, string signature, string model, long version, string reason);

    [LoggerMessage(12, LogLevel.Information, "Applied a configuration with {Models} models")]
    public static partial void Configured(ILogger log, int models);
}
