using System.Globalization;
using System.Text;
using TensorGraph;
using TensorGraph.Benchmarks;

// bench serve   requests a second and latencies of a model server, with and without batching, written to benchmarks/results/<CPU>/serving.md
string folder = Directory.CreateTempSubdirectory("bench-serve-").FullName;
try
{
    Served.Save(folder);
    File.WriteAllText(Path.Combine(folder, "models"), $$"""
        model_config_list {
          config { name: "half" base_path: "{{folder}}/half" } config { name: "network" base_path: "{{folder}}/network" }
        }
        """);
    File.WriteAllText(Path.Combine(folder, "batching"), "max_batch_size { value: 32 } max_enqueued_batches { value: 100 }");
    var options = new ModelServerOptions { ModelConfigFile = Path.Combine(folder, "models"), GrpcPort = 0, RestPort = 0 };
    var report = new StringBuilder();
    report.Append(CultureInfo.InvariantCulture, $"# A model server under load\n\n{Machine.Cpu}, {Environment.ProcessorCount} cores. ");
    report.Append("Clients and server share them: they are one process, over the loopback interface, one connection for each client. One row a request. Written by `./bench serve`.\n\n");
    if (File.Exists("/proc/loadavg"))
        report.Append(CultureInfo.InvariantCulture, $"Load average when it began: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.\n\n");
    foreach (var (model, width) in new[] { ("half", 1), ("network", Served.Pixels) })
    {
        report.Append(CultureInfo.InvariantCulture, $"A call of `{model}` with one row in the process itself takes {InProcess(model, width):f0} µs (the shortest of 2,000).\n");
    }

    report.Append("\n| model | protocol | batching | clients | requests/s | p50 µs | p95 µs | p99 µs |\n|---|---|---|--:|--:|--:|--:|--:|\n");
    foreach (bool isBatched in new[] { false, true })
    {
        await using var server = await ModelServer.StartAsync(options with { EnableBatching = isBatched, BatchingParametersFile = isBatched ? Path.Combine(folder, "batching") : null });
        foreach (var (model, width) in new[] { ("half", 1), ("network", Served.Pixels) })
        {
            foreach (int clients in new[] { 1, 8, 32 })
            {
                Add(model, "gRPC", isBatched, await Load.GrpcAsync(server, model, width, clients));
                Add(model, "REST", isBatched, await Load.RestAsync(server, model, width, clients));
            }
        }
    }

    Console.WriteLine(report);
    string results = Path.Combine(Machine.Repository(), "benchmarks", "results", Machine.FolderName());
    Directory.CreateDirectory(results);
    File.WriteAllText(Path.Combine(results, "serving.md"), report.ToString());

    void Add(string model, string protocol, bool isBatched, Load load) => report.Append(
        CultureInfo.InvariantCulture,
        $"| {model} | {protocol} | {(isBatched ? "on" : "off")} | {load.Clients} | {load.Rate:N0} | {load.P50:N0} | {load.P95:N0} | {load.P99:N0} |\n");

    double InProcess(string model, int width)
    {
        var signature = SavedModel.Load(Path.Combine(folder, model, "1")).Signatures["serving_default"];
        var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.From(new float[width], 1, width) };
        return 1e6 * Machine.Best(2000, () => signature.Call(inputs).Values.First().ToLiteral());
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}
