using System.Diagnostics;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Finds the fastest tiles of products on a device. The result is kept beside its kernels, by the device and the version of its driver, and taken
/// wherever that device is opened.
/// </summary>
internal static class TileTuner
{
    private const int Size = 512;
    private const int Runs = 5;

    private static readonly Attrs Product = Attrs.Of(
        ("left_batch", Array.Empty<long>()), ("right_batch", Array.Empty<long>()), ("left_contract", new long[] { 1 }), ("right_contract", new long[] { 0 }));

    /// <summary>Limits with the tiles that were found for a device; as they are where none were.</summary>
    public static DeviceLimits Tuned(GpuDriver driver, DeviceLimits limits) =>
        KernelCache.Find(Identity(driver)) is [var side, var work] && Candidates(driver).Contains((side, work))
            ? limits with { Side = side, Work = work } : limits;

    /// <summary>Measures a product with each tile, takes the fastest for what is compiled from now on, and keeps it.</summary>
    public static IReadOnlyList<(int Side, int Work, TimeSpan Time)> Tune(GpuDevice device)
    {
        GpuDriver driver = device.Driver;
        DeviceLimits before = driver.Limits;
        // Tiles are those of our kernels.
        GpuProducts? library = driver.Products;
        driver.Products = null;
        TensorData x = device.From(Literal.FromDoubles(new TensorType(DType.F32, [Size, Size]), i => i % 7 - 3));
        var times = new List<(int Side, int Work, TimeSpan Time)>();
        try
        {
            foreach ((int side, int work) in Candidates(driver))
            {
                driver.Limits = before with { Side = side, Work = work };
                times.Add((side, work, Measure(device, x)));
            }
        }
        finally
        {
            (driver.Limits, driver.Products) = (before, library);
        }
        (int bestSide, int bestWork, _) = times.MinBy(one => one.Time);
        driver.Limits = before with { Side = bestSide, Work = bestWork };
        KernelCache.Keep(Identity(driver), [(byte)bestSide, (byte)bestWork]);
        return times;
    }

    // A device that takes a tile, but not this kernel with it, has no time for it.
    private static TimeSpan Measure(GpuDevice device, TensorData x)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value left = build.Parameter(x.Type);
        Executable executable = device.Compile(build.Finish("product", [build.Emit(OpDefs.Dot, Product, [left, left])[0]]));
        TimeSpan best = TimeSpan.MaxValue;
        try
        {
            for (int run = 0; run < Runs; run++)
            {
                device.Driver.Finish();
                long start = Stopwatch.GetTimestamp();
                TensorData result = executable.Run([x])[0];
                device.Driver.Finish();
                TimeSpan time = Stopwatch.GetElapsedTime(start);
                result.Buffer.Release();
                // The first one compiles.
                if (run > 0 && time < best) best = time;
            }
        }
        catch (GraphException error) when (error.Id is DiagnosticIds.KernelRefused or DiagnosticIds.OutOfMemory)
        {
            return TimeSpan.MaxValue;
        }
        return best;
    }

    private static IEnumerable<(int Side, int Work)> Candidates(GpuDriver driver)
    {
        foreach (int side in (int[])[DeviceLimits.MostSide / 2, DeviceLimits.MostSide])
        {
            if (side * side > driver.MostItems) continue;
            foreach (int work in (int[])[1, 2, 4, 8]) yield return (side, work);
        }
    }

    private static string Identity(GpuDriver driver) => $"tiles\n{driver.Description}";
}
