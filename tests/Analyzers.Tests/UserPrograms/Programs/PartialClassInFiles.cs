public partial class Trainer
{
    private readonly Variable _weight = new(1f);
    private float _rate = 0.1f;

    public partial Tensor Step(Tensor x);

    public Variable Weight => _weight;

    partial void OnStepped(Tensor loss);
}
// file
internal static class Maths
{
    public static Tensor Square(Tensor x) => x * x;
}

public partial class Trainer
{
    [GraphFunction]
    public partial Tensor Step(Tensor x)
    {
        using var tape = new GradientTape();
        Tensor loss = Ops.Mean(Maths.Square(_weight * x - 3f));
        Tensor gradient = tape.Gradient(loss, _weight)!;
        if (Ops.Abs(gradient) > Limit)
            gradient = Ops.Sign(gradient) * Limit;
        _weight.AssignSub(_rate * gradient);
        OnStepped(loss);
        return loss;
    }

    public float Limit
    {
        get;
        set => field = Math.Max(value, 0.1f);
    } = 1f;
}
// file
public partial class Trainer
{
    public List<string> Losses { get; } = [];

    partial void OnStepped(Tensor loss) => Ops.HostCall((Tensor l) => Losses.Add($"{l.ToDouble():f3}"), loss);

    public void Decay() => _rate *= 0.9f;
}

public class Scenario
{
    private readonly Trainer _trainer = new();

    public object? Step(Random random) =>
        _trainer.Step((float[])[.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (float)random.NextDouble() * 2)]);

    public object? Decay(Random random)
    {
        _trainer.Decay();
        return null;
    }

    public object? Limit(Random random) => _trainer.Limit = random.Next(3);

    public object? State() => (_trainer.Weight, string.Join(" ", _trainer.Losses));
}
