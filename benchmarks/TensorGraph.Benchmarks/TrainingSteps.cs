namespace TensorGraph.Benchmarks;

/// <summary>Training steps of four kinds of models, with gradient descent.</summary>
public sealed partial class TrainingSteps
{
    private const double Rate = 0.01;
    private const int Width = 64;

    private readonly Module _mlp = new Sequential(new Dense(512, 2048, Ops.Tanh), new Dense(2048, 512, Ops.Tanh), new Dense(512, 1));

    private readonly Module _cnn = new Sequential(
        new Conv2D(3, 32, 3, padding: 1, activation: Ops.Relu), new MaxPool2D(2), new Conv2D(32, 64, 3, padding: 1, activation: Ops.Relu),
        new MaxPool2D(2), new Flatten(), new Dense(64 * 8 * 8, 10));

    private readonly Variable[] _rnn = [.. new[] { 32, Width }.Select(rows => Weights(rows, Width))];
    private readonly Variable[] _attention = [.. Enumerable.Range(0, 4).Select(_ => Weights(Width, Width))];

    /// <param name="x">[batch, 512].</param>
    /// <param name="target">[batch, 1].</param>
    [GraphFunction]
    public Tensor Mlp(Tensor x, Tensor target)
    {
        using var tape = new GradientTape();
        Tensor loss = Ops.Square(_mlp.Call(x) - target).Mean();
        return Learn(tape, loss, _mlp.TrainableVariables);
    }

    /// <param name="x">[batch, 3, 32, 32].</param>
    /// <param name="labels">[batch].</param>
    [GraphFunction]
    public Tensor Cnn(Tensor x, Tensor labels)
    {
        using var tape = new GradientTape();
        Tensor loss = Loss.SparseSoftmaxCrossEntropy(_cnn.Call(x), labels);
        return Learn(tape, loss, _cnn.TrainableVariables);
    }

    /// <param name="rows">[time, batch, 32].</param>
    [GraphFunction]
    public Tensor Rnn(Tensor rows)
    {
        using var tape = new GradientTape();
        Tensor state = Ops.Zeros(128, Width);
        foreach (Tensor row in rows)
            state = Ops.Tanh(row.MatMul(_rnn[0]) + state.MatMul(_rnn[1]));
        return Learn(tape, Ops.Square(state).Mean(), _rnn);
    }

    /// <param name="x">[batch, time, 64].</param>
    [GraphFunction]
    public Tensor Attention(Tensor x)
    {
        using var tape = new GradientTape();
        Tensor query = x.MatMul(_attention[0]), key = x.MatMul(_attention[1]), value = x.MatMul(_attention[2]);
        Tensor weights = Ops.Softmax(query.MatMul(key.Transpose(0, 2, 1)) / 8);
        Tensor y = x + weights.MatMul(value).MatMul(_attention[3]);
        return Learn(tape, Ops.Square(y).Mean(), _attention);
    }

    private static Tensor Learn(GradientTape tape, Tensor loss, IReadOnlyList<Variable> variables)
    {
        Tensor?[] gradients = tape.Gradient(loss, variables);
        for (int i = 0; i < variables.Count; i++) variables[i].AssignSub(gradients[i]! * Rate);
        return loss;
    }

    private static Variable Weights(int rows, int columns) => new(Ops.Full([rows, columns], 0.01));
}
