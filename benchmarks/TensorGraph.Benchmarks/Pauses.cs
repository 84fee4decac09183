using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TensorGraph.Benchmarks;

/// <summary>How long a program with many live objects stops for the collections that imperative tensors cause.</summary>
internal static class Pauses
{
    private const int Objects = 16_000_000;
    private const int Steps = 1_000;

    // Sixty-four bytes an object with its header, as records of a program are.
    private sealed record Cell(Cell? Next, long A, long B, long C, long D, long E);

    public static string Measure()
    {
        Cell?[] live = new Cell[1000];
        for (int i = 0; i < Objects; i++) live[i % live.Length] = new Cell(live[i % live.Length], i, i, i, i, i);
        GC.Collect();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
        text.Append(CultureInfo.InvariantCulture,
            $"`y = y * 1.0001f + 0.5f`, {Steps} steps without `Dispose`, beside {GC.GetTotalMemory(false) >> 20} MB of live objects.\n\n");
        text.Append("| size | time, s | in pauses | longest step, ms | collections 0 / 1 / 2 | peak of live tensors, MB |\n|---|---|---|---|---|---|\n");
        foreach (int size in new[] { 256, 1024, 2048 }) Row(text, size);
        GC.KeepAlive(live);
        return text.ToString();
    }

    private static void Row(StringBuilder text, int size)
    {
        Tensor y = Ops.Ones(size, size);
        for (int step = 0; step < 20; step++) y = y * 1.0001f + 0.5f;
        int[] before = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        TimeSpan paused = GC.GetTotalPauseDuration();
        long start = Stopwatch.GetTimestamp(), peak = 0;
        double longest = 0;
        for (int step = 0; step < Steps; step++)
        {
            long began = Stopwatch.GetTimestamp();
            y = y * 1.0001f + 0.5f;
            longest = Math.Max(longest, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            peak = Math.Max(peak, Devices.Managed.LiveBytes);
        }
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        double share = (GC.GetTotalPauseDuration() - paused) / time;
        int[] collections = [.. before.Select((count, generation) => GC.CollectionCount(generation) - count)];
        text.Append(CultureInfo.InvariantCulture,
            $"| {size}² | {time.TotalSeconds:f1} | {share:p0} | {longest:f0} | {string.Join(" / ", collections)} | {peak >> 20} |\n");
    }
}
