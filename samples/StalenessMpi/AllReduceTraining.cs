using System.Diagnostics;
using System.Globalization;
using TensorGraph;
using TensorGraph.Staleness;
using TensorGraph.Staleness.Experiments;

namespace TestBed.Mpi;

/// <summary>
/// Synchronous training in the processes of a group, without a server: each has weights of its own, computes a gradient on its batch of a step, and
/// applies the mean of all, by an all-reduce. Batches are those that a simulated synchronous run gives out in the same step.
/// </summary>
internal sealed class AllReduceTraining(WorkerGroup group, TrainingTask task, RunSettings run)
{
    private readonly Duration _extra = Duration.Parse(run.Grid.Compute);
    private readonly SeededStream _random = new(run.Seed, string.Create(CultureInfo.InvariantCulture, $"process {group.Rank}"));

    /// <summary>Trains, and tells each process what all of them did.</summary>
    public AllReduceOutcome Run(Action<double> onStep)
    {
        var setup = run.Setup(meanStaleness: 0);
        var model = task.CreateModel(new RandomGenerator(run.Seed));
        var start = ModelSnapshot.Of(model);
        var worker = new GradientWorker(model, task.Loss);
        var replica = new ParameterServer(start, setup.CreateOptimizer(), setup.Rule);
        var batches = new BatchOrder(task, run.Seed);
        var steps = new StepTable(run.Grid.Gradients / group.Count, group.Count);

        // The first call compiles; what it computes is thrown away. Its exchange is where all begin together.
        var (firstInputs, firstTargets) = batches[0];
        group.Average([.. worker.Compute(start, firstInputs, firstTargets, run.Seed, 0).Gradients]);
        var clock = Stopwatch.StartNew();
        for (int step = 0; step < steps.Count; step++)
        {
            double began = clock.Elapsed.TotalSeconds;
            var read = replica.Pull();
            long version = replica.Version, number = ((long)step * group.Count) + group.Rank;
            var (inputs, targets) = batches[number];
            var computed = worker.Compute(read, inputs, targets, run.Seed, number);
            Thread.Sleep(TimeSpan.FromSeconds(_extra.Sample(_random)));
            double sent = clock.Elapsed.TotalSeconds;
            var gradients = MeanOf(computed.Gradients);
            var state = MeanOf(computed.State);
            steps[step, group.Rank] = new(version, replica.Version, began, sent, clock.Elapsed.TotalSeconds, computed.Loss);
            replica.Apply([new(group.Rank, replica.Version - version, gradients, read.Weights, state)]);
            onStep(computed.Loss);
        }

        steps.Share(group);
        var weights = replica.Pull();
        return new(steps, weights, IsSameInAll(weights));
    }

    private IReadOnlyList<Tensor> MeanOf(IReadOnlyList<Tensor> values) =>
        values.Count == 0 ? values : [.. group.Average([.. values]).Select(mean => mean!)];

    private bool IsSameInAll(ModelSnapshot weights)
    {
        byte[] own = Convert.FromHexString(weights.Checksum()), ofChief = [.. own];
        group.Broadcast(ofChief);
        double[] others = [own.SequenceEqual(ofChief) ? 0 : 1];
        group.Sum(others);
        return others[0] == 0;
    }
}

/// <summary>Outcome of a run.</summary>
/// <param name="Steps">All steps of all processes.</param>
/// <param name="Weights">The weights of this process at the end.</param>
/// <param name="IsSameInAll">True when all processes have the same ones, bit for bit.</param>
internal sealed record AllReduceOutcome(StepTable Steps, ModelSnapshot Weights, bool IsSameInAll);
