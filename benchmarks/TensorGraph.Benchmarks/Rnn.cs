namespace TensorGraph.Benchmarks;

/// <summary>A recurrent network, 32 → 64, over the rows of its input: one loop of the graph, differentiated, with gradient descent.</summary>
public partial class Rnn
{
    private const float Rate = 0.01f;

    private readonly Variable _input = new(Ops.Full([32, 64], 0.01));
    private readonly Variable _state = new(Ops.Full([64, 64], 0.01));
    private readonly Variable _bias = new(Ops.Zeros(64));

    /// <param name="rows">[turns, batch, 32].</param>
    [GraphFunction]
    public Tensor Step(Tensor rows)
    {
        using var tape = new GradientTape();
        Tensor state = Ops.Zeros(16, 64);
        foreach (Tensor row in rows)
            state = Next(state, row);
        return Learn(tape, state);
    }

    /// <param name="rows">[turns, batch, 32].</param>
    [GraphFunction]
    public Tensor StepByScan(Tensor rows)
    {
        using var tape = new GradientTape();
        var (state, _) = Ops.Scan(Ops.Zeros(16, 64), rows, (before, row) => (Next(before, row), default(ValueTuple)));
        return Learn(tape, state);
    }

    private Tensor Next(Tensor state, Tensor row) => Ops.Tanh(row.MatMul(_input) + state.MatMul(_state) + _bias);

    private Tensor Learn(GradientTape tape, Tensor state)
    {
        Tensor loss = (state * state).Mean();
        Tensor?[] gradients = tape.Gradient(loss, [_input, _state, _bias]);
        _input.AssignSub(gradients[0]! * Rate);
        _state.AssignSub(gradients[1]! * Rate);
        _bias.AssignSub(gradients[2]! * Rate);
        return loss;
    }
}
