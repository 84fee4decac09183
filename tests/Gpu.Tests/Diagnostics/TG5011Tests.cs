using TensorGraph.Backends.Gpu;

namespace TensorGraph.Tests.Diagnostics;

public sealed class TG5011Tests
{
    [GpuFact]
    public void A_kernel_that_the_compiler_refuses_is_shown_with_its_line()
    {
        GpuDriver driver = ((GpuDevice)Device.OpenCl()).Driver;
        const string Kernel = "KERNEL run(GLOBAL u8* a0)\n{\n    a0[0] = missing;\n}\n";
        GraphException error = Assert.Throws<GraphException>(() => driver.Build(Kernel));
        Assert.Equal(DiagnosticIds.KernelRefused, error.Id);
        Assert.Contains("OpenCL C", error.Problem, StringComparison.Ordinal);
        Assert.Contains("at line 3 `a0[0] = missing;`", error.Problem, StringComparison.Ordinal);
        Assert.Contains(Kernel, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kernel.cu({0}): error: identifier \"missing\" is undefined")]
    [InlineData("input.cl:{0}:13: error: use of undeclared identifier 'missing'")]
    public void Both_forms_of_places_in_logs_are_read(string log)
    {
        string first = string.Format(System.Globalization.CultureInfo.InvariantCulture, log, Dialect.Cuda.LinesBefore + 2);
        GraphException error = BuildFailure.Of(Dialect.Cuda, "a device", "one\ntwo\nthree\n", $"a warning\n{first}\n1 error");
        Assert.Contains("at line 2 `two`", error.Problem, StringComparison.Ordinal);
    }
}
