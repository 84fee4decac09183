using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace TensorGraph.Benchmarks.Compare;

/// <summary>The other side of <see cref="Peer.OnnxRuntime"/>: runs exported models on lines "STEPS WORKLOAD" and prints nanoseconds per step.</summary>
internal static class OnnxRuntimePeer
{
    /// <summary>Serves until the input ends.</summary>
    /// <param name="threads">Threads of a session.</param>
    /// <param name="folder">The models, one for each workload.</param>
    public static void Serve(int threads, string folder)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        // Threads that spin between parallel ops would take the cores from the others.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var settings = new RunOptions();
        var steps = new Dictionary<string, Action?>();
        Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
        while (Console.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ', 2);
            (int count, string name) = (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
            if (!steps.TryGetValue(name, out Action? step)) steps[name] = step = Make(FileOf(folder, name), options, settings);
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

    /// <summary>The file of a workload's model.</summary>
    public static string FileOf(string folder, string workload) => Path.Combine(folder, workload.Replace(' ', '-') + ".onnx");

    private static Action? Make(string file, SessionOptions options, RunOptions settings)
    {
        if (!File.Exists(file)) return null;
        var session = new InferenceSession(file, options);
        var random = new Random(1);
        string[] names = [.. session.InputNames];
        OrtValue[] inputs = [.. names.Select(name => Numbers(random, session.InputMetadata[name].Dimensions))];
        return () =>
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(settings, names, inputs, session.OutputNames);
        };
    }

    private static OrtValue Numbers(Random random, int[] sizes)
    {
        float[] numbers = new float[sizes.Aggregate(1, (product, size) => product * size)];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = (random.NextSingle() - 0.5f) * 0.2f;
        return OrtValue.CreateTensorValueFromMemory(numbers, Array.ConvertAll(sizes, size => (long)size));
    }
}
