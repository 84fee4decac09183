public record LstmState(Tensor H, Tensor C);

public interface ICell<TState>
{
    TState Start(int batch);
    (Tensor Output, TState Next) Step(Tensor x, TState state);
}

public sealed partial class LstmCell(int inputs, int units, int seed) : ICell<LstmState>
{
    private readonly Variable _kernel = new(Init(inputs + units, 4 * units, seed), "kernel");
    private readonly Variable _bias = new(Ops.Zeros(4 * units), "bias");

    public Variable[] Variables => [_kernel, _bias];

    private static Tensor Init(int rows, int columns, int seed) =>
        Ops.Reshape((float[])[.. Enumerable.Range(0, rows * columns).Select(i => 0.3f * MathF.Cos(i * 0.9f + seed))], rows, columns);

    public LstmState Start(int batch) => new(Ops.Zeros(batch, units), Ops.Zeros(batch, units));

    public (Tensor Output, LstmState Next) Step(Tensor x, LstmState state)
    {
        Tensor all = Ops.Concat([x, state.H], 1).MatMul(_kernel) + _bias;
        Tensor Gate(int i) => all[.., (i * units)..((i + 1) * units)];
        var (input, forget, cell, output) = (Ops.Sigmoid(Gate(0)), Ops.Sigmoid(Gate(1) + 1f), Ops.Tanh(Gate(2)), Ops.Sigmoid(Gate(3)));
        Tensor c = forget * state.C + input * cell;
        Tensor h = output * Ops.Tanh(c);
        return (h, new LstmState(h, c));
    }
}

public sealed partial class Stacked
{
    private readonly LstmCell[] _cells = [new(2, 3, 1), new(3, 3, 2)];

    public IReadOnlyList<Variable> Variables => [.. _cells.SelectMany(c => c.Variables)];

    [GraphFunction]
    public Tensor Run(Tensor sequence, Tensor mask)
    {
        LstmState[] states = [.. _cells.Select(c => c.Start(1))];
        Tensor last = Ops.Zeros(1, 3);
        for (Tensor t = 0L; t < Ops.Size(sequence); t++)
        {
            if (mask[t] == 0)
                continue;
            Tensor x = sequence[t];
            for (int i = 0; i < _cells.Length; i++)
                (x, states[i]) = _cells[i].Step(x, states[i]);
            last = x;
        }
        return last;
    }

    [GraphFunction]
    public Tensor Train(Tensor sequence, Tensor mask, Tensor target)
    {
        using var tape = new GradientTape();
        Tensor loss = Ops.Sum(Ops.Square(Run(sequence, mask) - target));
        foreach (var (v, g) in Variables.Zip(tape.Gradient(loss, Variables)))
            v.AssignSub(0.1f * (g ?? Ops.ZerosLike(v)));
        return loss;
    }
}

public class Scenario
{
    private readonly Stacked _net = new();

    private static (Tensor, Tensor) Sequence(Random random)
    {
        int n = random.Next(1, 5);
        return (Ops.Reshape((float[])[.. Enumerable.Range(0, n * 2).Select(_ => (float)random.NextDouble())], n, 1, 2), (int[])[.. Enumerable.Range(0, n).Select(_ => random.Next(2))]);
    }

    public object? Run(Random random)
    {
        var (x, mask) = Sequence(random);
        return _net.Run(x, mask);
    }

    public object? Train(Random random)
    {
        var (x, mask) = Sequence(random);
        return _net.Train(x, mask, Ops.Ones(1, 3));
    }

    public object? State() => _net.Variables;
}
