using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>Saved models.</summary>
internal static class SavedModelPlatform
{
    public static ServableModel Load(string folder)
    {
        // A folder that appears before its files, or that has files of another platform, is a frequent mistake.
        if (Directory.Exists(folder) && !File.Exists(Path.Combine(folder, ModelFolder.ManifestName)))
        {
            string? other = Directory.EnumerateFiles(folder).Select(Path.GetFileName).FirstOrDefault(name => Path.GetExtension(name) is ".onnx" or ".pb");
            string advice = Path.GetExtension(other) switch
            {
                ".onnx" => $"; it has {other}: set model_platform: \"onnx\"",
                ".pb" => $"; it has {other}, a model of TensorFlow, which does not load here",
                _ => "",
            };
            throw new ServingException(StatusCode.NotFound, $"{DiagnosticIds.BadData}: the folder of the version has no {ModelFolder.ManifestName}{advice}");
        }

        return Of(SavedModel.Load(folder), static name => name);
    }

    /// <summary>Serves a model that is in memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rename">Gives the signatures their names.</param>
    public static ServableModel Of(SavedModel model, Func<string, string> rename)
    {
        var signatures = new OrderedDictionary<string, ServableSignature>(StringComparer.Ordinal);
        foreach (var (name, signature) in model.Signatures)
        {
            string served = rename(name);
            signatures[served] = new(served, signature.Method, signature.Inputs, signature.Outputs, (inputs, cancellation) =>
                Run(signature, inputs, cancellation))
            {
                // Weights are read, and checks of values may fail; neither changes anything.
                IsPure = signature.Graph.Entry.AllNodes().SelectMany(node => node.Effects)
                    .All(effect => !effect.IsWrite || effect.Resource == Ir.Resource.Assert),
            };
        }

        return new(signatures);
    }

    private static OrderedDictionary<string, Literal> Run(
        SavedSignature signature, IReadOnlyDictionary<string, Literal> inputs, CancellationToken cancellation)
    {
        // Each call is finished on its own thread: the stream of the device would run them one after the other.
        using var options = (TensorGraphOptions.Current with { IsAsynchronous = false, Cancellation = cancellation }).Use();
        var tensors = new Dictionary<string, Tensor>(inputs.Count, StringComparer.Ordinal);
        var values = new OrderedDictionary<string, Literal>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, value) in inputs)
                tensors[name] = Tensor.From(value);
            foreach (var (name, result) in signature.Call(tensors))
            {
                values[name] = result.ToLiteral();
                result.Dispose();
            }
        }
        finally
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
        }

        return values;
    }
}
