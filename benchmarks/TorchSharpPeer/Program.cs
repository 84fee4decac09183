using System.Globalization;
using TensorGraph.Benchmarks;
using TensorGraph.Benchmarks.Compare;
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
    PeerLoop.Serve($"TorchSharp {typeof(torch).Assembly.GetName().Version}", Workloads.Make);
}
