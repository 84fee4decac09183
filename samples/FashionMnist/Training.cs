using System.Diagnostics;
using Samples;
using TensorGraph;

namespace Fashion;

/// <summary>How to train.</summary>
public sealed record Settings
{
    public int Epochs { get; init; } = 2;

    /// <summary>The most steps, whatever the epochs; null for all.</summary>
    public int? Steps { get; init; }

    public int Batch { get; init; } = 64;

    public double LearningRate { get; init; } = 0.002;

    public int Seed { get; init; } = 1;

    public bool OnlyTraced { get; init; }
}

/// <summary>Trains the network both ways, one after the other, from the same start on the same batches.</summary>
public sealed class Training(ImageData data, Settings settings)
{
    // Steps before the clock counts: what is compiled at first use has been by then.
    private const int WarmUp = 10;

    public int Steps => Math.Min(settings.Steps ?? int.MaxValue, settings.Epochs * ((data.TrainCount + settings.Batch - 1) / settings.Batch));

    public TrainingResult Go(Action<double>? onStep = null)
    {
        var (traced, trainer) = Way(imperatively: false, onStep);
        var function = GraphFunction.Of(trainer.TrainStep);
        return new(settings.OnlyTraced ? null : Way(imperatively: true, onStep).Run, traced, function.TraceCount,
            function.ConcreteFunctions[0].NodeCount);
    }

    // Trainer.Fit runs its steps as calls of a graph function, or imperatively: it is this one source.
    private (TrainingRun Run, Trainer Trainer) Way(bool imperatively, Action<double>? onStep)
    {
        using var way = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        // The same seed, so the same start and the same dropout.
        var network = LeNet.Create(data.Side, new RandomGenerator(settings.Seed));
        var trainer = new Trainer(network, Loss.SparseSoftmaxCrossEntropy, new Adam(settings.LearningRate), new Accuracy());
        var steps = new TimedSteps(onStep);
        trainer.Fit(data.Train(settings.Batch, settings.Seed).Take(Steps), progress: TextWriter.Null, callbacks: [steps]);
        return (TrainingRun.Of(steps.Steps, trainer.Evaluate(data.Test(batch: 500))["accuracy"], WarmUp), trainer);
    }
}

/// <summary>Keeps the loss and the time of each step.</summary>
internal sealed class TimedSteps(Action<double>? onStep) : Callback
{
    private long _start;

    public List<(double Loss, double Ms)> Steps { get; } = [];

    public override void OnStart(Trainer trainer) => _start = Stopwatch.GetTimestamp();

    public override void OnStep(Trainer trainer, Tensor loss)
    {
        // Reading the loss waits for it.
        Steps.Add((loss.ToDouble(), Stopwatch.GetElapsedTime(_start).TotalMilliseconds));
        onStep?.Invoke(Steps[^1].Loss);
        _start = Stopwatch.GetTimestamp();
    }
}
