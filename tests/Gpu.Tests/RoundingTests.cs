using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Casts in kernels round once, to nearest even.</summary>
[Collection(ProcessState.Name)]
public sealed class RoundingTests
{
    public static TheoryData<DType, DType> Casts()
    {
        var casts = new TheoryData<DType, DType>();
        foreach ((DType from, DType to) in ExactRounding.Casts) casts.Add(from, to);
        return casts;
    }

    [GpuTheory]
    [MemberData(nameof(Casts))]
    public void Casts_of_OpenCL_round_once(DType from, DType to) => Check(Device.OpenCl(), from, to);

    [CudaTheory]
    [MemberData(nameof(Casts))]
    public void Casts_of_CUDA_round_once(DType from, DType to) => Check(CudaEmulation.Make("rounding"), from, to);

    // f64 is a host island, integers are not.
    [GpuTheory]
    [MemberData(nameof(Casts))]
    public void Casts_without_f64_round_once(DType from, DType to) =>
        Check(new GpuDevice("opencl:rounding", new ClDriver(ClPlace.All()[0], hasDouble: false, mostItems: 1024, hasOwnMemory: false)), from, to);

    [GpuTheory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Fills_round_once(DType dtype)
    {
        double tie = dtype == DType.F16 ? 1 + Math.Pow(2, -11) : 1 + Math.Pow(2, -8);
        foreach (double value in (double[])[tie, Math.BitIncrement(tie), Math.BitDecrement(tie), -Math.BitIncrement(tie)])
        {
            long bits = MemoryLaunches.Fill(0, TensorLayout.Of(new TensorType(dtype, [70])), value).Single().Geometry[2];
            double found = dtype == DType.F16 ? (double)BitConverter.UInt16BitsToHalf((ushort)bits) : new BFloat16((ushort)bits);
            Assert.Equal(ExactRounding.Cast(Literal.Scalar(DType.F64, value), 0, dtype), found);
        }
    }

    private static void Check(Device device, DType from, DType to)
    {
        Literal samples = ExactRounding.Samples(from, to);
        Literal found = device.RunSingle(OpDefs.Cast, Attrs.Of("dtype", to), device.From(samples)).ToLiteral();
        for (long i = 0; i < samples.Count; i++)
        {
            double expected = ExactRounding.Cast(samples, i, to);
            Assert.True(expected.Equals(found.GetDouble(i)), $"{samples.Print(i)} is {found.Print(i)}, not {expected:R}");
        }
    }
}
