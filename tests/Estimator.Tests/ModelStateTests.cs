namespace TensorGraph.Tests;

public sealed class ModelStateTests : TemporaryFolder
{
    [Fact]
    public void Numbers_of_a_model_are_not_made_objects_one_by_one()
    {
        var data = new Data(new float[1_000_000], new double[500, 1_000], [.. Enumerable.Range(0, 500_000)], [DType.F32], new Variable(1f, "found"));
        Make();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var estimator = Make();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 2_000_000);
        Assert.Equal(["variable"], estimator.VariableNames);

        Estimator<Tensor, Tensor> Make() => new((x, _, mode, _) => new(mode, predictions: x), At("m"), Line.Quiet, data);
    }

    private sealed record Data(float[] Samples, double[,] Grid, List<int> Order, DType[] Types, Variable Variable);
}
