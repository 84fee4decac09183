namespace TensorGraph.Tests;

/// <summary>TG5009, a process that is gone.</summary>
public sealed class TG5009Tests : TemporaryFolder
{
    [Fact]
    public void Those_that_wait_are_told_why_the_other_ended()
    {
        var faults = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group =>
            new Line().Estimator(At("m"), Line.Quiet with { TrainDistribute = group }).Train(() => Data(group.Rank), steps: 5)));
        Assert.Contains(faults.InnerExceptions, fault => fault is IOException);
        var lost = Assert.Single(faults.InnerExceptions.OfType<GraphException>());
        Assert.Equal(DiagnosticIds.WorkerLost, lost.Id);
        Assert.Contains("the disk is gone", lost.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(Tensor, Tensor)> Data(int rank)
    {
        yield return (Line.X, Line.X);
        if (rank == 1)
            throw new IOException("the disk is gone");
        yield return (Line.X, Line.X);
    }
}
