public sealed partial class Logistic(int features)
{
    private readonly Variable _weights = new(Ops.Zeros(features), "weights");
    private Tensor _average = 0f;
    private int _calls;

    public Variable Weights => _weights;

    public int Calls => _calls;

    public Tensor Average => _average;

    private Tensor Logits(Tensor x) => Ops.Sum(x * _weights, [1]);

    [GraphFunction]
    public Tensor Step(Tensor x, Tensor labels, Tensor rate)
    {
        Tensor? gradient;
        Tensor loss;
        using (var tape = new GradientTape())
        {
            loss = Ops.SigmoidCrossEntropy(Logits(x), labels).Mean();
        }
        using (var tape = new GradientTape())
        {
            Tensor again = Ops.SigmoidCrossEntropy(Logits(x), labels).Mean();
            gradient = tape.Gradient(again, _weights);
        }
        if (Ops.Any(Ops.IsNan(gradient!)))
            return loss;
        _weights.AssignSub(rate * gradient!);
        return loss;
    }

    public float TrainEpoch(IEnumerable<(Tensor X, Tensor Y)> batches)
    {
        float last = 0;
        foreach (var (x, y) in batches)
        {
            last = (float)Step(x, y, 0.5f / (1 + _calls++));
            _average = 0.9f * _average + 0.1f * last;
        }
        return last;
    }

    [GraphFunction]
    public Tensor Accuracy(Tensor x, Tensor labels)
    {
        Tensor right = Ops.Equal(Logits(x) > 0f, labels > 0.5f);
        return Ops.Mean(right.Cast(DType.F32)) + 0 * _average;
    }
}

public class Scenario
{
    private readonly Logistic _model = new(4);

    private static (Tensor, Tensor) Batch(Random random, int n)
    {
        Tensor x = Ops.Reshape((float[])[.. Enumerable.Range(0, n * 4).Select(_ => (float)random.NextDouble() - 0.5f)], n, 4);
        return (x, (x[.., 0] - x[.., 2] > 0f).Cast(DType.F32));
    }

    public object? Epoch(Random random) => _model.TrainEpoch(Enumerable.Range(0, 3).Select(i => Batch(random, 4 + i)));

    public object? Poisoned(Random random) => _model.Step(Ops.Full(new Shape(2, 4), double.NaN), Ops.Zeros(2), 0.1f);

    public object? Test(Random random)
    {
        var (x, y) = Batch(random, random.Next(2) == 0 ? 4 : 7);
        return _model.Accuracy(x, y);
    }

    public object? State() => (_model.Weights, _model.Calls, _model.Average);
}
