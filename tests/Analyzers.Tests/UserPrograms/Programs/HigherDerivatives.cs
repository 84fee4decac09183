public static partial class Physics
{
    private static Tensor Potential(Tensor q)
    {
        Tensor r = Ops.Sqrt(Ops.Sum(q * q));
        if (r < 1f)
            return r * r;
        return 2f * r - 1f;
    }

    [GraphFunction]
    public static Tensor Force(Tensor q)
    {
        using var tape = new GradientTape();
        tape.Watch(q);
        return -tape.Gradient(Potential(q), q)!;
    }

    [GraphFunction]
    public static (Tensor Q, Tensor P) Leapfrog(Tensor q, Tensor p, Tensor step, Tensor count)
    {
        for (Tensor i = 0; i < count; i++)
        {
            p += Force(q) * (step / 2f);
            q += p * step;
            p += Force(q) * (step / 2f);
        }
        return (q, p);
    }

    [GraphFunction]
    public static Tensor Hessian(Tensor q)
    {
        using var outer = new GradientTape(persistent: true);
        outer.Watch(q);
        Tensor force = Force(q);
        var rows = new List<Tensor>();
        for (int i = 0; i < (int)q.Shape[0].Value; i++)
            rows.Add(outer.Gradient(force[i], q) ?? Ops.ZerosLike(q));
        return Ops.Stack(rows);
    }

    [GraphFunction]
    public static Tensor Sensitivity(Tensor q, Tensor step)
    {
        using var tape = new GradientTape();
        tape.Watch(step);
        var (end, _) = Leapfrog(q, Ops.ZerosLike(q), step, 3);
        return tape.Gradient(Ops.Sum(end), step)!;
    }
}

public class Scenario
{
    private static Tensor Point(Random random) => new[] { (float)random.NextDouble() * 2, (float)random.NextDouble() };

    public object? Force(Random random) => Physics.Force(Point(random));

    public object? Fly(Random random) => Physics.Leapfrog(Point(random), Ops.Zeros(2), 0.1f, random.Next(5));

    public object? Hessian(Random random) => Physics.Hessian(Point(random));

    public object? Sensitivity(Random random) => Physics.Sensitivity(Point(random), 0.2f);
}
