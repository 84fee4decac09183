public struct Belief
{
    public Tensor Mean;
    public Tensor Variance { get; set; }

    public readonly void Deconstruct(out Tensor mean, out Tensor variance) => (mean, variance) = (Mean, Variance);

    public override readonly string ToString() => $"{Mean} ± {Variance}";
}

public partial class Kalman
{
    public Belief Belief { get; private set; } = new() { Mean = 0f, Variance = 1f };

    public float Drift { get; set; } = 0.1f;

    private Belief Predict(Belief belief) => belief with { Variance = belief.Variance + Drift };

    private static Tensor Correct(ref Belief belief, Tensor measured, Tensor noise)
    {
        var (mean, variance) = belief;
        Tensor gain = variance / (variance + noise);
        belief.Mean = mean + gain * (measured - mean);
        belief.Variance = (1f - gain) * variance;
        return gain;
    }

    [GraphFunction]
    private (Belief, Tensor Skipped) Filter(Tensor measurements, Belief belief, Tensor noise, Tensor gate)
    {
        Tensor skipped = 0;
        foreach (Tensor m in measurements)
        {
            belief = Predict(belief);
            if (Ops.IsNan(m) || Ops.Abs(m - belief.Mean) > gate)
            {
                skipped++;
                continue;
            }
            Correct(ref belief, m, noise);
        }
        return (belief, skipped);
    }

    public Tensor Filter(float[] measurements, float noise)
    {
        (Belief, Tensor skipped) = Filter(measurements, Belief, noise, 3f);
        return skipped;
    }

    [GraphFunction]
    public static Belief Merge(Belief a, Belief b)
    {
        Belief result = a;
        if (b.Variance < a.Variance)
            result = b;
        else if (b.Variance <= a.Variance)
            result.Mean = (a.Mean + b.Mean) / 2;
        return result;
    }
}

public class Scenario
{
    private readonly Kalman _filter = new();

    public object? Filter(Random random) =>
        _filter.Filter((float[])[.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(4) == 0 ? float.NaN : (float)random.NextDouble() * 4)], 0.5f);

    public object? Change(Random random) => _filter.Drift = random.Next(2) * 0.2f;

    public object? Merge(Random random) => Kalman.Merge(_filter.Belief, new() { Mean = 2f, Variance = (float)random.NextDouble() }).ToString();

    public object? Same(Random random) => Kalman.Merge(_filter.Belief, _filter.Belief).Mean;

    public object? State() => _filter.Belief.ToString();
}
