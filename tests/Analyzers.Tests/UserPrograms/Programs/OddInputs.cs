public static partial class Odd
{
    [GraphFunction]
    public static (Tensor Sum, Tensor Count, Tensor Max) Statistics(Tensor x)
    {
        Tensor sum = Ops.Sum(x), count = 0, max = float.NegativeInfinity;
        foreach (Tensor v in x)
        {
            if (Ops.IsNan(v))
                continue;
            count++;
            if (v > max)
                max = v;
        }
        return (sum, count, max);
    }

    [GraphFunction]
    public static Tensor Branch(Tensor x)
    {
        if (x > 0)
            return x * 2;
        else if (x == 0)
            return x + 1;
        return -x;
    }

    [GraphFunction]
    public static Tensor Broadcast(Tensor a, Tensor b)
    {
        Tensor c = a + b;
        for (Tensor i = 0; i < 2; i++)
            c = c * a - b;
        return Ops.Sum(c);
    }

    [GraphFunction]
    public static Tensor Softened(Tensor x, Tensor? mask = null)
    {
        Tensor y = mask is null ? x : Ops.Where(mask, x, float.NegativeInfinity);
        return Ops.Softmax(y);
    }
}

public class Scenario
{
    public object? Empty(Random random) => Odd.Statistics(Ops.Zeros(0));

    public object? WithNan(Random random) => Odd.Statistics(new[] { 1f, float.NaN, random.Next(9) });

    public object? Infinite(Random random) => Odd.Statistics(new[] { float.NegativeInfinity, float.PositiveInfinity });

    public object? Scalar(Random random) => Odd.Statistics(1f);

    public object? Integers(Random random) => Odd.Statistics(new[] { 1, 2 });

    public object? Kinds(Random random) =>
        Odd.Branch(random.Next(6) switch { 0 => 1, 1 => 0L, 2 => -2.5f, 3 => 1e300, 4 => float.NaN, _ => Ops.Zeros(1, 1) });

    public object? Text(Random random) => Odd.Branch("text");

    public object? Bool(Random random) => Odd.Branch(true);

    public object? Ones(Random random) => Odd.Broadcast(Ops.Ones(1, random.Next(1, 3)), Ops.Ones(random.Next(1, 3), 1));

    public object? Mismatch(Random random) => Odd.Broadcast(Ops.Ones(2), Ops.Ones(random.Next(2, 4)));

    public object? EmptyBroadcast(Random random) => Odd.Broadcast(Ops.Ones(0, 2), Ops.Ones(1, 1));

    public object? Softmax(Random random) => Odd.Softened(Ops.Ones(random.Next(3)));

    public object? Masked(Random random) => Odd.Softened(new[] { 1f, 2 }, new[] { false, random.Next(2) == 0 });

    public object? Null(Random random) => Odd.Branch(null!);
}
