using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

public sealed class DeviceTests
{
    private static readonly Literal Numbers = Literal.FromDoubles(new TensorType(DType.F32, [2, 3]), i => i - 2.5);

    [GpuFact]
    public void A_device_has_its_name_and_is_the_same_each_time()
    {
        Assert.Equal("opencl:0", Device.OpenCl().Name);
        Assert.Same(Device.OpenCl(0), Devices.Find("opencl:0"));
        Assert.Same(Device.OpenCl(0), Devices.Find("opencl"));
    }

    [GpuFact]
    public void Elements_come_back_as_they_went()
    {
        TensorData there = Device.OpenCl().From(Numbers);
        Assert.Equal(Numbers.ToString(), there.ToLiteral().ToString());
        Assert.Equal(Numbers.GetDouble(4), there.Element<float>(4));
    }

    [GpuFact]
    public void An_op_runs_as_a_kernel()
    {
        Device device = Device.OpenCl();
        TensorData x = device.From(Numbers);
        Literal y = device.RunSingle(OpDefs.Exp, Attrs.Empty, x).ToLiteral();
        for (int i = 0; i < 6; i++) Assert.Equal(Math.Exp(i - 2.5), y.GetDouble(i), 1e-5);
    }
}
