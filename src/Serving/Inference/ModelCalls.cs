using System.Diagnostics;
using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>Calls of models, whatever the protocol that they come by.</summary>
internal sealed class ModelCalls(ModelRegistry? registry, BatchScheduler? batching, ServerMetrics metrics, ServerSettings settings)
{
    /// <summary>The versions.</summary>
    public ModelRegistry Registry => registry ?? throw new InvalidOperationException("Recorded requests find no versions.");

    /// <summary>How requests are read and answered.</summary>
    public ServerSettings Settings => settings;

    /// <summary>Finds the version for a request.</summary>
    public ModelLease Lease(ModelTarget target) => Registry.Lease(target.Name, target.Number, target.Label);

    /// <summary>Finds the signature of a call.</summary>
    /// <param name="lease">The version.</param>
    /// <param name="name">Name of the signature.</param>
    /// <param name="method">The task of the call.</param>
    /// <param name="unknown">Makes the error for a name that is not there.</param>
    public ServableSignature Signature(ModelLease lease, string name, SignatureMethod method, Func<string, ServingException> unknown)
    {
        if (!lease.Servable.Signatures.TryGetValue(name, out var signature))
            throw unknown(name);
        if (settings.ChecksMethod && signature.Method != method)
        {
            throw new ServingException(
                method == SignatureMethod.Predict ? StatusCode.Internal : StatusCode.InvalidArgument,
                $"Expected {method switch { SignatureMethod.Predict => "prediction", SignatureMethod.Classify => "classification", _ => "regression" }} signature "
                + $"method_name to be tensorflow/serving/{$"{method}".ToLowerInvariant()}. Was: {signature.MethodName}");
        }

        return signature;
    }

    /// <summary>Runs a signature on inputs whose names, dtypes and shapes fit.</summary>
    /// <param name="lease">The version.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="inputs">A tensor for each input.</param>
    /// <param name="outputs">Names of the outputs that are asked for.</param>
    /// <param name="api">Name of the call in metrics.</param>
    /// <param name="cancellation">Stops the run.</param>
    public async ValueTask<IReadOnlyDictionary<string, Literal>> RunAsync(
        ModelLease lease, ServableSignature signature, IReadOnlyDictionary<string, Literal> inputs, IReadOnlyList<string> outputs, string api,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var activity = ServerTraces.Source.StartActivity("model.run");
        activity?.SetTag("model", lease.Version.Model).SetTag("version", lease.Version.Number).SetTag("signature", signature.Name);
        long began = Stopwatch.GetTimestamp();
        if (inputs.Values.FirstOrDefault() is { Type.Shape.Rank: > 0 } first)
            metrics.Counted(lease.Version.Model, first.Type.Shape[0].Value);
        var results = batching is not null && lease.Servable.Batching is { } parameters && signature.HasBatchAxis
            ? await batching.RunAsync(lease.Version, signature, parameters, inputs, cancellation).ConfigureAwait(false)
            : signature.Run(inputs, cancellation);
        metrics.Ran(lease.Version.Model, api, Stopwatch.GetElapsedTime(began));
        return results.Count == outputs.Count ? results : Picked(results, outputs);
    }

    private static OrderedDictionary<string, Literal> Picked(IReadOnlyDictionary<string, Literal> results, IReadOnlyList<string> outputs)
    {
        var picked = new OrderedDictionary<string, Literal>(StringComparer.Ordinal);
        foreach (string name in outputs)
            picked[name] = results[name];
        return picked;
    }
}
