public static partial class Shaped
{
    private static Tensor Flat(Tensor x) => x.Reshape(-1);

    [GraphFunction]
    public static Tensor Norm(Tensor x) => x.Rank switch
    {
        0 => Ops.Abs(x),
        1 => Ops.Sqrt(Ops.Sum(x * x)),
        2 when x.Shape[0] == x.Shape[1] => Ops.Sum(Ops.Abs(x)) * 10f,
        2 when x.Shape[0].Value == 1 => Norm(x[0]),
        2 => Ops.ReduceMax(Ops.Sum(Ops.Abs(x), [1])),
        _ => Norm(Flat(x)),
    };

    [GraphFunction]
    public static Tensor Combine(Tensor a, Tensor b)
    {
        switch (a.Shape, b.Shape)
        {
            case ({ Rank: 1 }, { Rank: 1 }) when a.Shape == b.Shape:
                return Ops.Sum(a * b);
            case ({ Rank: 2 } left, { Rank: 1 } right) when left[1] == right[0]:
                return Ops.Sum(a * b, [1]);
            case (_, { Rank: 0 }):
                if (b == 0f)
                    return Ops.ZerosLike(a);
                return a / b;
            default:
                throw new ArgumentException($"no product of {a.Rank} and {b.Rank} axes");
        }
    }

    [GraphFunction]
    public static (Tensor Result, Tensor Kind) Describe(object? value)
    {
        (Tensor result, string kind) = value switch
        {
            null => ((Tensor)0f, "nothing"),
            int i and > 3 => ((Tensor)(float)i, "large"),
            int or long => (1f, "small"),
            string { Length: > 2 } s => (s.Length, s),
            _ => (2f, value.GetType().Name),
        };
        return (result * 2, kind);
    }

    [GraphFunction]
    public static Tensor Middle(Tensor x)
    {
        Dim n = x.Shape[0];
        int half = (int)(n.Value / 2);
        return n.Value % 2 == 0 ? (x[half - 1] + x[half]) / 2 : x[half];
    }
}

public class Scenario
{
    private static Tensor Any(Random random)
    {
        int rank = random.Next(4);
        long[] sizes = [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(1, 4))];
        return Ops.Full(new Shape(sizes), random.NextDouble() - 0.3);
    }

    public object? Norm(Random random) => Shaped.Norm(Any(random));

    public object? Combine(Random random) => Shaped.Combine(Any(random), Any(random));

    public object? Squares(Random random) => Shaped.Norm(Ops.Ones(random.Next(1, 4), random.Next(1, 4)));

    public object? Middle(Random random) => Shaped.Middle(Ops.Iota(random.Next(1, 6)));

    public object? Describe(Random random) => Shaped.Describe(random.Next(5) switch { 0 => null, 1 => 7, 2 => 2L, 3 => "abcd", _ => 'x' });
}
