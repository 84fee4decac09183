using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>A device that is lost fails with TG5006; the others go on.</summary>
public sealed class LostTests
{
    [GpuFact]
    public void A_lost_device_fails_and_one_beside_it_goes_on()
    {
        var lost = new GpuDevice("opencl:lost", new ClDriver(ClPlace.All()[0]));
        TensorData x = lost.From(Literal.FromDoubles(new TensorType(DType.F32, [3]), i => i));
        Assert.Equal(2, x.Element<float>(2));
        // What the driver says when a kernel has broken the queue.
        GraphException refused = Assert.Throws<GraphException>(() => ((ClDriver)lost.Driver).Check(-36, "clEnqueueNDRangeKernel"));
        Assert.Equal(DiagnosticIds.DeviceLost, refused.Id);
        Assert.Contains("error -36", refused.Problem, StringComparison.Ordinal);
        Assert.True(lost.IsLost);
        GraphException error = Assert.Throws<GraphException>(() => lost.RunSingle(OpDefs.Neg, Attrs.Empty, x));
        Assert.Equal(DiagnosticIds.DeviceLost, error.Id);
        Assert.Contains("clEnqueueNDRangeKernel fails with error -36", error.Problem, StringComparison.Ordinal);
        Assert.Equal(DiagnosticIds.DeviceLost, Assert.Throws<GraphException>(x.ToLiteral).Id);

        Device other = Device.OpenCl();
        Assert.Equal(-2, other.RunSingle(OpDefs.Neg, Attrs.Empty, other.From(Literal.FromDoubles(new TensorType(DType.F32, [3]), i => i))).Element<float>(2));
    }

    [GpuFact]
    public void No_memory_is_no_loss()
    {
        var device = new GpuDevice("opencl:small", new ClDriver(ClPlace.All()[0]));
        GraphException error = Assert.Throws<GraphException>(() => ((ClDriver)device.Driver).Check(-4, "clEnqueueNDRangeKernel"));
        Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
        Assert.False(device.IsLost);
        // A launch that asks for too much; elsewhere it means that the device has broken.
        error = Assert.Throws<GraphException>(() => ((ClDriver)device.Driver).CheckRoom(-5, "clEnqueueNDRangeKernel"));
        Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
        Assert.False(device.IsLost);
        Assert.Equal(DiagnosticIds.DeviceLost, Assert.Throws<GraphException>(() => ((ClDriver)device.Driver).Check(-5, "clEnqueueReadBuffer")).Id);
        Assert.True(device.IsLost);
    }
}
