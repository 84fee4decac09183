using Microsoft.ML.OnnxRuntime;

namespace TensorGraph.Benchmarks.Compare;

/// <summary>The other side of <see cref="Peer.OnnxRuntime"/>: runs exported models.</summary>
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
        PeerLoop.Serve($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}", name => Make(FileOf(folder, name), options, settings));
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
