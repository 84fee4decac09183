using System.CommandLine;
using System.Globalization;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph saved</c>: what is in a saved model, a call of it, and a client for it.</summary>
internal static class SavedCommand
{
    // The one tag-set of a model that predicts, as TensorFlow names it.
    private const string Tags = "serve";

    public static Command Create(Output output) => new("saved", "Saved models: shows, runs, writes a client")
    {
        Show(output), SavedRunCommand.Create(output), SavedClientCommand.Create(output),
    };

    /// <summary>The argument that is a saved model.</summary>
    public static Argument<string> Model() => new("model") { Description = "Folder of a saved model, or an ONNX model" };

    /// <summary>Reads a saved model, or an ONNX model: a file, or a folder with a model.onnx.</summary>
    public static SavedModel Open(string path)
    {
        string onnx = Path.Combine(path, "model.onnx");
        return path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? OnnxModel.Load(path) : File.Exists(onnx) ? OnnxModel.Load(onnx) : SavedModel.Load(path);
    }

    private static Command Show(Output output)
    {
        var path = Model();
        var all = new Option<bool>("--all") { Description = "Shows each signature with its inputs and outputs" };
        var json = CommandTable.Json();
        var command = new Command("show", "Signatures of a saved model, in the form of saved_model_cli") { path, all, json };
        command.SetAction(parsed =>
        {
            var model = Open(parsed.GetValue(path)!);
            if (parsed.GetValue(json))
                Json(output, model);
            else if (parsed.GetValue(all))
                All(output, model);
            else
                Keys(output, model);
            return App.Ok;
        });
        return command;
    }

    private static void Keys(Output output, SavedModel model)
    {
        output.Line("The given SavedModel contains the following tag-sets:");
        output.Line($"'{Tags}'");
        output.Line();
        output.Line("The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:");
        foreach (string name in model.Signatures.Keys)
            output.Line($"SignatureDef key: \"{name}\"");
    }

    private static void All(Output output, SavedModel model)
    {
        output.Line();
        output.Line($"MetaGraphDef with tag-set: '{Tags}' contains the following SignatureDefs:");
        foreach (var signature in model.Signatures.Values)
        {
            output.Line();
            output.Line($"signature_def['{signature.Name}']:");
            output.Line("  The given SavedModel SignatureDef contains the following input(s):");
            foreach (var (name, spec) in signature.Inputs)
                Tensor(output, $"inputs['{name}']", spec, $"{signature.Name}_{name}:0");
            output.Line("  The given SavedModel SignatureDef contains the following output(s):");
            foreach (var (i, (name, spec)) in signature.Outputs.Index())
                Tensor(output, $"outputs['{name}']", spec, string.Create(CultureInfo.InvariantCulture, $"StatefulPartitionedCall:{i}"));
            output.Line($"  Method name is: {MethodOf(signature)}");
        }
    }

    private static void Tensor(Output output, string key, TensorSpec spec, string name)
    {
        output.Line($"    {key} tensor_info:");
        output.Line($"        dtype: {DTypeOf(spec)}");
        output.Line($"        shape: ({string.Join(", ", SizesOf(spec))})");
        output.Line($"        name: {name}");
    }

    private static void Json(Output output, SavedModel model) => output.Json(new
    {
        TagSets = new[] { Tags },
        Signatures = model.Signatures.Values.Select(signature => new
        {
            signature.Name,
            Method = MethodOf(signature),
            Inputs = signature.Inputs.Select(Describe),
            Outputs = signature.Outputs.Select(Describe),
        }),
        Variables = model.Variables.Select(variable => new { Name = variable.Key, Type = $"{variable.Value.Type}", Trainable = variable.Value.IsTrainable }),
        Assets = model.Assets.Keys,
    });

    private static object Describe(KeyValuePair<string, TensorSpec> tensor) =>
        new { Name = tensor.Key, Dtype = DTypeOf(tensor.Value), Shape = SizesOf(tensor.Value), Spec = $"{tensor.Value}" };

    private static string MethodOf(SavedSignature signature) => $"tensorflow/serving/{signature.Method.ToString().ToLowerInvariant()}";

    // A size that is open is −1 there.
    private static long[] SizesOf(TensorSpec spec) => [.. spec.Shape.Select(size => size.IsConstant ? size.Value : -1)];

    private static string DTypeOf(TensorSpec spec) => spec.DType switch
    {
        DType.F16 => "DT_HALF",
        DType.BF16 => "DT_BFLOAT16",
        DType.F32 => "DT_FLOAT",
        DType.F64 => "DT_DOUBLE",
        DType.U8 => "DT_UINT8",
        DType.I8 => "DT_INT8",
        DType.I16 => "DT_INT16",
        DType.I32 => "DT_INT32",
        DType.I64 => "DT_INT64",
        DType.Bool => "DT_BOOL",
        _ => "DT_STRING",
    };
}
