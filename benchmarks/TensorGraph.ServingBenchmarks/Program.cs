using TensorGraph;
using TensorGraph.Benchmarks;

// bench serve [--short] [--only MODEL]   requests a second and latencies of a model server, with and without batching. Without an argument the table
// is written to benchmarks/results/<CPU>/serving.md; --short takes a second for each row and leaves out BERT.
bool isShort = args.Contains("--short");
int at = Array.IndexOf(args, "--only");
string? only = at >= 0 ? args.ElementAtOrDefault(at + 1) : null;
var time = TimeSpan.FromSeconds(isShort ? 1 : 2.5);
string[] all = ["half", "network", .. Served.Texts.Keys];
string[] models = [.. all.Where(model => only is null ? model != "BERT" || !isShort
    : model.Equals(only, StringComparison.OrdinalIgnoreCase))];
if (models.Length == 0)
    throw new ArgumentException($"There is no model '{only}'.");
string folder = Directory.CreateTempSubdirectory("bench-serve-").FullName;
try
{
    foreach (string model in models)
        Served.Save(folder, model);
    string[] configs = [.. models.Select(model => $"config {{ name: '{model}' base_path: '{folder.Replace('\\', '/')}/{model}' }}")];
    File.WriteAllText(Path.Combine(folder, "models"), $"model_config_list {{ {string.Join(' ', configs)} }}");
    File.WriteAllText(
        Path.Combine(folder, "batching"),
        "max_batch_size { value: 32 } max_enqueued_batches { value: 100 } allowed_batch_sizes: [1, 2, 4, 8, 16, 32]");
    var options = new ModelServerOptions { ModelConfigFile = Path.Combine(folder, "models"), GrpcPort = 0, RestPort = 0 };
    var report = new ServingReport();
    foreach (string model in models)
    {
        var signatures = SavedModel.Load(Path.Combine(folder, model, "1")).Signatures;
        foreach (var work in Workload.Of(model))
        {
            var signature = signatures[work.Signature];
            double one = Load.InProcess(signature, work, 1, time), many = Load.InProcess(signature, work, ServingReport.Many, time);
            report.Add(work, (one, many / ServingReport.Many));
        }
    }

    foreach (bool isBatched in new[] { false, true })
    {
        await using var server = await ModelServer.StartAsync(options with { EnableBatching = isBatched, BatchingParametersFile = isBatched ? Path.Combine(folder, "batching") : null });
        // The code of server and clients is compiled again when it has run some ten thousand times, and is two to five times as fast then.
        var first = Workload.Of(models[0]).First();
        foreach (int clients in new[] { 1, ServingReport.Many })
        {
            await Load.GrpcAsync(server, first, clients, time * 2);
            await Load.RestAsync(server, first, clients, time * 2);
        }

        foreach (var work in models.SelectMany(Workload.Of))
        {
            foreach (int clients in new[] { 1, ServingReport.Many })
            {
                report.Add(work, "gRPC", isBatched, await Load.GrpcAsync(server, work, clients, time));
                if (work.Length is null)
                    report.Add(work, "REST", isBatched, await Load.RestAsync(server, work, clients, time));
            }
        }
    }

    string text = report.ToString();
    Console.WriteLine(text);
    if (args.Length > 0)
        return;
    string results = Path.Combine(Machine.Repository(), "benchmarks", "results", Machine.FolderName());
    Directory.CreateDirectory(results);
    File.WriteAllText(Path.Combine(results, "serving.md"), text);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
