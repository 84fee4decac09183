using System.Globalization;
using System.Text;
using TensorGraph.Backends;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Benchmarks;

/// <summary>Matrix products and convolutions of the managed device with and without <c>TENSORGRAPH_BLAS=torch</c>, on one thread.</summary>
internal static class Blas
{
    private const int Rounds = 7;
    private const double SecondsPerRound = 0.02;

    public static string Measure()
    {
        var ours = new ManagedDevice { Threads = 1 };
        ManagedDevice theirs;
        using (Flags.Set("BLAS", "torch"))
        {
            theirs = new ManagedDevice { Threads = 1 };
            _ = theirs.Products;
        }
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, one thread, .NET {Environment.Version}\n\n");
        text.Append("Runs of graphs of one op on the managed device: with its own kernels, and with those of LibTorch (`TENSORGRAPH_BLAS=torch`). ");
        text.Append("Best of several\nrounds, in turn; a last column above 1 is a gain by LibTorch.\n\n");
        text.Append("| f32 | own, µs | LibTorch, µs | own / LibTorch |\n|---|---|---|---|\n");
        foreach ((string name, Graph graph) in Graphs()) Row(text, name, graph, ours, theirs);
        return text.ToString();
    }

    private static IEnumerable<(string Name, Graph Graph)> Graphs()
    {
        long[][] products =
            [[32, 32, 32], [64, 64, 64], [64, 784, 256], [256, 256, 256], [1024, 1024, 1024], [1, 784, 256], [1, 1024, 1024]];
        foreach (long[] s in products)
        {
            yield return ($"{s[0]} × {s[1]} · {s[1]} × {s[2]}", Of((build, _) => build.Dot(
                build.Parameter(Type(s[0], s[1])), build.Parameter(Type(s[1], s[2])), [1], [0])));
        }
        yield return ("a batch of 64: 32 × 32 · 32 × 32", Of((build, _) => build.Emit(
            OpDefs.MatMul, build.Parameter(Type(64, 32, 32)), build.Parameter(Type(64, 32, 32)))));
        foreach ((string name, long[] x, long[] w) in new[]
        {
            ("16 images of 1 × 28², 32 windows of 3²", new long[] { 16, 1, 30, 30 }, new long[] { 32, 1, 3, 3 }),
            ("16 images of 32 × 14², 64 windows of 3²", [16, 32, 16, 16], [64, 32, 3, 3]),
            ("1 image of 64 × 56², 64 windows of 3²", [1, 64, 58, 58], [64, 64, 3, 3]),
            ("its gradient of the weights", [64, 1, 58, 58], [64, 1, 56, 56]),
        })
        {
            yield return (name, Of((build, none) => build.Conv(
                build.Parameter(Type(x)), build.Parameter(Type(w)), 1, [1, 1], [1, 1], [1, 1], none, none)));
        }
    }

    private static Graph Of(Func<GraphBuilder, Shape, Value> make)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        return build.Finish("one", [make(build, new Shape(0, 0))]);
    }

    private static TensorType Type(params long[] sizes) => new(DType.F32, new Shape(sizes));

    private static void Row(StringBuilder text, string name, Graph graph, ManagedDevice ours, ManagedDevice theirs)
    {
        Action own = Runner(graph, ours), borrowed = Runner(graph, theirs);
        double seconds = Machine.Best(3, own);
        int steps = Math.Max(1, (int)(SecondsPerRound / seconds));
        (double best, double bestBorrowed) = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            best = Math.Min(best, Machine.Best(1, () => Repeat(own, steps)) / steps);
            bestBorrowed = Math.Min(bestBorrowed, Machine.Best(1, () => Repeat(borrowed, steps)) / steps);
        }
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {best * 1e6:f1} | {bestBorrowed * 1e6:f1} | {best / bestBorrowed:f2} |\n");
    }

    private static Action Runner(Graph graph, ManagedDevice device)
    {
        using IDisposable use = Device.Use(device);
        Executable executable = device.Compile(graph);
        TensorData[] inputs =
            [.. graph.Entry.Parameters.Select(parameter => TensorData.From(Literal.FromDoubles(parameter.Types[0], i => i % 7 / 8.0)))];
        return () =>
        {
            foreach (TensorData result in executable.Run(inputs)) result.Release();
        };
    }

    private static void Repeat(Action action, int times)
    {
        for (int i = 0; i < times; i++) action();
    }
}
