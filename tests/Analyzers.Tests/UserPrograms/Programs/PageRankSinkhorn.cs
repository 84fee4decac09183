public static partial class Matrices
{
    public static Tensor Iterate(Tensor start, Func<Tensor, Tensor> step, Func<Tensor, Tensor, Tensor> done, int most)
    {
        Tensor x = start;
        for (int i = 0; i < most; i++)
        {
            Tensor next = step(x);
            bool last = i == most - 1;
            if (done(x, next) || last)
                return next;
            x = next;
        }
        return x;
    }

    private static Tensor Close(Tensor a, Tensor b) => Ops.Sum(Ops.Abs(a - b)) < 1e-4f;

    [GraphFunction]
    public static Tensor PageRank(Tensor links, float damping = 0.85f)
    {
        Tensor n = Ops.Size(links).Cast(DType.F32);
        Tensor weights = links / Ops.Max(Ops.Sum(links, [0], keep: true), 1f);
        return Iterate(Ops.Sum(links, [0]) * 0f + 1f / n, r => (1 - damping) / n + damping * Ops.Sum(weights * r[Tensor.NewAxis, ..], [1]), Close, 20);
    }

    [GraphFunction]
    public static (Tensor Plan, Tensor Cost) Sinkhorn(Tensor cost, Tensor a, Tensor b, float epsilon)
    {
        Tensor kernel = Ops.Exp(-cost / epsilon), u = Ops.OnesLike(a), v = Ops.OnesLike(b), error = 1f;
        int count = 0;
        for (Tensor i = 0; i < 50 && error > 1e-4f; i++)
        {
            Tensor before = u;
            u = a / Ops.Sum(kernel * v[Tensor.NewAxis, ..], [1]);
            v = b / Ops.Sum(kernel * u[.., Tensor.NewAxis], [0]);
            error = Ops.ReduceMax(Ops.Abs(u - before));
        }
        Tensor plan = u[.., Tensor.NewAxis] * kernel * v[Tensor.NewAxis, ..];
        return (plan, Ops.Sum(plan * cost) + count);
    }
}

public class Scenario
{
    public object? Rank(Random random)
    {
        int n = random.Next(2, 5);
        return Matrices.PageRank(Ops.Reshape((float[])[.. Enumerable.Range(0, n * n).Select(_ => (float)random.Next(2))], n, n));
    }

    public object? Transport(Random random) =>
        Matrices.Sinkhorn(new[,] { { 0f, 1f }, { 1f, (float)random.NextDouble() } }, new[] { 0.5f, 0.5f }, new[] { 0.3f, 0.7f }, random.Next(2) == 0 ? 0.5f : 1f);

    public object? Nothing(Random random) => Matrices.PageRank(Ops.Zeros(2, 2), damping: 0.5f);
}
