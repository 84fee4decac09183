public enum Kind { Constant, Step, Cosine }

public readonly record struct Schedule(Kind Kind, float Start, int Period = 3)
{
    public Tensor At(Tensor step) => Kind switch
    {
        Kind.Constant => Start,
        Kind.Step => Start * Ops.Pow((Tensor)0.5f, (step / Period).Cast(DType.F32)),
        Kind.Cosine when Period > 0 => Start * 0.5f * (1f + Ops.Cos(step.Cast(DType.F32) / Period)),
        _ => throw new InvalidOperationException($"no such schedule: {Kind}"),
    };
}

public partial class Scheduled(Schedule schedule)
{
    private Schedule _schedule = schedule;
    private float[] _weights = [1f, 2f];
    private readonly Variable _step = new(0), _x = new(5f);

    public Schedule Schedule { get => _schedule; set => _schedule = value; }

    public Tensor X => _x.Value;

    public void Reweigh(int index, float weight) => _weights[index] = weight;

    [GraphFunction]
    public Tensor Step(Tensor noise, bool warm = false)
    {
        Tensor rate = _schedule.At(_step);
        if (warm && _step.Value < 2)
            rate *= 0.1f;
        _x.AssignSub(rate * (_x.Value * _weights[0] + noise * _weights[1]));
        _step.AssignAdd(1);
        return rate;
    }
}

public class Scenario
{
    private readonly Scheduled _model = new(new(Kind.Step, 0.2f));

    public object? Step(Random random) => _model.Step((float)random.NextDouble());

    public object? Warm(Random random) => _model.Step(0f, warm: true);

    public object? Change(Random random) => _model.Schedule = new((Kind)random.Next(3), 0.1f, 2);

    public object? Broken(Random random) => _model.Schedule = _model.Schedule with { Kind = Kind.Cosine, Period = 0 };

    public object? Reweigh(Random random)
    {
        _model.Reweigh(random.Next(2), random.Next(3));
        return null;
    }

    public object? State() => _model.X;
}
