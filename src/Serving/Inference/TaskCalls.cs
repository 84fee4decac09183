using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Classify and regress, as both protocols call them.</summary>
internal sealed class TaskCalls(ModelCalls calls)
{
    /// <summary>Runs a signature on examples.</summary>
    /// <returns>The outputs.</returns>
    public async Task<IReadOnlyDictionary<string, Literal>> RunAsync(
        ModelLease lease, string name, SignatureMethod method, ExampleInputs examples, string api, CancellationToken cancellation)
    {
        var signature = calls.Signature(lease, name, method, static unknown => ServingException.Invalid($"No signature was found with the name: {unknown}"));
        var inputs = examples.Read(signature, calls.Settings.Limits);
        return await calls.RunAsync(lease, signature, inputs, [.. signature.Outputs.Keys], api, cancellation).ConfigureAwait(false);
    }

    /// <summary>Classifies.</summary>
    public async Task<ClassificationResult> ClassifyAsync(
        ModelLease lease, string signature, ExampleInputs examples, string api, CancellationToken cancellation) =>
            TaskResults.Classification(
        await RunAsync(lease, signature, SignatureMethod.Classify, examples, api, cancellation).ConfigureAwait(false), examples.Count);

    /// <summary>Regresses.</summary>
    public async Task<RegressionResult> RegressAsync(
        ModelLease lease, string signature, ExampleInputs examples, string api, CancellationToken cancellation) => TaskResults.Regression(
        await RunAsync(lease, signature, SignatureMethod.Regress, examples, api, cancellation).ConfigureAwait(false), examples.Count);

    /// <summary>Runs several tasks of one model on the same examples.</summary>
    public async Task<MultiInferenceResponse> MultiInferenceAsync(MultiInferenceRequest request, ModelLease lease, CancellationToken cancellation)
    {
        const string Api = "MultiInference";
        var examples = ExampleInputs.Of(request.Input);
        var response = new MultiInferenceResponse();
        foreach (var task in request.Tasks)
        {
            var target = ModelTarget.Of(task.ModelSpec);
            var result = new InferenceResult { ModelSpec = target.Answered(lease.Version) };
            if (IsClassify(task))
                result.ClassificationResult = await ClassifyAsync(lease, target.Signature, examples, Api, cancellation).ConfigureAwait(false);
            else
                result.RegressionResult = await RegressAsync(lease, target.Signature, examples, Api, cancellation).ConfigureAwait(false);
            response.Results.Add(result);
        }

        return response;
    }

    /// <summary>The model of all tasks.</summary>
    /// <exception cref="ServingException">The tasks do not go together.</exception>
    public static ModelTarget TargetOf(MultiInferenceRequest request)
    {
        if (request.Tasks.Count == 0)
            throw ServingException.Invalid("Inference request must have at least one task.");
        var first = ModelTarget.Of(request.Tasks[0].ModelSpec);
        var signatures = new HashSet<string>(StringComparer.Ordinal);
        foreach (var task in request.Tasks)
        {
            var target = ModelTarget.Of(task.ModelSpec);
            if (target.Name != first.Name)
                throw ServingException.Invalid("All ModelSpecs in a MultiInferenceRequest must access the same model name.");
            if (!signatures.Add(target.Signature))
                throw ServingException.Invalid($"Duplicate evaluation of signature: {target.Signature}");
            if (!IsClassify(task) && task.MethodName != "tensorflow/serving/regress")
                throw new ServingException(Grpc.Core.StatusCode.Unimplemented, $"Unsupported signature method_name: {task.MethodName}");
        }

        return first;
    }

    private static bool IsClassify(InferenceTask task) => task.MethodName == "tensorflow/serving/classify";
}
