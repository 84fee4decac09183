public abstract partial class Average
{
    private readonly Variable _value = new(0f), _count = new(0);

    public Tensor Current => _value;

    public Tensor Add(Tensor x)
    {
        if (_count.Value == 0)
            _value.Assign(x);
        else
            _value.Assign(Blend(_value, x));
        _count.AssignAdd(1);
        return _value;
    }

    protected abstract Tensor Blend(Tensor old, Tensor x);
}

public sealed partial class Exponential(float rate) : Average
{
    protected override Tensor Blend(Tensor old, Tensor x) => x > old ? old + rate * (x - old) : old - rate * (old - x) / 2;
}

public sealed partial class Peak : Average
{
    protected override Tensor Blend(Tensor old, Tensor x)
    {
        if (x > old)
            return x;
        return old * 0.99f;
    }
}

public partial class Monitor
{
    private readonly Dictionary<string, Average> _averages = new() { ["mean"] = new Exponential(0.3f), ["peak"] = new Peak() };

    public IReadOnlyDictionary<string, Average> Averages => _averages;

    [GraphFunction]
    public Tensor Observe(Tensor x)
    {
        foreach (var average in _averages.Values)
            average.Add(x);
        return _averages["peak"].Current - _averages["mean"].Current;
    }

    [GraphFunction]
    public Tensor ObserveAll(Tensor xs)
    {
        foreach (Average average in _averages.Values)
            average.Add(xs[0]);
        foreach (Tensor x in xs)
        {
            foreach (Average average in _averages.Values)
                average.Add(x);
        }
        return Ops.Stack([.. _averages.Values.Select(a => a.Current)]);
    }
}

public class Scenario
{
    private readonly Monitor _monitor = new();

    public object? One(Random random) => _monitor.Observe((float)random.NextDouble());

    public object? All(Random random) =>
        _monitor.ObserveAll((float[])[.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (float)random.NextDouble())]);

    public object? State() => _monitor.Averages.Select(pair => (pair.Key, pair.Value.Current)).ToList();

    public (int, int) Traces() => (GraphFunction.Of(_monitor.Observe).TraceCount, 2);
}
