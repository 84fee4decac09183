public static partial class Alignment
{
    [GraphFunction]
    public static Tensor TimeWarp(Tensor a, Tensor b)
    {
        int n = (int)b.Shape[0].Value;
        Tensor row = Ops.Zeros(n + 1) + 1e9f;
        row = row.At(0).Set(0f);
        foreach (Tensor x in a)
        {
            Tensor next = Ops.Zeros(n + 1) + 1e9f;
            for (int j = 0; j < n; j++)
                next = next.At(j + 1).Set(Ops.Abs(x - b[j]) + Ops.Min(Ops.Min(row[j + 1], next[j]), row[j]));
            row = next;
        }
        return row[n];
    }

    [GraphFunction]
    public static Tensor EditDistance(Tensor a, Tensor b)
    {
        var previous = new List<Tensor>();
        int n = (int)b.Shape[0].Value;
        for (int j = 0; j <= n; j++)
            previous.Add(j);
        foreach (Tensor x in a)
        {
            Tensor diagonal = previous[0];
            previous[0] = previous[0] + 1;
            for (int j = 1; j <= n; j++)
            {
                Tensor above = previous[j];
                if (Ops.Equal(x, b[j - 1]))
                    previous[j] = diagonal;
                else
                    previous[j] = 1 + Ops.Min(Ops.Min(diagonal, above), previous[j - 1]);
                diagonal = above;
            }
        }
        return previous[^1];
    }

    [GraphFunction]
    public static Tensor Knapsack(Tensor weights, Tensor values, int capacity)
    {
        Tensor best = Ops.Zeros(capacity + 1).Cast(DType.I32);
        for (Tensor i = 0L; i < Ops.Size(weights); i++)
        {
            for (Tensor c = capacity; c >= weights[i]; c--)
            {
                Tensor with = best[c - weights[i]] + values[i];
                if (with > best[c])
                    best = best.At(c).Set(with);
            }
        }
        return best[capacity];
    }
}

public class Scenario
{
    private static Tensor Floats(Random random) => (float[])[.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (float)random.Next(5))];

    private static Tensor Numbers(Random random, int n) => (int[])[.. Enumerable.Range(0, n).Select(_ => random.Next(1, 5))];

    public object? Warp(Random random) => Alignment.TimeWarp(Floats(random), Floats(random));

    public object? Edit(Random random) => Alignment.EditDistance(Numbers(random, random.Next(1, 5)), Numbers(random, random.Next(1, 5)));

    public object? Pack(Random random)
    {
        int n = random.Next(1, 4);
        return Alignment.Knapsack(Numbers(random, n), Numbers(random, n), random.Next(3, 5));
    }
}
