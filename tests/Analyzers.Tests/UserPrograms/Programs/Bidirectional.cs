public abstract partial class Cell
{
    public abstract int Units { get; }
    public abstract Tensor Next(Tensor x, Tensor h);

    public virtual Tensor Clip(Tensor h)
    {
        if (Ops.ReduceMax(Ops.Abs(h)) > 0.9f)
            return h * 0.5f;
        return h;
    }
}

public sealed partial class Gru(int units, float scale) : Cell
{
    public override int Units => units;

    private Tensor Mix(Tensor x, Tensor h, float bias) => Ops.Sigmoid(x * scale + h * bias);

    public override Tensor Next(Tensor x, Tensor h)
    {
        Tensor update = Mix(x, h, 0.3f), reset = Mix(x, h, -0.7f);
        return (1f - update) * h + update * Ops.Tanh(x + reset * h * scale);
    }
}

public sealed partial class Vanilla(int units) : Cell
{
    public override int Units => units;
    public override Tensor Next(Tensor x, Tensor h) => Ops.Tanh(x * 2f + h);
    public override Tensor Clip(Tensor h) => base.Clip(h * 1.01f);
}

public partial class Encoder
{
    public required Cell Forward { get; init; }
    public required Cell Backward { get; init; }

    private static Tensor Walk(Cell cell, Tensor sequence, out Tensor final)
    {
        var all = new TensorArray();
        Tensor h = Ops.Zeros(cell.Units);
        foreach (Tensor x in sequence)
        {
            h = cell.Clip(cell.Next(x, h));
            all.Add(h);
        }
        final = h;
        return all.Stack();
    }

    [GraphFunction]
    public (Tensor Outputs, Tensor[] Finals) Encode(Tensor sequence)
    {
        Tensor there = Walk(Forward, sequence, out Tensor a);
        Tensor back = Walk(Backward, Ops.Reverse(sequence, 0), out var b);
        return (Ops.Concat([there, Ops.Reverse(back, 0)], 1), [a, b]);
    }
}

public class Scenario
{
    private readonly Encoder _one = new() { Forward = new Gru(3, 1.1f), Backward = new Vanilla(3) };
    private readonly Encoder _two = new() { Forward = new Vanilla(3), Backward = new Vanilla(3) };

    private static Tensor Sequence(Random random, int n) =>
        Ops.Reshape((float[])[.. Enumerable.Range(0, n * 3).Select(_ => (float)random.NextDouble() * 2 - 1)], n, 3);

    public object? One(Random random) => _one.Encode(Sequence(random, random.Next(1, 6)));

    public object? Two(Random random) => _two.Encode(Sequence(random, 4));

    public object? Sliced(Random random) => _one.Encode(Sequence(random, 5)[1..^1]);

    public (int, int) Traces() => (GraphFunction.Of(_one.Encode).TraceCount, 2);
}
