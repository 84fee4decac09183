using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>A setting of the process. No other test runs meanwhile.</summary>
[Collection(ProcessState.Name)]
public sealed class WatchdogTests
{
    [GpuTheory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_device_that_takes_longer_than_the_longest_wait_is_lost(bool reads, bool hasOwnMemory)
    {
        GpuDevice device = Make("opencl:slow", hasOwnMemory);
        TensorData x = device.From(Literal.Zeros(new TensorType(DType.F32, [600, 600])));
        TensorData y = device.RunSingle(OpDefs.Dot, KernelSamples.Product, x, x);
        Assert.Equal(0, y.Element<float>(0));
        for (int i = 0; i < 4; i++) y = device.RunSingle(OpDefs.Dot, KernelSamples.Product, y, x);
        GpuDevices.LongestWait = TimeSpan.FromTicks(1);
        try
        {
            GraphException error = Assert.Throws<GraphException>(() =>
            {
                if (reads) y.ToLiteral();
                else device.Synchronize();
            });
            Assert.Equal(DiagnosticIds.DeviceLost, error.Id);
            Assert.Contains("longer than GpuDevices.LongestWait allows", error.Problem, StringComparison.Ordinal);
            Assert.True(device.IsLost);
        }
        finally
        {
            GpuDevices.LongestWait = null;
        }
        Device other = Device.OpenCl();
        Assert.Equal(-2, other.RunSingle(OpDefs.Neg, Attrs.Empty, other.From(Literal.FromDoubles(new TensorType(DType.F32, [3]), i => i))).Element<float>(2));
    }

    [Fact]
    public void The_longest_wait_is_a_time()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuDevices.LongestWait = TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuDevices.LongestWait = TimeSpan.FromSeconds(-1));
        GpuDevices.LongestWait = Timeout.InfiniteTimeSpan;
        Assert.Null(GpuDevices.LongestWait);
    }

    [GpuTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_device_that_is_fast_enough_goes_on(bool hasOwnMemory)
    {
        GpuDevices.LongestWait = TimeSpan.FromMinutes(10);
        try
        {
            GpuDevice device = Make("opencl:fast", hasOwnMemory);
            TensorData x = device.From(Literal.FromDoubles(new TensorType(DType.F32, [3]), i => i));
            TensorData y = device.RunSingle(OpDefs.Neg, Attrs.Empty, x);
            device.Synchronize();
            Assert.Equal(-2, y.Element<float>(2));
        }
        finally
        {
            GpuDevices.LongestWait = null;
        }
    }

    private static GpuDevice Make(string name, bool hasOwnMemory)
    {
        ClPlace place = ClPlace.All()[0];
        return new GpuDevice(name, new ClDriver(place, place.HasDouble, place.MostItems, hasOwnMemory));
    }
}
