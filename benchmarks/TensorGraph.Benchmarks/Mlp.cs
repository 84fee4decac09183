namespace TensorGraph.Benchmarks;

/// <summary>The digits classifier's shape: 64 → 128 → 10, a batch of 64, softmax cross-entropy, gradient descent with momentum.</summary>
public partial class Mlp
{
    private const float Rate = 0.1f;
    private const float Momentum = 0.9f;

    private readonly Variable[] _weights;
    private readonly Variable[] _velocities;

    public Mlp()
    {
        _weights = [Initial(64, 128), new Variable(Ops.Zeros(128)), Initial(128, 10), new Variable(Ops.Zeros(10))];
        _velocities = [.. _weights.Select(weight => new Variable(Ops.ZerosLike(weight.Value), trainable: false))];
    }

    [GraphFunction]
    public Tensor Step(Tensor images, Tensor targets)
    {
        using var tape = new GradientTape();
        Tensor hidden = Ops.Max(Ops.MatMul(images, _weights[0]) + _weights[1], Ops.Zeros());
        Tensor logits = Ops.MatMul(hidden, _weights[2]) + _weights[3];
        Tensor shifted = logits - Ops.StopGradient(Ops.ReduceMax(logits, [1], keep: true));
        Tensor logProbabilities = shifted - Ops.Log(Ops.Sum(Ops.Exp(shifted), [1], keep: true));
        Tensor loss = -Ops.Mean(Ops.Sum(targets * logProbabilities, [1]));
        Tensor?[] gradients = tape.Gradient(loss, _weights);
        for (int i = 0; i < _weights.Length; i++)
        {
            Tensor velocity = _velocities[i].Value * Momentum + gradients[i]!;
            _velocities[i].Assign(velocity);
            _weights[i].AssignSub(velocity * Rate);
        }
        return loss;
    }

    private static Variable Initial(int rows, int columns)
    {
        var random = new Random(rows);
        return new Variable(Tensor.From(Enumerable.Range(0, rows * columns).Select(_ => (random.NextSingle() - 0.5f) * 0.2f).ToArray(), rows,
            columns));
    }
}

/// <summary>The smallest graph function there is.</summary>
public static partial class Overhead
{
    [GraphFunction]
    public static Tensor AddOne(Tensor x) => x + 1f;
}
