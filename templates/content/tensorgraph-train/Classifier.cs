/// <summary>A small network and how it learns.</summary>
public sealed partial class Classifier(int seed)
{
    private readonly Module _model = Create(new RandomGenerator(seed));
    private readonly Optimizer _optimizer = new Adam(learningRate: 0.01);

    /// <summary>One step on a batch; the loss before it. It is traced once and then runs as one graph, gradients and updates included.</summary>
    [GraphFunction]
    public Tensor TrainStep(Tensor points, Tensor labels)
    {
        using var tape = new GradientTape();
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(_model.Call(points, training: true), labels);
        var variables = _model.TrainableVariables;
        _optimizer.Apply(tape.Gradient(loss, variables), variables);
        return loss;
    }

    /// <summary>Share of the points whose most likely label is right.</summary>
    [GraphFunction]
    public Tensor Accuracy(Tensor points, Tensor labels) => Ops.Equal(_model.Call(points).ArgMax(), labels).Cast(DType.F32).Mean();

    private static Sequential Create(RandomGenerator random) => new(
        new Dense(2, 32, Ops.Tanh, random: random),
        new Dense(32, 32, Ops.Tanh, random: random),
        new Dense(32, 2, random: random));
}
