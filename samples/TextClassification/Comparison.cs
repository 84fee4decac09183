using System.Diagnostics;
using Samples;
using TensorGraph;

namespace TextClassification;

/// <summary>How to train.</summary>
public sealed record Settings
{
    public string Model { get; init; } = "fasttext";

    /// <summary>Name of the encoder of texts; the usual one of the model when null.</summary>
    public string? Encoder { get; init; }

    /// <summary>Numbers of a text.</summary>
    public int Length { get; init; } = 50;

    public int Epochs { get; init; } = 10;

    /// <summary>The most steps, whatever the epochs; null for all.</summary>
    public int? Steps { get; init; }

    public int Batch { get; init; } = 64;

    public double LearningRate { get; init; } = 0.003;

    public int Seed { get; init; } = 1;

    public bool OnlyTraced { get; init; }

    public Sizes Sizes { get; init; } = new();
}

/// <summary>Trains one model twice, imperatively and traced, from the same start on the same batches, step by step in turn.</summary>
public sealed class Comparison
{
    // Steps before the clock counts: what is compiled at first use has been by then.
    private const int WarmUp = 10;

    private readonly Settings _settings;
    private readonly Dataset<(Tensor Texts, Tensor Labels)> _train;
    private readonly Dataset<(Tensor Texts, Tensor Labels)> _test;
    private readonly Learner? _imperative;
    private readonly Learner _traced;
    private readonly int _tests;

    public Comparison(SectionsData data, Settings settings)
    {
        _settings = settings;
        var encoder = Encoders.Create(settings.Encoder ?? Models.EncoderOf(settings.Model), data.Train);
        StepsPerEpoch = (data.Train.Count + settings.Batch - 1) / settings.Batch;
        _tests = data.Test.Count;
        _train = Encoded(data.Train).Shuffle(data.Train.Count, settings.Seed).Batch(settings.Batch).Repeat(settings.Epochs)
            .Take(settings.Steps ?? int.MaxValue).Prefetch();
        _test = Encoded(data.Test).Batch(100);
        _imperative = settings.OnlyTraced ? null : New(imperatively: true);
        _traced = New(imperatively: false);

        Dataset<(Tensor, Tensor)> Encoded(IReadOnlyList<LabelledText> texts) => Dataset.FromEnumerable(texts)
            .Map(text => ((Tensor)encoder.Encode(text.Text, settings.Length), (Tensor)text.Label)).Cache();

        Learner New(bool imperatively)
        {
            // The same seed, so the same start and the same dropout.
            var random = new RandomGenerator(settings.Seed);
            var model = Models.Create(settings.Model, encoder.Size, settings.Length, data.Classes.Count, settings.Sizes, random);
            return new(model, settings.LearningRate, imperatively);
        }
    }

    public int StepsPerEpoch { get; }

    public int Parameters => _traced.Parameters;

    public int Steps => Math.Min(_settings.Epochs * StepsPerEpoch, _settings.Steps ?? int.MaxValue);

    /// <summary>Trains; <paramref name="onStep"/> is called after each step.</summary>
    public TrainingResult Train(Action<double>? onStep = null)
    {
        bool tracedFirst = true;
        foreach (var (texts, labels) in _train)
        {
            // The one that is first finds colder caches, so they alternate.
            Learner?[] order = tracedFirst ? [_traced, _imperative] : [_imperative, _traced];
            foreach (var learner in order)
                learner?.Step(texts, labels);
            tracedFirst = !tracedFirst;
            onStep?.Invoke(_traced.LastLoss);
        }

        var function = GraphFunction.Of(_traced.Classifier.TrainStep);
        return new(_imperative?.Finished(_test, _tests, WarmUp), _traced.Finished(_test, _tests, WarmUp), function.TraceCount,
            function.ConcreteFunctions[0].NodeCount);
    }

    private sealed class Learner(Module model, double learningRate, bool imperatively)
    {
        private readonly List<(double Loss, double Ms)> _steps = [];

        public Classifier Classifier { get; } = new(model, new Adam(learningRate));

        public int Parameters => (int)model.TrainableVariables.Sum(variable => variable.Shape.ElementCount.Value);

        public double LastLoss => _steps[^1].Loss;

        public void Step(Tensor texts, Tensor labels)
        {
            using var way = Way();
            long start = Stopwatch.GetTimestamp();
            // Reading the loss waits for it.
            double loss = Classifier.TrainStep(texts, labels).ToDouble();
            _steps.Add((loss, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        }

        public TrainingRun Finished(Dataset<(Tensor Texts, Tensor Labels)> test, int tests, int warmUp)
        {
            using var way = Way();
            double correct = test.Sum(part => Classifier.Correct(part.Texts, part.Labels).ToDouble());
            return TrainingRun.Of(_steps, correct / tests, warmUp);
        }

        private IDisposable Way() => (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
    }
}
