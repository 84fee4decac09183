using System.Diagnostics;
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

/// <summary>Losses, times and accuracy of one way of running.</summary>
public sealed record Run(double[] Losses, double MsPerStep, double Accuracy);

/// <summary>Results of the training, imperatively, unless only the graph was wanted, and traced.</summary>
public sealed record Result(string Data, Run? Imperative, Run Traced, int Traces, int GraphNodes)
{
    public double? Speedup => Imperative?.MsPerStep / Traced.MsPerStep;
}

/// <summary>Trains the network both ways, one after the other, from the same start on the same batches.</summary>
public sealed class Training(ImageData data, Settings settings)
{
    // Steps before the clock counts: what is compiled at first use has been by then.
    private const int WarmUp = 10;

    public int Steps => Math.Min(settings.Steps ?? int.MaxValue, settings.Epochs * ((data.TrainCount + settings.Batch - 1) / settings.Batch));

    public Result Go(Action<double>? onStep = null)
    {
        var (traced, classifier) = Way(imperatively: false, onStep);
        var function = GraphFunction.Of(classifier.TrainStep);
        return new(data.Name, settings.OnlyTraced ? null : Way(imperatively: true, onStep).Run, traced, function.TraceCount,
            function.ConcreteFunctions[0].NodeCount);
    }

    private (Run Run, Classifier Classifier) Way(bool imperatively, Action<double>? onStep)
    {
        using var way = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        // The same seed, so the same start and the same dropout.
        var classifier = new Classifier(Classifier.LeNet(data.Side, new RandomGenerator(settings.Seed)), new Adam(settings.LearningRate));
        List<double> losses = [], times = [];
        foreach (var (images, labels) in data.Train(settings.Batch, settings.Seed).Repeat().Take(Steps))
        {
            long start = Stopwatch.GetTimestamp();
            // Reading the loss waits for it.
            losses.Add(classifier.TrainStep(images, labels).ToDouble());
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            onStep?.Invoke(losses[^1]);
        }

        double correct = data.Test(batch: 500).Sum(part => classifier.Correct(part.Images, part.Labels).ToDouble());
        double[] counted = [.. times.Skip(Math.Min(WarmUp, times.Count / 2)).Order()];
        return (new([.. losses], counted[counted.Length / 2], correct / data.TestCount), classifier);
    }
}
