using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TensorGraph.Backends.Managed;

namespace TensorGraph.Benchmarks;

/// <summary>The cost of calls, training steps, loops and products, and in the same run what the machine can do at best.</summary>
internal static unsafe class Figures
{
    public static string Measure()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
        text.Append("Best of several runs.\n\n## Limits\n\n| threads | copy, GB/s | multiply-add f32, GFLOP/s |\n|---|---|---|\n");
        foreach (int threads in Threads()) text.Append(CultureInfo.InvariantCulture,
            $"| {threads} | {Machine.CopyBandwidth(threads):f1} | {Machine.PeakFma(threads):f0} |\n");
        Calls(text);
        Steps(text);
        Loops(text);
        Products(text);
        return text.ToString();
    }

    private static int[] Threads() => Environment.ProcessorCount > 1 ? [1, 2] : [1];

    private static void Calls(StringBuilder text)
    {
        Tensor x = new[] { 1f, 2, 3, 4 };
        const int calls = 10_000;
        Action imperatively = () =>
        {
            for (int i = 0; i < calls; i++) _ = x + 1f;
        };
        Action traced = () =>
        {
            for (int i = 0; i < calls; i++) _ = Overhead.AddOne(x);
        };
        double[] best = [double.MaxValue, double.MaxValue];
        // In turn, and long enough for the last tier of the JIT.
        for (int run = 0; run < 200; run++)
        {
            best[0] = Math.Min(best[0], Machine.Best(1, imperatively));
            best[1] = Math.Min(best[1], Machine.Best(1, traced));
        }
        text.Append(CultureInfo.InvariantCulture,
            $"\n## Warm call of `x + 1` on f32[4]\n\n| imperative | as a graph function |\n|---|---|\n| {best[0] / calls * 1e9:f0} ns | {best[1] / calls * 1e9:f0} ns |\n");
    }

    private static void Steps(StringBuilder text)
    {
        var random = new Random(1);
        Tensor images = Tensor.From(Enumerable.Range(0, 64 * 64).Select(_ => random.NextSingle()).ToArray(), 64, 64);
        Tensor targets = Tensor.From(Enumerable.Range(0, 64 * 10).Select(i => i % 10 == i / 10 % 10 ? 1f : 0f).ToArray(), 64, 10);
        text.Append("\n## Training step, MLP 64 → 128 → 10, batch 64\n\n| threads | imperative | traced | speed-up |\n|---|---|---|---|\n");
        int before = Devices.Managed.Threads;
        foreach (int threads in Threads())
        {
            Devices.Managed.Threads = threads;
            double imperative = StepSeconds(200, new Mlp(), model => model.Step(images, targets), imperatively: true);
            double traced = StepSeconds(200, new Mlp(), model => model.Step(images, targets), imperatively: false);
            text.Append(CultureInfo.InvariantCulture,
                $"| {threads} | {imperative * 1e6:f0} µs | {traced * 1e6:f0} µs | {imperative / traced:f1} |\n");
        }
        Devices.Managed.Threads = before;
    }

    private static void Loops(StringBuilder text)
    {
        text.Append("\n## Training step with a loop in it, recurrent network 32 → 64, batch 16, one thread\n\n| iterations | imperative | traced | traced, by `Ops.Scan` | speed-up |\n|---|---|---|---|---|\n");
        int before = Devices.Managed.Threads;
        Devices.Managed.Threads = 1;
        foreach (int iterations in new[] { 10, 100, 1000 })
        {
            var random = new Random(1);
            Tensor rows = Tensor.From(Enumerable.Range(0, iterations * 16 * 32).Select(_ => random.NextSingle()).ToArray(), iterations, 16, 32);
            double imperative = StepSeconds(500 / iterations + 1, new Rnn(), model => model.Step(rows), imperatively: true);
            double traced = StepSeconds(500 / iterations + 1, new Rnn(), model => model.Step(rows), imperatively: false);
            double scanned = StepSeconds(500 / iterations + 1, new Rnn(), model => model.StepByScan(rows), imperatively: false);
            text.Append(CultureInfo.InvariantCulture,
                $"| {iterations} | {imperative * 1e3:f2} ms | {traced * 1e3:f2} ms | {scanned * 1e3:f2} ms | {imperative / traced:f1}, {imperative / scanned:f1} |\n");
        }
        Devices.Managed.Threads = before;
    }

    private static double StepSeconds<T>(int steps, T model, Action<T> step, bool imperatively)
    {
        GraphFunctions.RunImperatively = imperatively;
        double seconds = Machine.Best(10, () =>
        {
            for (int i = 0; i < steps; i++) step(model);
            GraphFunctions.Synchronize();
        });
        GraphFunctions.RunImperatively = false;
        return seconds / steps;
    }

    private static void Products(StringBuilder text)
    {
        text.Append("\n## Matrix product f32, GFLOP/s\n\n");
        text.Append(OpenBlas.IsInstalled
            ? $"OpenBLAS: {OpenBlas.Configuration}\n\n| size | threads | ours | OpenBLAS | ours / OpenBLAS |\n|---|---|---|---|---|\n"
            : "OpenBLAS is not installed (Debian: libopenblas0-pthread).\n\n| size | threads | ours |\n|---|---|---|\n");
        int before = Devices.Managed.Threads;
        foreach (int n in new[] { 384, 1152 })
        {
            float* a = Numbers(n * n);
            float* b = Numbers(n * n);
            float* c = Numbers(n * n);
            foreach (int threads in Threads())
            {
                Devices.Managed.Threads = threads;
                var (left, right) = (new Matrix((byte*)a, n, 1), new Matrix((byte*)b, n, 1));
                double work = 2.0 * n * n * n / 1e9;
                double ours = work / Machine.Best(20, () => Gemm.Multiply(Devices.Managed.Workers, DType.F32, left, right, (byte*)c, n, n, n, n));
                text.Append(CultureInfo.InvariantCulture, $"| {n} | {threads} | {ours:f0} |");
                if (OpenBlas.IsInstalled)
                {
                    OpenBlas.SetThreads(threads);
                    float* d = Numbers(n * n);
                    double theirs = work / Machine.Best(20, () => OpenBlas.Multiply(a, b, d, n));
                    for (int i = 0; i < n * n; i++)
                    {
                        if (Math.Abs(c[i] - d[i]) > 1e-3) throw new InvalidOperationException(
                            $"the products differ at {i}: ours {c[i]}, OpenBLAS {d[i]}");
                    }
                    NativeMemory.AlignedFree(d);
                    text.Append(CultureInfo.InvariantCulture, $" {theirs:f0} | {ours / theirs:f2} |");
                }
                text.Append('\n');
            }
            NativeMemory.AlignedFree(a);
            NativeMemory.AlignedFree(b);
            NativeMemory.AlignedFree(c);
        }
        Devices.Managed.Threads = before;
    }

    private static float* Numbers(int count)
    {
        float* numbers = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        var random = new Random(1);
        for (int i = 0; i < count; i++) numbers[i] = random.NextSingle() - 0.5f;
        return numbers;
    }
}
