using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Benchmarks;

/// <summary>The best that this machine can do: the limits that figures are held against.</summary>
internal static unsafe class Machine
{
    public static string Cpu { get; } =
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? "unknown"
            : RuntimeInformation.ProcessArchitecture.ToString();

    public static string FolderName() => string.Concat(Cpu.Select(c => char.IsLetterOrDigit(c) ? c : '.')).Trim('.');

    public static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Graph.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? Environment.CurrentDirectory;
    }

    /// <summary>Bytes read and written per second by a copy of 64 MB, in GB/s.</summary>
    public static double CopyBandwidth(int threads)
    {
        const nint bytes = 64 << 20;
        byte* from = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        byte* to = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        NativeMemory.Fill(from, (nuint)bytes, 1);
        double seconds = Best(10, () =>
            Parallel(threads, part => Buffer.MemoryCopy(from + bytes / threads * part, to + bytes / threads * part, bytes / threads,
            bytes / threads)));
        NativeMemory.AlignedFree(from);
        NativeMemory.AlignedFree(to);
        return 2.0 * bytes / seconds / 1e9;
    }

    /// <summary>Multiply-adds of float32 in registers, in GFLOP/s.</summary>
    public static double PeakFma(int threads)
    {
        const int rounds = 4_000_000;
        double perThread = 0;
        double seconds = Best(5, () => Parallel(threads, _ => perThread = Vector512.IsHardwareAccelerated ? Fma512(rounds) : Fma256(rounds)));
        return perThread * threads / seconds / 1e9;
    }

    /// <summary>The shortest of several runs, in seconds.</summary>
    public static double Best(int runs, Action action)
    {
        action();
        double best = double.MaxValue;
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    private static void Parallel(int threads, Action<int> body)
    {
        if (threads == 1) body(0);
        else System.Threading.Tasks.Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
    }

    // Twelve independent sums hide the latency of a multiply-add. Returns the operations done.
    private static double Fma512(int rounds)
    {
        Vector512<float> x = Vector512.Create(0.9999f), y = Vector512.Create(0.0001f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y); b = Vector512.FusedMultiplyAdd(b, x, y); c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y); e = Vector512.FusedMultiplyAdd(e, x, y); f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y); h = Vector512.FusedMultiplyAdd(h, x, y); i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y); k = Vector512.FusedMultiplyAdd(k, x, y); l = Vector512.FusedMultiplyAdd(l, x, y);
        }
        s_sink = Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        return 12.0 * 2 * Vector512<float>.Count * rounds;
    }

    private static double Fma256(int rounds)
    {
        Vector256<float> x = Vector256.Create(0.9999f), y = Vector256.Create(0.0001f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x;
        for (int round = 0; round < rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y); b = Vector256.FusedMultiplyAdd(b, x, y); c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y); e = Vector256.FusedMultiplyAdd(e, x, y); f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y); h = Vector256.FusedMultiplyAdd(h, x, y); i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
        }
        s_sink = Vector256.Sum(a + b + c + d + e + f + g + h + i + j);
        return 10.0 * 2 * Vector256<float>.Count * rounds;
    }

    private static float s_sink;

    /// <summary>Keeps the results of the loops alive.</summary>
    public static float Sink => s_sink;
}
