using System.Diagnostics;
using System.Globalization;
using TensorGraph.Benchmarks;
using TorchSharp;

// values FOLDER    results of layers, losses and optimisers for the parity tests
// serve THREADS    runs "STEPS WORKLOAD" for each line of the input and prints nanoseconds per step, for bench compare
NativeLibraryPatch.Apply(AppContext.BaseDirectory);
switch (args)
{
    case ["values", var folder]:
        torch.set_num_threads(1);
        new ParityValues(folder).Write();
        return 0;
    case ["serve", var threads]:
        Serve(int.Parse(threads, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: values FOLDER | serve THREADS");
        return 2;
}

static void Serve(int threads)
{
    torch.set_num_threads(threads);
    var steps = new Dictionary<string, Action?>();
    Console.WriteLine($"TorchSharp {typeof(torch).Assembly.GetName().Version}");
    while (Console.ReadLine() is { } line)
    {
        string[] parts = line.Split(' ', 2);
        (int count, string name) = (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        if (!steps.TryGetValue(name, out Action? step)) steps[name] = step = Workloads.Make(name);
        if (step is null)
        {
            Console.WriteLine("none");
            continue;
        }
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++) step();
        Console.WriteLine((Stopwatch.GetElapsedTime(start).TotalNanoseconds / count).ToString("f1", CultureInfo.InvariantCulture));
    }
}
