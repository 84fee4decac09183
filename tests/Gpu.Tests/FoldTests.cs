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
    [InlineData(1, 300_001)]
    [InlineData(5, 70_000)]
    public void A_sum_is_that_of_the_managed_device_and_has_the_same_bits_each_time(int rows, int columns)
    {
        float[] elements = [.. Enumerable.Range(0, rows * columns).Select(i => MathF.Sin(i))];
        float[] Sum(Device device) => Values(device.RunSingle(
            OpDefs.ReduceSum, Attrs.Of(("axes", new long[] { 1 }), ("keep", false)), device.From<float>(new TensorType(DType.F32, [rows, columns]), elements)));
        float[] once = Sum(Device.OpenCl());
        Assert.Equal(Sum(Devices.Managed), once, (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(once, Sum(Device.OpenCl()));
    }

    [GpuFact]
    public void Several_folds_of_long_lines_are_one_command()
    {
        const int Rows = 3, Columns = 40_000;
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [Rows, Columns]));
        Attrs along = Attrs.Of(("axes", new long[] { 1 }), ("keep", false));
        Value[] results = [build.Emit(OpDefs.ReduceMax, along, [x])[0], build.Emit(OpDefs.ReduceSum, along, [build.Mul(x, x)])[0], build.Neg(x)];
        Graph graph = build.Finish("f", [.. results]);
        float[] elements = [.. Enumerable.Range(0, Rows * Columns).Select(i => MathF.Sin(i * 0.37f))];
        float[][] Run(Device device) =>
            [.. device.Compile(graph).Run([device.From<float>(new TensorType(DType.F32, [Rows, Columns]), elements)]).Select(Values)];
        float[][] expected = Run(Devices.Managed), found = Run(Device.OpenCl());
        Assert.Equal(expected[0], found[0]);
        Assert.Equal(expected[1], found[1], (a, b) => Math.Abs(a - b) < 1e-5 * Math.Abs(a));
        Assert.Equal(expected[2], found[2]);
    }

    private static float[] Values(TensorData data)
    {
        var values = new float[data.Layout.Count];
        data.CopyTo<float>(values);
        return values;
    }
}
