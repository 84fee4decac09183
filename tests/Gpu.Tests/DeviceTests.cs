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
        Assert.Same(Device.OpenCl(0), Devices.Find("opencl:00"));
    }

    [Theory]
    [InlineData("opencl:first")]
    [InlineData("opencl:-1")]
    [InlineData("opencl:")]
    [InlineData("opencl:0:1")]
    [InlineData("OpenCL:0")]
    [InlineData("cuda:x")]
    public void Other_names_are_of_no_device(string name) =>
        Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => Devices.Find(name)).Message, StringComparison.Ordinal);

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

    [GpuFact]
    public void A_dump_says_what_is_a_kernel_and_what_runs_on_the_host()
    {
        Device device = Device.OpenCl();
        var build = new GraphBuilder();
        Value x = build.Parameter(new TensorType(DType.F32, [5000]));
        Node sorted = build.Emit(OpDefs.Sort, Attrs.Of("axis", 0L), [build.Neg(x)]);
        Executable executable = device.Compile(build.Finish("f", [sorted[0]]));
        float[] elements = [.. Enumerable.Range(0, 5000).Select(i => (float)(i * 7919 % 5000))];
        Literal result = executable.Run([device.From<float>(new TensorType(DType.F32, [5000]), elements)])[0].ToLiteral();
        Assert.Equal([-4999, -4998, 0], new[] { result.GetDouble(0), result.GetDouble(1), result.GetDouble(4999) });
        string dump = executable.Dump();
        Assert.Contains("kernel loop [5000]", dump, StringComparison.Ordinal);
        Assert.Contains("// neg at DeviceTests.cs:", dump, StringComparison.Ordinal);
        Assert.Contains("f32 v1 = (-v0);", dump, StringComparison.Ordinal);
        Assert.Contains("host island: sort", dump, StringComparison.Ordinal);
    }
}
