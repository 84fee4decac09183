public readonly record struct Dual(Tensor Value, Tensor Slope)
{
    public static implicit operator Dual(float value) => new(value, 0f);
    public static Dual operator +(Dual a, Dual b) => new(a.Value + b.Value, a.Slope + b.Slope);
    public static Dual operator -(Dual a) => new(-a.Value, -a.Slope);
    public static Dual operator -(Dual a, Dual b) => a + -b;
    public static Dual operator *(Dual a, Dual b) => new(a.Value * b.Value, a.Value * b.Slope + a.Slope * b.Value);
    public static Dual operator /(Dual a, Dual b) => new(a.Value / b.Value, (a.Slope * b.Value - a.Value * b.Slope) / (b.Value * b.Value));
    public static Dual operator ++(Dual a) => a + 1f;
    public static Tensor operator <(Dual a, Dual b) => a.Value < b.Value;
    public static Tensor operator >(Dual a, Dual b) => a.Value > b.Value;
}

public static partial class Duals
{
    private static Dual Abs(Dual x)
    {
        if (x < 0f)
            return -x;
        return x;
    }

    [GraphFunction]
    public static Dual Evaluate(Dual x, int terms)
    {
        Dual sum = 1f, term = 1f;
        for (int i = 1; i <= terms; i++)
        {
            term = term * x / (float)i;
            sum += term;
        }
        return sum;
    }

    [GraphFunction]
    public static (Tensor Root, Dual Last) Newton(Tensor a, Tensor start)
    {
        Dual x = new(start, 1f), f = x * x - new Dual(a, 0f);
        while (Abs(f) > 1e-4f)
        {
            x = new Dual(x.Value - f.Value / f.Slope, 1f);
            f = x * x - new Dual(a, 0f);
        }
        return (x.Value, f);
    }

    [GraphFunction]
    public static Dual Count(Dual x, Tensor limit)
    {
        Dual n = 0f;
        for (; n < x && n.Value < limit; n++)
        {
            if (n.Value == 3f)
                n += new Dual(0.5f, 1f);
        }
        return n;
    }
}

public class Scenario
{
    public object? Evaluate(Random random)
    {
        var (value, slope) = Duals.Evaluate(new((float)random.NextDouble(), 1f), random.Next(1, 6));
        return (value, slope);
    }

    public object? Newton(Random random) => Duals.Newton((float)random.Next(1, 9), 1f).Root;

    public object? Count(Random random) => Duals.Count(new(random.Next(6), 0f), 5f).ToString().Length > 0;

    public object? CountFloat(Random random)
    {
        Dual n = Duals.Count(new((float)random.Next(7), 0f), 5f);
        return (n.Value, n.Slope);
    }
}
