namespace TensorGraph.Tests.Diagnostics;

public sealed class TG5010Tests
{
    [Theory]
    [InlineData("opencl:99")]
    [InlineData("cuda:99")]
    public void A_device_that_the_machine_lacks_is_named_with_what_it_has(string name)
    {
        GraphException error = Assert.Throws<GraphException>(() => Devices.Find(name));
        Assert.Equal(DiagnosticIds.GpuUnavailable, error.Id);
        Assert.StartsWith($"{name}: ", error.Problem, StringComparison.Ordinal);
        Assert.Contains("here", error.Problem.Replace("this machine has no", "here", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Install", error.Message, StringComparison.Ordinal);
    }

    [GpuFact]
    public void What_OpenCL_has_is_listed()
    {
        GraphException error = Assert.Throws<GraphException>(() => Device.OpenCl(99));
        Assert.Contains("opencl:0 ", error.Problem, StringComparison.Ordinal);
    }
}
