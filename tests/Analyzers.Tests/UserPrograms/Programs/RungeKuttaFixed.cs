public static partial class Integrators
{
    private static Tensor Slope(Tensor t, Tensor y) => y > 0.5f ? -y : t - y;

    [GraphFunction]
    public static Tensor Rk4(Tensor y, float h, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            float t = i * h;
            Tensor k1 = Slope(t, y), k2 = Slope(t + h / 2, y + h / 2 * k1), k3 = Slope(t + h / 2, y + h / 2 * k2), k4 = Slope(t + h, y + h * k3);
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
            if (y < 0.01f)
                return y;
        }
        return y;
    }

    [GraphFunction]
    public static Tensor Collatz(Tensor n)
    {
        Tensor steps = 0;
        while (n != 1)
        {
            n = n % 2 == 0 ? n / 2 : 3 * n + 1;
            steps++;
        }
        return steps;
    }

    [GraphFunction]
    public static Tensor Clipped(Tensor x, Tensor limit)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor loss = Ops.Sum(x * x * x);
        Tensor g = tape.Gradient(loss, x)!;
        Tensor norm = Ops.Sqrt(Ops.Sum(g * g));
        if (norm > limit)
            g = g * limit / norm;
        return g;
    }

    [GraphFunction]
    public static Tensor Power(Tensor x, int n) => n switch
    {
        0 => Ops.OnesLike(x),
        < 0 => 1f / Power(x, -n),
        _ when n % 2 == 0 => Power(x * x, n / 2),
        _ => x * Power(x, n - 1),
    };
}

public class Scenario
{
    public object? Rk4(Random random) => Integrators.Rk4((float)random.NextDouble(), 0.25f, random.Next(6));

    public object? Collatz(Random random) => Integrators.Collatz(random.Next(1, 30));

    public object? CollatzLong(Random random) => Integrators.Collatz((long)random.Next(1, 30));

    public object? Clipped(Random random) => Integrators.Clipped((float[])[.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (float)random.NextDouble())], 1f);

    public object? Power(Random random) => Integrators.Power((float)random.NextDouble() + 0.5f, random.Next(-3, 6));
}
