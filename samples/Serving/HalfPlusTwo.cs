using TensorGraph;

namespace ServingSample;

/// <summary>The example of TensorFlow Serving: half of a number plus two.</summary>
public static partial class HalfPlusTwo
{
    /// <summary>Writes it as version 1 below a folder. The version appears whole: it is written under another name first.</summary>
    public static string Export(string basePath)
    {
        string version = Path.Combine(basePath, "1"), written = Path.Combine(basePath, "temp-1");
        if (Directory.Exists(version))
            throw new IOException($"'{version}' is there already.");
        SavedModel.Save(written,
        [
            new("serving_default", GraphFunction.Of(Predict).GetConcreteFunction(TensorSpec.Parse("f32[n]"))) { Outputs = ["y"] },
            new("regress_x_to_y", GraphFunction.Of(Predict).GetConcreteFunction(TensorSpec.Parse("f32[n, 1]"))) { Outputs = ["outputs"], Method = SignatureMethod.Regress },
            new("classify_x_to_y", GraphFunction.Of(Predict).GetConcreteFunction(TensorSpec.Parse("f32[n, 1]"))) { Outputs = ["scores"], Method = SignatureMethod.Classify },
        ]);
        Directory.Move(written, version);
        return version;
    }

    [GraphFunction]
    public static Tensor Predict(Tensor x) => (x * 0.5f) + 2;
}
