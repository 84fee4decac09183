using TensorGraph;

namespace AsyncDispatch;

/// <summary>The graph functions that are measured.</summary>
public static partial class Workload
{
    /// <summary>Many products of a matrix: long enough to be queued.</summary>
    [GraphFunction]
    public static Tensor Heavy(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.Tanh(Ops.MatMul(y, x));
        return y.Sum();
    }

    /// <summary>One small step, as a program writes it that has a loop of its own.</summary>
    [GraphFunction]
    public static Tensor Step(Tensor x) => (x * 0.999f) + Ops.Tanh(x) * 0.001f;

    /// <summary>All steps as one loop of the graph.</summary>
    [GraphFunction]
    public static Tensor Steps(Tensor x, Tensor count)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < count; i += 1L)
            y = Step(y);
        return y;
    }
}

/// <summary>The classic network 512 → 2048 → 512 → 1, with a step of training.</summary>
public sealed partial class Perceptron
{
    private readonly Sequential _layers = new(new Dense(512, 2048, Ops.Relu), new Dense(2048, 512, Ops.Relu), new Dense(512, 1));
    private readonly Sgd _optimizer = new(0.001f);

    /// <summary>One step on a batch; the loss.</summary>
    [GraphFunction]
    public Tensor TrainStep(Tensor x, Tensor y)
    {
        using var tape = new GradientTape();
        Tensor difference = _layers.Call(x, training: true) - y;
        Tensor loss = (difference * difference).Mean();
        _optimizer.Apply(tape.Gradient(loss, _layers.Variables), _layers.Variables);
        return loss;
    }
}
