public record struct Moments(Tensor First, Tensor Second, Tensor Step);

public static partial class Adam2
{
    private const double Beta1 = 0.9, Beta2 = 0.99;

    [GraphFunction]
    public static (Tensor Position, Moments State) Update(Tensor position, Moments state, Tensor rate)
    {
        using var tape = new GradientTape();
        tape.Watch(position);
        Tensor value = Rosenbrock(position[0], position[1]);
        Tensor gradient = tape.Gradient(value, position)!;
        state.Step++;
        state = state with
        {
            First = Beta1 * state.First + (1 - Beta1) * gradient,
            Second = Beta2 * state.Second + (1 - Beta2) * gradient * gradient,
        };
        Tensor t = state.Step.Cast(DType.F32);
        Tensor first = state.First / (1f - Ops.Pow((Tensor)(float)Beta1, t)), second = state.Second / (1f - Ops.Pow((Tensor)(float)Beta2, t));
        return (position - rate * first / (Ops.Sqrt(second) + 1e-6f), state);
    }

    [GraphFunction]
    public static (Tensor, Moments) Minimise(Tensor position, Moments state, int most, Tensor tolerance)
    {
        for (Tensor i = 0; i < most; i++)
        {
            Tensor before = position;
            (position, state) = Update(position, state, 0.05f);
            if (Ops.ReduceMax(Ops.Abs(before - position)) < tolerance)
                break;
        }
        return (position, state);
    }

    private static Tensor Rosenbrock(Tensor x, Tensor y)
    {
        Tensor a = 1f - x, b = y - x * x;
        return a * a + 10f * b * b;
    }
}

public class Scenario
{
    private Tensor _at = new[] { -1f, 1.5f };
    private Moments _moments = new(Ops.Zeros(2), Ops.Zeros(2), 0);

    public object? One(Random random)
    {
        (_at, _moments) = Adam2.Update(_at, _moments, 0.1f);
        return _moments.Step;
    }

    public object? Many(Random random)
    {
        (_at, _moments) = Adam2.Minimise(_at, _moments, random.Next(1, 3) * 4, 1e-3f);
        return (int)_moments.Step;
    }

    public object? Restart(Random random)
    {
        _moments = _moments with { Step = 0 };
        return null;
    }

    public object? State() => (_at, _moments.First, _moments.Second, _moments.Step);

    public (int, int) Traces() => (GraphFunction.Of(Adam2.Update).TraceCount, 1);
}
