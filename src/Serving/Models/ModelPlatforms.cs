namespace TensorGraph.Serving;

/// <summary>The kinds of models, as <c>model_platform</c> of a configuration names them.</summary>
internal static class ModelPlatforms
{
    /// <summary>The platform of a model without one.</summary>
    public const string Default = "tensorgraph";

    /// <summary>The platform of ONNX models that another engine computes.</summary>
    public const string OnnxRuntime = "onnxruntime";

    private static readonly Dictionary<string, Func<string, ServableModel>> Loaders = new(StringComparer.Ordinal)
    {
        [Default] = SavedModelPlatform.Load,
        // Configurations and clients that were written for TensorFlow Serving say so.
        ["tensorflow"] = SavedModelPlatform.Load,
        ["onnx"] = OnnxPlatform.Load,
        [OnnxRuntime] = OnnxRuntimePlatform.Load,
    };

    /// <summary>The platforms.</summary>
    public static IEnumerable<string> Names => Loaders.Keys;

    /// <summary>True for a platform that is there.</summary>
    public static bool IsKnown(string platform) => Loaders.ContainsKey(platform);

    /// <summary>Loads a model from the folder of its version.</summary>
    public static ServableModel Load(string platform, string folder) => Loaders[platform](folder);
}
