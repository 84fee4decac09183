using Google.Protobuf;

namespace TensorGraph;

/// <summary>Models in the format of ONNX. Source: onnx.ai, opset 21.</summary>
/// <example>
/// <code>
/// string file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "model.onnx");
/// var function = GraphFunction.Of(Model.Predict).GetConcreteFunction(TensorSpec.Parse("f32[n, 4]"));
/// OnnxModel.Save(file, function, outputs: ["scores"]);
/// Console.WriteLine(File.Exists(file)); // True
///
/// public static partial class Model
/// {
///     private static readonly Dense s_dense = new(4, 2);
///
///     [GraphFunction]
///     public static Tensor Predict(Tensor x) =&gt; s_dense.Call(x).Softmax();
/// }
/// </code>
/// </example>
public sealed class OnnxModel
{
    private OnnxModel()
    {
    }

    /// <summary>
    /// Reads a model of an opset from 7 to 21, as a saved model with one signature that has the name of its graph (<c>main</c> without one). Floats
    /// with axes are its variables; the files of external data must be below the model's folder. Errors: TG1002 null, TG1006 a file that is missing
    /// or damaged, TG1013 an operator that graphs do not have. Source: onnx.ai, docs/onnx.md has the list of operators.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="sizes">Numbers for sizes of inputs that have names, <c>["batch"] = 1</c>; null leaves them open.</param>
    public static SavedModel Load(string path, IReadOnlyDictionary<string, long>? sizes = null) => ModelFile.Read(Throw.IfNull(path), sizes);

    /// <summary>
    /// Writes a function as a model of opset 21: variables and captured tensors are its weights, with the values of this call. Errors: TG1002 null,
    /// TG1006 the file can't be written, TG1012 an op or a name that no model can have.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="function">The function, from <see cref="GraphFunction.GetConcreteFunction"/>.</param>
    /// <param name="outputs">Names of its results, in order; null for <c>output_0</c>, <c>output_1</c>, ….</param>
    public static void Save(string path, ConcreteFunction function, IReadOnlyList<string>? outputs = null)
    {
        Throw.IfNull(path);
        Write(path, Of(Throw.IfNull(function), outputs));
    }

    /// <summary>Writes a function of a saved model as an ONNX model. Errors: as for a concrete function.</summary>
    /// <param name="path">The file.</param>
    /// <param name="signature">The function.</param>
    public static void Save(string path, SavedSignature signature)
    {
        Throw.IfNull(path);
        Throw.IfNull(signature);
        Write(path, GraphExporter.Export(signature.Graph, [], [.. signature.Outputs.Keys]));
    }

    internal static OnnxFormat.ModelProto Of(ConcreteFunction function, IReadOnlyList<string>? outputs = null) =>
        GraphExporter.Export(function.Graph, function.Captures, outputs);

    private static void Write(string path, OnnxFormat.ModelProto model) =>
        DataFile.Try(GraphExporter.Step, path, () => DataFile.Replace(path, model.WriteTo));
}
