public static partial class Functional
{
    public static Func<Tensor, Tensor> Then(this Func<Tensor, Tensor> f, Func<Tensor, Tensor> g) => x => g(f(x));

    public static Func<Tensor, Tensor> Repeat(Func<Tensor, Tensor> f, int times) => times == 0 ? x => x : Repeat(f, times - 1).Then(f);

    private static Tensor LeakyHalf(Tensor x)
    {
        if (x < 0)
            return x * 0.5f;
        return x;
    }

    [GraphFunction]
    public static Tensor Chain(Tensor x, int times, bool leaky)
    {
        Func<Tensor, Tensor> f = v => v * 2f - 1f;
        if (leaky)
            f = f.Then(LeakyHalf);
        Tensor calls = 0;
        Tensor Counted(Tensor v)
        {
            calls++;
            if (v > 100f)
                return v / 10f;
            return f(v);
        }
        Tensor y = Repeat(Counted, times)(x);
        return y + calls.Cast(DType.F32) * 1000f;
    }

    [GraphFunction]
    public static Tensor Derivative(Tensor x, int order)
    {
        Func<Tensor, Tensor> f = v => v > 0f ? v * v * v * v : Ops.Sin(v);
        for (int i = 0; i < order; i++)
            f = Differentiate(f);
        return f(x);
    }

    private static Func<Tensor, Tensor> Differentiate(Func<Tensor, Tensor> f) => v =>
    {
        using var tape = new GradientTape();
        tape.Watch(v);
        return tape.Gradient(f(v), v)!;
    };

    [GraphFunction]
    public static (Tensor Min, Tensor At) GoldenSection(Tensor low, Tensor high)
    {
        static Tensor F(Tensor x) => (x - 1.3f) * (x - 1.3f) + 0.5f;
        const float Ratio = 0.618034f;
        for (Tensor k = 0; k < 30 && high - low > 1e-3f; k++)
        {
            Tensor a = high - Ratio * (high - low), b = low + Ratio * (high - low);
            (low, high) = F(a) < F(b) ? (low, b) : (a, high);
        }
        Tensor at = (low + high) / 2f;
        return (F(at), at);
    }
}

public class Scenario
{
    public object? Chain(Random random) => Functional.Chain((float)random.NextDouble() * 60 - 20, random.Next(4), random.Next(2) == 0);

    public object? Derivative(Random random) => Functional.Derivative((float)random.NextDouble() * 4 - 2, random.Next(4));

    public object? Golden(Random random) => Functional.GoldenSection(-random.Next(1, 5), (float)random.Next(2, 6));

    public object? GoldenFloats(Random random) => Functional.GoldenSection(-1f, (float)random.Next(2, 6));
}
