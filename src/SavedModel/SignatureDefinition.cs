namespace TensorGraph;

/// <summary>The task of a signature, as TensorFlow names it.</summary>
public enum SignatureMethod
{
    /// <summary>Any tensors in, any tensors out.</summary>
    Predict,
    /// <summary>Classes and their scores.</summary>
    Classify,
    /// <summary>One number per example.</summary>
    Regress,
}

/// <summary>A concrete function that is saved under a name. Source: tf.saved_model, SignatureDef.</summary>
/// <param name="Name">Name of the signature: <c>serving_default</c> is the one that servers take when a request names none.</param>
/// <param name="Function">The function, from <see cref="GraphFunction.GetConcreteFunction"/>.</param>
public sealed record SignatureDefinition(string Name, ConcreteFunction Function)
{
    /// <summary>The task.</summary>
    public SignatureMethod Method { get; init; } = SignatureMethod.Predict;

    /// <summary>Names of the tensors that it gives, in order; null for <c>output_0</c>, <c>output_1</c>, ….</summary>
    public IReadOnlyList<string>? Outputs { get; init; }
}
