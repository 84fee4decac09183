using System.CommandLine;
using TensorGraph.Cli.Reading;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph saved run</c>: calls a signature with tensors of a file.</summary>
internal static class SavedRunCommand
{
    private const string Default = "serving_default";

    public static Command Create(Output output)
    {
        var path = SavedCommand.Model();
        var name = new Option<string?>("--signature", "-s") { Description = $"A signature; {Default}, or the only one, without it" };
        var inputs = new Option<string?>("--inputs", "-i") { Description = "Tensors by name: an .npz file, or a .json file with an object of nested lists" };
        var target = new Option<string?>("--output", "-o") { Description = "Writes the results into this .npz or .json file" };
        var json = CommandTable.Json();
        var command = new Command("run", "Calls a signature of a saved model") { path, name, inputs, target, json };
        command.SetAction(parsed =>
        {
            var model = SavedCommand.Open(parsed.GetValue(path)!);
            var signature = SignatureOf(model, parsed.GetValue(name));
            var given = parsed.GetValue(inputs) is { } file ? TensorFiles.Read(file, signature.Inputs) : [];
            var results = signature.Call(given);
            if (parsed.GetValue(target) is { } written)
                TensorFiles.Write(written, results);
            else if (parsed.GetValue(json))
                output.Line(TensorFiles.Json(results));
            else
                Print(output, results);
            return App.Ok;
        });
        return command;
    }

    private static void Print(Output output, IReadOnlyDictionary<string, Tensor> results)
    {
        foreach (var (key, value) in results)
        {
            output.Line($"Result for output key {key}:");
            output.Line($"{value}");
        }
    }

    private static SavedSignature SignatureOf(SavedModel model, string? name)
    {
        if (model.Signatures.TryGetValue(name ?? Default, out var signature))
            return signature;
        return name is null && model.Signatures.Count == 1 ? model.Signatures.Values.Single() : throw new UsageException(
            $"there is no signature '{name ?? Default}'; there are {string.Join(", ", model.Signatures.Keys)}.");
    }
}
