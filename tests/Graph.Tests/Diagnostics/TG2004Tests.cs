using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG2004, an axis, index or size that is out of range.</summary>
public sealed class TG2004Tests
{
    [Theory]
    [InlineData(2)]
    [InlineData(-3)]
    public void States_the_range_of_axes(int axis)
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, [2, 3]), "x");

        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => build.Sum(x, [axis]), ["reduce_sum", $"axis {axis}", "-2 to 1"]);
    }

    [Fact]
    public void Says_that_a_scalar_has_no_axes()
    {
        var build = new GraphBuilder();
        Value x = build.Parameter(new(DType.F32, Shape.Scalar), "x");

        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => build.Sum(x, [0]), ["no axes"]);
    }
}
