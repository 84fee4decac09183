public delegate Tensor Operator(Tensor x);

public static partial class Solvers
{
    private static Tensor Dot(Tensor a, Tensor b) => Ops.Sum(a * b);

    [GraphFunction]
    public static Tensor ConjugateGradient(Tensor a, Tensor b)
    {
        Operator apply = v => Ops.MatMul(a, v[.., Tensor.NewAxis])[.., 0];
        Tensor x = Ops.ZerosLike(b), r = b - apply(x), p = r, rr = Dot(r, r);
        for (Tensor k = 0; k < 25; k++)
        {
            if (rr < 1e-8f)
                break;
            Tensor ap = apply(p), alpha = rr / Dot(p, ap);
            x += alpha * p;
            r -= alpha * ap;
            (Tensor old, rr) = (rr, Dot(r, r));
            p = r + rr / old * p;
        }
        return x;
    }

    [GraphFunction]
    public static (Tensor Value, Tensor Vector) PowerIteration(Tensor a, int iterations = 30, float tolerance = 1e-5f)
    {
        Tensor v = Ops.Ones(a.Shape[0].Value) / MathF.Sqrt(a.Shape[0].Value), value = 0f;
        for (int i = 0; i < iterations; i++)
        {
            Tensor next = Ops.MatMul(a, v[.., Tensor.NewAxis])[.., 0];
            Tensor norm = Ops.Sqrt(Dot(next, next));
            if (norm == 0f)
                return (norm, v);
            Tensor change = Ops.Abs(norm - value);
            (v, value) = (next / norm, norm);
            if (change < tolerance)
                break;
        }
        return (value, v);
    }

    [GraphFunction]
    public static Tensor Newton(Tensor a, Tensor start)
    {
        Tensor x = start;
        Tensor d;
        do
        {
            d = (x * x - a) / (2f * x);
            x = x - d;
        }
        while (Ops.ReduceMax(Ops.Abs(d)) > 1e-5f);
        return x;
    }

    [GraphFunction]
    public static Tensor LineSearch(Tensor x, Func<Tensor, Tensor> f)
    {
        for (int outer = 0; outer < 3; outer++)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor value = f(x);
            Tensor g = tape.Gradient(value, x)!;
            Tensor step = 1f;
            while (true)
            {
                if (f(x - step * g) <= value - 0.5f * step * Dot(g, g))
                    break;
                step = step / 2;
                if (step < 1e-6f)
                {
                    step = Ops.ZerosLike(step);
                    break;
                }
            }
            x = x - step * g;
        }
        return x;
    }
}

public class Scenario
{
    private static readonly Func<Tensor, Tensor> s_bowl = x => Ops.Sum(x * x * new[] { 1f, 4f }), s_quartic = x => Ops.Sum(x * x * x * x);

    private static Tensor Matrix(Random random, int n)
    {
        Tensor m = Ops.Reshape((float[])[.. Enumerable.Range(0, n * n).Select(_ => (float)random.NextDouble())], n, n);
        return m.MatMul(m.Transpose(1, 0)) + Ops.Reshape((float[])[.. Enumerable.Range(0, n * n).Select(i => i % (n + 1) == 0 ? 1f : 0f)], n, n);
    }

    public object? Solve(Random random)
    {
        int n = random.Next(1, 4);
        return Solvers.ConjugateGradient(Matrix(random, n), Ops.Ones(n));
    }

    public object? Largest(Random random) => Solvers.PowerIteration(Matrix(random, random.Next(2, 4)));

    public object? Zero(Random random) => Solvers.PowerIteration(Ops.Zeros(3, 3), iterations: 5);

    public object? Roots(Random random) => Solvers.Newton(new[] { 2f, 9f, (float)random.Next(1, 100) }, Ops.Ones(3));

    public object? Bowl(Random random) => Solvers.LineSearch(new[] { random.Next(5) - 2f, 1f }, s_bowl);

    public object? Quartic(Random random) => Solvers.LineSearch(new[] { 0.5f, random.Next(3) }, s_quartic);
}
