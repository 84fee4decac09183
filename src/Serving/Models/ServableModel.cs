namespace TensorGraph.Serving;

/// <summary>A model in memory. A platform is a function that makes one from a folder.</summary>
/// <param name="Signatures">Its functions by name.</param>
internal sealed record ServableModel(IReadOnlyDictionary<string, ServableSignature> Signatures)
{
    /// <summary>Gives memory back that the garbage collector does not find.</summary>
    public Action? Unload { get; init; }

    /// <summary>How its requests are put together; null where each runs by itself.</summary>
    public BatchingSettings? Batching { get; init; }
}

/// <summary>A function of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">Its task.</param>
/// <param name="Inputs">Dtypes and shapes of the inputs by alias, in order.</param>
/// <param name="Outputs">Dtypes and shapes of the outputs by alias, in order.</param>
/// <param name="Run">Computes on the thread that calls it. The token stops it between two kernels.</param>
internal sealed record ServableSignature(
    string Name, SignatureMethod Method, IReadOnlyDictionary<string, TensorSpec> Inputs, IReadOnlyDictionary<string, TensorSpec> Outputs,
    Func<IReadOnlyDictionary<string, Literal>, CancellationToken, IReadOnlyDictionary<string, Literal>> Run)
{
    /// <summary>Name of the signature of requests that name none.</summary>
    public const string Default = "serving_default";

    /// <summary>True when a call changes nothing, so that it may be run once more than asked for.</summary>
    public bool IsPure { get; init; } = true;

    /// <summary>True when the first axis of all inputs and outputs is one open size, that of the batch.</summary>
    public bool HasBatchAxis { get; } = Inputs.Count > 0 && Inputs.Values.Concat(Outputs.Values).All(spec =>
        spec.Shape.Rank > 0 && spec.Shape[0].IsSymbol)
        && Inputs.Values.Concat(Outputs.Values).Select(spec => $"{spec.Shape[0]}").Distinct(StringComparer.Ordinal).Count() == 1;

    /// <summary>The task as signatures of TensorFlow name it.</summary>
    public string MethodName => $"tensorflow/serving/{Method switch { SignatureMethod.Classify => "classify", SignatureMethod.Regress => "regress", _ => "predict" }}";
}
