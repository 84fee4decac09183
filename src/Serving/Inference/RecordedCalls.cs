using Grpc.Core;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Runs recorded requests on a version that nobody else can find yet.</summary>
internal sealed class RecordedCalls(ServerSettings settings, ServerMetrics metrics)
{
    /// <summary>Runs one. The name and version in it do not matter.</summary>
    public async Task RunAsync(PredictionLog entry, ModelLease lease)
    {
        var calls = new ModelCalls(null, null, metrics, settings);
        var tasks = new TaskCalls(calls);
        switch (entry.LogTypeCase)
        {
            case PredictionLog.LogTypeOneofCase.PredictLog:
                var predict = entry.PredictLog.Request ?? new();
                await new PredictCalls(calls).PredictAsync(predict, Target(predict.ModelSpec), lease, CancellationToken.None).ConfigureAwait(false);
                break;
            case PredictionLog.LogTypeOneofCase.ClassifyLog:
                var classify = entry.ClassifyLog.Request ?? new();
                await tasks.ClassifyAsync(lease, Target(classify.ModelSpec).Signature, ExampleInputs.Of(classify.Input), "Classify", CancellationToken.None)
                    .ConfigureAwait(false);
                break;
            case PredictionLog.LogTypeOneofCase.RegressLog:
                var regress = entry.RegressLog.Request ?? new();
                await tasks.RegressAsync(lease, Target(regress.ModelSpec).Signature, ExampleInputs.Of(regress.Input), "Regress", CancellationToken.None)
                    .ConfigureAwait(false);
                break;
            case PredictionLog.LogTypeOneofCase.MultiInferenceLog:
                await tasks.MultiInferenceAsync(entry.MultiInferenceLog.Request ?? new(), lease, CancellationToken.None).ConfigureAwait(false);
                break;
            default:
                throw new ServingException(StatusCode.Unimplemented, $"Unsupported log_type for warmup: {entry.LogTypeCase}");
        }
    }

    private static ModelTarget Target(ModelSpec? spec) =>
        new(spec?.Name ?? "", null, null, spec is { SignatureName.Length: > 0 } ? spec.SignatureName : ServableSignature.Default);
}
