using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using TensorGraph;
using TensorGraph.Benchmarks;
using TensorGraph.Benchmarks.Compare;

// bench            the figures, written to benchmarks/results/<CPU>/figures.md
// bench events     what reports cost, written to events.md beside it
// bench pauses     how long collections stop a program with many live objects, written to pauses.md
// bench forks      branches of a graph side by side against one after the other, written to forks.md
// bench first      first calls, and what of them is .NET's compilation, written to first.md
// bench memory     peak memory of training steps, written into the table of docs/memory.md
// bench blas       products and convolutions with and without TENSORGRAPH_BLAS=torch, written to blas.md
// bench compare    imperative, traced, TorchSharp and ONNX Runtime on the same workloads, written to compare.md; --json FILE, --only TEXT
// bench tune NAME  sizes of tiles on a GPU device; the fastest is kept beside the compiled kernels
// bench kernels …  BenchmarkDotNet on single kernels, with its own arguments
if (args is ["kernels", .. var rest])
{
    BenchmarkRunner.Run<Kernels>(DefaultConfig.Instance.AddJob(Job.ShortRun), rest);
    return;
}
if (args is ["onnxruntime", var threads, var models])
{
    OnnxRuntimePeer.Serve(int.Parse(threads, CultureInfo.InvariantCulture), models);
    return;
}
if (args is ["tune", .. var names])
{
    Environment.ExitCode = Tune(names);
    return;
}
if (args is ["memory"])
{
    string docs = Path.Combine(Machine.Repository(), "docs", "memory.md");
    string table = MemoryTable.Measure();
    Console.WriteLine(table);
    string[] parts = File.ReadAllText(docs).Split("<!-- ./bench memory -->\n");
    File.WriteAllText(docs, $"{parts[0]}<!-- ./bench memory -->\n{table}<!-- ./bench memory -->\n{parts[2]}");
    return;
}
(string? page, string report) = args switch
{
    ["events"] => ("events.md", Listening.Measure()),
    ["pauses"] => ("pauses.md", Pauses.Measure()),
    ["compare", .. var options] => (options.Contains("--only") ? null : "compare.md", Comparison.Measure(options)),
    ["blas"] => ("blas.md", Blas.Measure()),
    ["forks"] => ("forks.md", Forks.Measure()),
    ["first"] => ("first.md", FirstCalls.Measure()),
    _ => ("figures.md", Figures.Measure()),
};
Console.WriteLine(report);
if (page is null) return;
string folder = Path.Combine(Machine.Repository(), "benchmarks", "results", Machine.FolderName());
Directory.CreateDirectory(folder);
File.WriteAllText(Path.Combine(folder, page), report);

static int Tune(string[] names)
{
    if (names is not [var name])
    {
        Console.Error.WriteLine("bench tune takes the name of one device, as opencl:0");
        return 2;
    }
    try
    {
        foreach ((int side, int work, TimeSpan time) in GpuDevices.Tune(Devices.Find(name)).OrderBy(one => one.Time))
            Console.WriteLine($"{side}x{side} items, {work}x{work} results each: {(time == TimeSpan.MaxValue ? "not taken" : $"{time.TotalMilliseconds:f2} ms")}");
        return 0;
    }
    catch (Exception error) when (error is ArgumentException or GraphException)
    {
        Console.Error.WriteLine(error.Message);
        return 2;
    }
}
