using System.Diagnostics;
using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>The best time of some runs.</summary>
/// <param name="Name">The work; the peer in PyTorch has the same names.</param>
/// <param name="Milliseconds">The time.</param>
/// <param name="Rate">The work in that time.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Figure(string Name, double Milliseconds, double Rate, string Unit);

/// <summary>Measures a device.</summary>
internal static class Figures
{
    private static readonly Attrs Product = Attrs.Of(
        ("left_batch", Array.Empty<long>()), ("right_batch", Array.Empty<long>()), ("left_contract", new long[] { 1 }), ("right_contract", new long[] { 0 }));

    public static Figure[] Measure(Device device, bool isQuick)
    {
        var figures = new List<Figure> { Time(device, "call", [[1]], (b, x) => b.Neg(x[0]), 1, "calls/s") };
        foreach (long n in isQuick ? [64] : new long[] { 256, 1024, 4096 })
        {
            figures.Add(Dot(device, n, ""));
            if (device is GpuDevice { Driver: { Products: not null } driver }) figures.Add(WithoutLibrary(driver, () => Dot(device, n, ", our tiles")));
        }
        long rows = isQuick ? 16 : 4096, columns = 1024, many = isQuick ? 1 << 12 : 1 << 24;
        figures.Add(Time(device, "softmax", [[rows, columns]], (b, x) => b.Emit(OpDefs.Softmax, Attrs.Of("axis", 1L), [x[0]])[0], 8e-9 * rows * columns, "GB/s"));
        figures.Add(Time(
            device, "sum of all", [[many]], (b, x) => b.Emit(OpDefs.ReduceSum, Attrs.Of(("axes", new long[] { 0 }), ("keep", false)), [x[0]])[0], 4e-9 * many, "GB/s"));
        figures.Add(Time(
            device, "gelu of a sum", [[many], [many]], (b, x) => b.Emit(OpDefs.Gelu, b.Add(x[0], x[1])), 12e-9 * many, "GB/s"));
        return [.. figures];
    }

    private static Figure Dot(Device device, long n, string by) => Time(
        device, FormattableString.Invariant($"dot {n}{by}"), [[n, n], [n, n]], (b, x) => b.Emit(OpDefs.Dot, Product, [x[0], x[1]])[0], 2e-9 * n * n * n, "GFLOP/s");

    // Products by our kernels, where a library computes them else.
    private static Figure WithoutLibrary(GpuDriver driver, Func<Figure> measure)
    {
        (GpuProducts? library, DeviceLimits limits) = (driver.Products, driver.Limits);
        (driver.Products, driver.Limits) = (null, limits with { HasProducts = false });
        try
        {
            return measure();
        }
        finally
        {
            (driver.Products, driver.Limits) = (library, limits);
        }
    }

    private static Figure Time(Device device, string name, long[][] sizes, Func<GraphBuilder, Value[], Value> make, double work, string unit)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        TensorType[] types = Array.ConvertAll(sizes, size => new TensorType(DType.F32, new Shape(size)));
        Value[] parameters = Array.ConvertAll(types, type => build.Parameter(type));
        Executable executable = device.Compile(Passes.Pipeline.Run(build.Finish("figure", [make(build, parameters)])).Graph);
        TensorData[] inputs = Array.ConvertAll(types, type => device.From(Literal.FromDoubles(type, i => (i * 7919 % 1000 - 500) / 500.0)));
        double best = double.MaxValue;
        var total = Stopwatch.StartNew();
        for (int run = 0; run < 20 && (run < 3 || total.ElapsedMilliseconds < 3000); run++)
        {
            var clock = Stopwatch.StartNew();
            TensorData result = executable.Run(inputs)[0];
            result.Element<float>(0);
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
            result.Buffer.Release();
        }
        return new(name, best, work / (best / 1000), unit);
    }
}
