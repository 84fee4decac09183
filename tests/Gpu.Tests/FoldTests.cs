using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Reductions by items and by groups of items.</summary>
public sealed class FoldTests
{
    [GpuTheory]
    [InlineData(3, 1)]
    [InlineData(3, 64)]
    [InlineData(3, 65)]
    [InlineData(2, 5000)]
    [InlineData(20_000, 7)]
    public void A_sum_is_that_of_the_managed_device_and_has_the_same_bits_each_time(int rows, int columns)
    {
        float[] elements = [.. Enumerable.Range(0, rows * columns).Select(i => MathF.Sin(i))];
        float[] Sum(Device device) => Values(device.RunSingle(
            OpDefs.ReduceSum, Attrs.Of(("axes", new long[] { 1 }), ("keep", false)), device.From<float>(new TensorType(DType.F32, [rows, columns]), elements)));
        float[] once = Sum(Device.OpenCl());
        Assert.Equal(Sum(Devices.Managed), once, (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(once, Sum(Device.OpenCl()));
    }

    private static float[] Values(TensorData data)
    {
        var values = new float[data.Layout.Count];
        data.CopyTo<float>(values);
        return values;
    }
}
