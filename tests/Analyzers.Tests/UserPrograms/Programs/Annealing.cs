public sealed partial class Annealer
{
    private readonly RandomGenerator _random = new(42);
    private readonly Random _host = new(7);

    public Variable Best { get; } = new(10f);

    public Variable At { get; } = new(10f);

    private static Tensor Energy(Tensor x) => x * x * 0.1f + 2f * Ops.Sin(3f * x);

    private Tensor Propose(Tensor heat) => At.Value + heat * _random.Normal(Shape.Scalar);

    [GraphFunction]
    public Tensor Cool(Tensor heat, float rate)
    {
        Tensor accepted = 0;
        while (heat > 0.1f)
        {
            Tensor next = Propose(heat), delta = Energy(next) - Energy(At);
            if (delta < 0f || _random.Uniform(Shape.Scalar) < Ops.Exp(-delta / heat))
            {
                At.Assign(next);
                accepted++;
                if (Energy(At) < Energy(Best))
                    Best.Assign(At);
            }
            heat *= rate;
        }
        return accepted;
    }

    public Tensor Restart(int seed)
    {
        _random.SetSeed(seed);
        At.Assign((float)_host.NextDouble());
        return Cool(1f, 0.8f);
    }
}

public class Scenario
{
    private readonly Annealer _annealer = new();

    public object? Cool(Random random) => _annealer.Cool((float)random.NextDouble() * 2, 0.9f);

    public object? Restart(Random random) => _annealer.Restart(random.Next());

    public object? State() => (_annealer.At, _annealer.Best);
}
