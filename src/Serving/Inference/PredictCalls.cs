using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Predict with messages of TensorFlow.</summary>
internal sealed class PredictCalls(ModelCalls calls)
{
    public async Task<PredictResponse> PredictAsync(PredictRequest request, ModelTarget target, ModelLease lease, CancellationToken cancellation)
    {
        var signature = calls.Signature(
            lease, target.Signature, SignatureMethod.Predict, static unknown => ServingException.Precondition($"Serving signature key \"{unknown}\" not found."));
        SpecCheck.Names(signature, request.Inputs.Keys);
        var outputs = SpecCheck.Outputs(signature, request.OutputFilter);
        var inputs = new Dictionary<string, Literal>(signature.Inputs.Count, StringComparer.Ordinal);
        foreach (var (alias, spec) in signature.Inputs)
            inputs[alias] = TensorProtos.Read(alias, request.Inputs[alias], spec, calls.Settings.Limits);
        var results = await calls.RunAsync(lease, signature, inputs, outputs, "Predict", cancellation).ConfigureAwait(false);
        var response = new PredictResponse { ModelSpec = target.Answered(lease.Version) };
        foreach (string name in outputs)
            response.Outputs[name] = TensorProtos.Write(results[name], calls.Settings.SerializesAsContent);
        return response;
    }
}
