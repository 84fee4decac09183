public readonly record struct Step(Tensor Y, Tensor Error);

public partial class RungeKutta
{
    private static readonly double[][] s_a =
    [
        [], [1.0 / 4], [3.0 / 32, 9.0 / 32], [1932.0 / 2197, -7200.0 / 2197, 7296.0 / 2197],
        [439.0 / 216, -8, 3680.0 / 513, -845.0 / 4104], [-8.0 / 27, 2, -3544.0 / 2565, 1859.0 / 4104, -11.0 / 40],
    ];
    private static readonly double[] s_c = [0, 1.0 / 4, 3.0 / 8, 12.0 / 13, 1, 1.0 / 2];
    private static readonly double[] s_b4 = [25.0 / 216, 0, 1408.0 / 2565, 2197.0 / 4104, -1.0 / 5, 0];
    private static readonly double[] s_b5 = [16.0 / 135, 0, 6656.0 / 12825, 28561.0 / 56430, -9.0 / 50, 2.0 / 55];

    public Func<Tensor, Tensor, Tensor> Field { get; init; } = (t, y) => -y;

    private Step Try(Tensor t, Tensor y, Tensor h)
    {
        var k = new List<Tensor>();
        for (int i = 0; i < s_a.Length; i++)
        {
            Tensor at = y;
            for (int j = 0; j < i; j++)
                at = at + h * s_a[i][j] * k[j];
            k.Add(Field(t + h * s_c[i], at));
        }
        Tensor Combine(double[] b) => b.Zip(k).Select(pair => pair.First * pair.Second).Aggregate((l, r) => l + r);
        Tensor low = Combine(s_b4), high = Combine(s_b5);
        return new(y + h * high, Ops.ReduceMax(Ops.Abs(h * (high - low))));
    }

    [GraphFunction]
    public (Tensor Y, Tensor Accepted, Tensor Rejected) Solve(Tensor y, double end, double tolerance)
    {
        Tensor t = 0.0, h = 0.5, accepted = 0, rejected = 0;
        while (t < end - 1e-9)
        {
            h = Ops.Min(h, end - t);
            Step step = Try(t, y, h);
            if (step.Error > tolerance)
            {
                h = h * 0.5;
                rejected++;
                continue;
            }
            t += h;
            y = step.Y;
            accepted++;
            h = step.Error < tolerance / 32 ? h * 2 : h;
        }
        return (y, accepted, rejected);
    }
}

public static partial class Fields
{
    [GraphFunction]
    public static Tensor Kinked(Tensor t, Tensor y) => t > 1.0 ? -2 * y : y;
}

public class Scenario
{
    private readonly RungeKutta _decay = new();
    private readonly RungeKutta _oscillator = new() { Field = (t, y) => Ops.Stack([y[1], -y[0]]) };
    private readonly RungeKutta _kinked = new() { Field = (t, y) => Fields.Kinked(t, y) };

    public object? Decay(Random random) => _decay.Solve(new[] { random.NextDouble(), 2 }, 2, 1e-4);

    public object? Oscillator(Random random) => _oscillator.Solve(new[] { 1.0, random.NextDouble() }, 3, random.Next(2) == 0 ? 1e-4 : 1e-6);

    public object? Kinked(Random random) => _kinked.Solve(1.0, 2, 1e-4);

    public object? Nothing(Random random) => _decay.Solve(Ops.Zeros(2).Cast(DType.F64), 0, 1e-4);

    public (int, int) Traces() => (GraphFunction.Of(_decay.Solve).TraceCount, 2);
}
