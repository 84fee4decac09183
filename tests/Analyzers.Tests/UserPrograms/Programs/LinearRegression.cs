public partial class Line
{
    public Variable W { get; } = new(Ops.Zeros(3, 1), "w");
    public Variable B { get; } = new(0f, "b");

    public Tensor Predict(Tensor x) => x.MatMul(W) + B;

    [GraphFunction]
    public (Tensor Loss, Tensor Norm) Step(Tensor x, Tensor y, float rate = 0.1f)
    {
        using var tape = new GradientTape();
        Tensor loss = Ops.Mean(Ops.Square(Predict(x) - y));
        Tensor?[] gradients = tape.Gradient(loss, [W, B]);
        Tensor norm = Ops.Sqrt(Ops.Sum(gradients[0]! * gradients[0]!) + gradients[1]! * gradients[1]!);
        Tensor scale = norm > 1f ? 1f / norm : 1f;
        W.AssignSub(gradients[0]! * scale * rate);
        B.AssignSub(gradients[1]! * scale * rate);
        return (loss, norm);
    }

    [GraphFunction]
    public Tensor Fit(Tensor x, Tensor y, Tensor patience)
    {
        Tensor best = float.MaxValue, bad = 0, epoch = 0;
        while (epoch < 40)
        {
            (Tensor loss, _) = Step(x, y);
            epoch++;
            if (loss < best - 1e-4f)
            {
                best = loss;
                bad = 0;
                continue;
            }
            bad++;
            if (bad >= patience)
                break;
        }
        return epoch;
    }
}

public class Scenario
{
    private readonly Line _line = new();

    private static (Tensor X, Tensor Y) Data(Random random, int n)
    {
        float[] xs = [.. Enumerable.Range(0, n * 3).Select(_ => (float)random.NextDouble())];
        Tensor x = Ops.Reshape(xs, n, 3);
        return (x, x.MatMul(new float[,] { { 1 }, { -2 }, { 3 } }) + 0.5f);
    }

    public object? Train(Random random)
    {
        var (x, y) = Data(random, 8);
        return _line.Step(x, y);
    }

    public object? OtherBatch(Random random)
    {
        var (x, y) = Data(random, random.Next(1, 6));
        return _line.Step(x, y, rate: 0.05f);
    }

    public object? Early(Random random)
    {
        var (x, y) = Data(random, 8);
        return _line.Fit(x, y, random.Next(1, 4));
    }

    public object? State() => (_line.W, _line.B);

    public (int, int) Traces() => (GraphFunction.Of(_line.Step).TraceCount, 4);
}
