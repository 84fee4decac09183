using Grpc.Core;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>PredictionService of TensorFlow Serving.</summary>
internal sealed class PredictionGrpc(ModelCalls calls, GrpcAnswers answers) : PredictionService.PredictionServiceBase
{
    private readonly PredictCalls _predict = new(calls);
    private readonly TaskCalls _tasks = new(calls);

    public override Task<PredictResponse> Predict(PredictRequest request, ServerCallContext context) =>
        AnswerAsync(request.ModelSpec, "Predict", context, (target, lease) => _predict.PredictAsync(request, target, lease, context.CancellationToken));

    public override Task<ClassificationResponse> Classify(ClassificationRequest request, ServerCallContext context) =>
        AnswerAsync(request.ModelSpec, "Classify", context, async (target, lease) => new ClassificationResponse
        {
            Result = await _tasks.ClassifyAsync(lease, target.Signature, ExampleInputs.Of(request.Input), "Classify", context.CancellationToken)
                .ConfigureAwait(false),
            ModelSpec = target.Answered(lease.Version),
        });

    public override Task<RegressionResponse> Regress(RegressionRequest request, ServerCallContext context) =>
        AnswerAsync(request.ModelSpec, "Regress", context, async (target, lease) => new RegressionResponse
        {
            Result = await _tasks.RegressAsync(lease, target.Signature, ExampleInputs.Of(request.Input), "Regress", context.CancellationToken)
                .ConfigureAwait(false),
            ModelSpec = target.Answered(lease.Version),
        });

    public override Task<MultiInferenceResponse> MultiInference(MultiInferenceRequest request, ServerCallContext context) =>
        answers.AnswerAsync(request.Tasks.FirstOrDefault()?.ModelSpec?.Name, "MultiInference", context, async () =>
        {
            using var lease = calls.Lease(TaskCalls.TargetOf(request));
            return await _tasks.MultiInferenceAsync(request, lease, context.CancellationToken).ConfigureAwait(false);
        });

    public override Task<GetModelMetadataResponse> GetModelMetadata(GetModelMetadataRequest request, ServerCallContext context) =>
        AnswerAsync(request.ModelSpec, "GetModelMetadata", context, (target, lease) => Task.FromResult(ModelMetadata.Answer(request, target, lease)));

    private Task<T> AnswerAsync<T>(ModelSpec? spec, string api, ServerCallContext context, Func<ModelTarget, ModelLease, Task<T>> answer) =>
        answers.AnswerAsync(spec?.Name, api, context, async () =>
        {
            var target = ModelTarget.Of(spec);
            using var lease = calls.Lease(target);
            return await answer(target, lease).ConfigureAwait(false);
        });
}
