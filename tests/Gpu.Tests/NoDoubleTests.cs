using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>A device without f64: what has f64 is a host island, and sums of f32 are kept in f32.</summary>
public sealed class NoDoubleTests
{
    private static readonly Lazy<GpuDevice> Device = new(() => new GpuDevice("opencl:single", new ClDriver(ClPlace.All()[0], hasDouble: false, mostItems: 1024, hasOwnMemory: false)));

    [GpuFact]
    public void Doubles_run_on_the_host()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F64, [4])), y = build.Parameter(new TensorType(DType.F32, [4]));
        Value sum = build.Add(build.Emit(OpDefs.Exp, x), build.Emit(OpDefs.Cast, Attrs.Of("dtype", DType.F64), [build.Neg(y)])[0]);
        Executable executable = Device.Value.Compile(build.Finish("f", [sum, build.Neg(y)]));
        Literal[] results = Array.ConvertAll(
            executable.Run([Numbers(DType.F64, 4), Numbers(DType.F32, 4)]), result => result.ToLiteral());
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(Math.Exp(0.5 * i) - 0.5 * i, results[0].GetDouble(i), 1e-14);
            Assert.Equal(-0.5 * i, results[1].GetDouble(i));
        }
        Assert.Contains("host island: loop", executable.Dump(), StringComparison.Ordinal);
    }

    [GpuTheory]
    [InlineData(OpSum)]
    [InlineData("cum_sum")]
    [InlineData("normal_cdf")]
    public void Floats_are_kernels_and_near(string op)
    {
        OpDef def = OpTable.Find(op)!;
        Attrs attrs = op == OpSum ? Attrs.Of(("axes", new long[] { 0 }), ("keep", false)) : op == "cum_sum" ? Attrs.Of("axis", 0L) : Attrs.Empty;
        Literal expected = Devices.Managed.RunSingle(def, attrs, Devices.Managed.From(Numbers(DType.F32, 3000).ToLiteral())).ToLiteral();
        Literal found = Device.Value.RunSingle(def, attrs, Numbers(DType.F32, 3000)).ToLiteral();
        for (long i = 0; i < expected.Count; i++) Assert.Equal(expected.GetDouble(i), found.GetDouble(i), 1e-6 * (1 + Math.Abs(expected.GetDouble(i))));
    }

    private const string OpSum = "reduce_sum";

    private static TensorData Numbers(DType dtype, int count) => Device.Value.From(Literal.FromDoubles(new TensorType(dtype, [count]), i => 0.5 * i));
}
