using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Devices whose groups have fewer items than others, and no power of two.</summary>
public sealed class SmallGroupTests
{
    [Theory]
    [InlineData(64, 64, 8)]
    [InlineData(100, 64, 8)]
    [InlineData(127, 64, 8)]
    [InlineData(128, 128, 8)]
    [InlineData(255, 128, 8)]
    [InlineData(256, 128, 16)]
    [InlineData(1000, 128, 16)]
    public void Groups_that_fold_are_powers_of_two_and_tiles_fit(long mostItems, int groupSize, int side)
    {
        DeviceLimits limits = DeviceLimits.Of(hasDouble: true, mostItems, groupSize: 128, parameterBytes: 4096, localBytes: 32 << 10);
        Assert.Equal((groupSize, side), (limits.GroupSize, limits.Side));
    }

    [GpuFact]
    public void Sums_and_products_are_right_with_groups_of_100_items()
    {
        var device = new GpuDevice("opencl:groups", new ClDriver(ClPlace.All()[0], hasDouble: true, mostItems: 100, hasOwnMemory: false));
        TensorData numbers = device.From(Literal.FromDoubles(new TensorType(DType.F32, [100_000]), i => i % 8));
        Assert.Equal(350_000, device.RunSingle(OpDefs.ReduceSum, Attrs.Of(("axes", new long[] { 0 }), ("keep", false)), numbers).Element<float>(0));
        foreach (int size in new[] { 5, 9, 70 })
        {
            TensorData square = device.From(Literal.FromDoubles(new TensorType(DType.F32, [size, size]), i => i % 7));
            Assert.Equal(Square(Devices.Managed.From(square.ToLiteral())), Square(square));
        }
    }

    [GpuFact]
    public void Many_sums_of_one_line_fit_the_memory_of_a_group()
    {
        DeviceLimits limits = new ClDriver(ClPlace.All()[0]).Limits with { LocalBytes = 4 << 10 };
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [5000]));
        Attrs all = Attrs.Of(("axes", new long[] { 0 }), ("keep", false));
        Value[] sums = [.. Enumerable.Range(0, 20).Select(_ => build.Emit(OpDefs.ReduceSum, all, [build.Emit(OpDefs.Exp, x)])[0])];
        LoweredRegion region = RegionBuilder.Lower(
            Legalize.Run(build.Finish("f", sums)).Entry, SizeBindings.Empty, GpuDevice.Lowered);
        KernelLaunch[] launches = [.. region.Commands.SelectMany(command => KernelRenderer.Render(command, region.Slots, limits, -1)!)];
        Assert.NotEmpty(launches);
        Assert.All(launches, launch => Assert.InRange(Folds(launch) * launch.GroupSize * 8, 0, 4 << 10));
    }

    private static int Folds(KernelLaunch launch) => launch.Source.Split('\n').Count(line => line.Contains("LOCAL ", StringComparison.Ordinal));

    private static Literal Square(TensorData x) =>
        x.Device!.RunSingle(OpDefs.Dot, KernelSamples.Product, x, x).ToLiteral();
}
