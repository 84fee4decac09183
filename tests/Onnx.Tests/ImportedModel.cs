using TensorGraph.OnnxFormat;

namespace TensorGraph.Tests;

/// <summary>Models that are read back.</summary>
internal static class ImportedModel
{
    /// <summary>The outputs of a model in order, as the compiled graph gives them.</summary>
    public static Literal[] Run(ModelProto model, params Literal[] inputs) => Run(ModelFile.Import(model), inputs);

    public static Literal[] Run(SavedModel model, params Literal[] inputs)
    {
        var signature = Assert.Single(model.Signatures.Values);
        var named = signature.Inputs.Keys.Zip(inputs).ToDictionary(pair => pair.First, pair => Tensor.From(pair.Second));
        return [.. signature.Call(named).Values.Select(value => value.ToLiteral())];
    }
}
