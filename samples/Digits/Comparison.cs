using System.Diagnostics;
using Samples;
using TensorGraph;

namespace Digits;

/// <summary>Trains one model twice, imperatively and traced, from the same start on the same batches, step by step in turn.</summary>
public sealed class Comparison(Examples train, Examples test, string model, int batch, int seed, bool onlyTraced = false)
{
    // Steps before the clock counts: what is compiled at first use has been by then.
    private const int WarmUp = 30;

    private readonly Classifier _imperative = Models.Create(model, train.Pixels, seed);
    private readonly Classifier _traced = Models.Create(model, train.Pixels, seed);
    private readonly List<(double Loss, double Ms)> _imperativeSteps = [];
    private readonly List<(double Loss, double Ms)> _tracedSteps = [];

    public int StepsPerEpoch => (train.Count + batch - 1) / batch;

    /// <summary>Trains for some epochs; <paramref name="onStep"/> is called after each step.</summary>
    public TrainingResult Run(int epochs, Action<double>? onStep = null)
    {
        var batches = Dataset.FromTensorSlices((train.Images, train.Labels)).Shuffle(train.Count, seed).Batch(batch).Repeat(epochs);
        foreach (var (images, labels) in batches)
        {
            // Who goes first finds colder caches, so they take turns.
            bool tracedFirst = _tracedSteps.Count % 2 == 0;
            if (tracedFirst)
                _tracedSteps.Add(Step(_traced, images, labels, imperatively: false));
            if (!onlyTraced)
                _imperativeSteps.Add(Step(_imperative, images, labels, imperatively: true));
            if (!tracedFirst)
                _tracedSteps.Add(Step(_traced, images, labels, imperatively: false));
            onStep?.Invoke(_tracedSteps[^1].Loss);
        }

        var function = GraphFunction.Of(train.Pixels == 64 ? _traced.TrainStep : _traced.TrainStep28);
        return new(
            onlyTraced ? null : TrainingRun.Of(_imperativeSteps, Accuracy(_imperative), WarmUp),
            TrainingRun.Of(_tracedSteps, Accuracy(_traced), WarmUp), function.TraceCount, function.ConcreteFunctions[0].NodeCount);
    }

    private static (double Loss, double Ms) Step(Classifier classifier, Tensor images, Tensor labels, bool imperatively)
    {
        GraphFunctions.RunImperatively = imperatively;
        try
        {
            long start = Stopwatch.GetTimestamp();
            Tensor loss = images.Shape[1].Is(64) ? classifier.TrainStep(images, labels) : classifier.TrainStep28(images, labels);
            // Reading the loss waits for it.
            double value = loss.ToDouble();
            return (value, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        finally
        {
            GraphFunctions.RunImperatively = false;
        }
    }

    // In pieces: all of a large test set at once would need much memory.
    private double Accuracy(Classifier classifier) =>
        Dataset.FromTensorSlices((test.Images, test.Labels)).Batch(1000)
        .Sum(part => classifier.Accuracy(part.Item1, part.Item2).ToDouble() * part.Item2.Shape[0].Value) / test.Count;
}
