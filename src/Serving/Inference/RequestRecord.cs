using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace TensorGraph.Serving;

/// <summary>Counts requests and turns exceptions into what the client sees.</summary>
internal sealed class RequestRecord(ServerMetrics metrics, ModelRegistry registry, ILogger log)
{
    /// <summary>Answers a request.</summary>
    /// <param name="model">Name of the model, as the client has it.</param>
    /// <param name="api">Name of the call in metrics.</param>
    /// <param name="entry">GRPC or REST.</param>
    /// <param name="isLate">True when the deadline has passed.</param>
    /// <param name="answer">Answers it.</param>
    /// <param name="failed">Answers it after a failure.</param>
    public async Task<T> AnswerAsync<T>(
        string? model, string api, string entry, Func<bool> isLate, Func<Task<T>> answer, Func<StatusCode, string, T> failed)
    {
        long began = Stopwatch.GetTimestamp();
        // Unknown names are counted as one.
        string? counted = model is not null && registry.VersionsOf(model) is not null ? model : null;
        try
        {
            T result = await answer().ConfigureAwait(false);
            metrics.Answered(counted, Faults.Name(StatusCode.OK));
            if (counted is not null)
                metrics.Succeeded(counted, api, entry, Stopwatch.GetElapsedTime(began));
            return result;
        }
        catch (Exception fault)
        {
            var (status, text) = Faults.Of(fault, isLate());
            metrics.Answered(counted, Faults.Name(status));
            if (status is StatusCode.Internal or StatusCode.Unknown)
                ServerLog.RequestFailed(log, counted ?? "unknown", fault);
            return failed(status, text);
        }
    }
}
