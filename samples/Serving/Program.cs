using System.CommandLine;
using System.Diagnostics;
using Samples;
using ServingSample;
using Spectre.Console;
using TensorGraph;

var export = new Option<string?>("--export-half-plus-two") { Description = "Writes the example of TensorFlow Serving below a folder, and ends" };
var model = Options.Choice("--model", "fasttext", "fasttext, textcnn or rcnn", ["fasttext", "textcnn", "rcnn"]);
var steps = Options.Positive("--steps", 60, "Training steps of version 1; version 2 has three times as many more");
var root = new RootCommand("Trains a text model, serves two versions of it, and compares what clients get with the same model in this process.") { export, model, steps };
return SampleCommand.Run(root, args, parsed =>
{
    if (parsed.GetValue(export) is { } folder)
        Console.WriteLine(HalfPlusTwo.Export(folder));
    else
        ServeAsync(parsed.GetValue(model)!, parsed.GetValue(steps)).GetAwaiter().GetResult();
});

static async Task ServeAsync(string name, int steps)
{
    string folder = Directory.CreateTempSubdirectory("served-").FullName, basePath = Path.Combine(folder, name);
    try
    {
        var text = TextModel.Train(name, basePath, [steps, 3 * steps]);
        string config = Path.Combine(folder, "models.config");
        File.WriteAllText(config, $$"""
            model_config_list { config { name: "{{name}}" base_path: "{{basePath.Replace('\\', '/')}}"
              model_version_policy { all {} } version_labels { key: "stable" value: 1 } version_labels { key: "canary" value: 2 } } }
            """);
        await using var server = await ModelServer.StartAsync(new() { ModelConfigFile = config, GrpcPort = 0, RestPort = 0 });
        Console.WriteLine($"{name}, versions 1 and 2, at {server.GrpcAddress} (gRPC) and {server.RestAddress} (REST)");
        using var clients = new Clients(server, name);
        int[][] texts = [.. text.Texts.Select(text.Encode)];
        var table = new Table().AddColumns("version", "texts", "gRPC, bits that differ", "REST, bits that differ", "first text is");
        foreach (var (label, version) in new[] { ("stable", 1), ("canary", 2) })
        {
            float[] here = Clients.InProcess(Path.Combine(basePath, $"{version}"), texts);
            float[] grpc = await clients.OverGrpcAsync(texts, label), rest = await clients.OverRestAsync(texts, label);
            table.AddRow($"{version} ({label})", $"{texts.Length}", $"{Different(here, grpc)}", $"{Different(here, rest)}", text.Classes[Best(here, text.Classes.Count)]);
        }

        AnsiConsole.Write(table);
        Console.WriteLine(await NodeAsync(server, name, texts[0]));
        Console.WriteLine($"curl -d '{{\"instances\": [[{string.Join(", ", texts[0])}]]}}' {server.RestAddress}v1/models/{name}:predict");
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static int Different(float[] a, float[] b) => a.Length != b.Length ? Math.Max(a.Length, b.Length)
    : a.Zip(b).Count(pair => BitConverter.SingleToInt32Bits(pair.First) != BitConverter.SingleToInt32Bits(pair.Second));

static int Best(float[] scores, int classes) => Array.IndexOf(scores, scores.Take(classes).Max());

// The client in node, where node and its packages are: `npm install` in samples/Serving/node.
static async Task<string> NodeAsync(ModelServer server, string name, int[] ids)
{
    string? folder = AppContext.BaseDirectory;
    while (folder is not null && !Directory.Exists(Path.Combine(folder, "samples", "Serving", "node")))
        folder = Path.GetDirectoryName(folder);
    if (folder is null || !Directory.Exists(Path.Combine(folder, "samples", "Serving", "node", "node_modules")))
        return "No packages for node: `npm install` in samples/Serving/node makes the sample call from there too.";
    var start = new ProcessStartInfo("node", [Path.Combine(folder, "samples", "Serving", "node", "client.mjs"), server.GrpcAddress!.Authority, name, string.Join(',', ids)])
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
    };
    using var process = Process.Start(start)!;
    string output = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    return process.ExitCode == 0 ? output.TrimEnd() : $"node ended with {process.ExitCode}";
}
