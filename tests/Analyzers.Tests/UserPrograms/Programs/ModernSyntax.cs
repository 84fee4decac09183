public sealed class Config
{
    public Tensor? Bias { get; set; }
    public float Scale { get; init; } = 1f;
    public Config? Inner { get; set; }
}

public record Layer(string Name, Tensor Weight)
{
    public Tensor Apply(Tensor x) => x * Weight;
}

public partial class Modern
{
    private Config? _config = new();
    private readonly List<Layer> _layers = [new("first", 2f), new("second", -1f)];

    public int Clamped { get; set => field = int.Clamp(value, 0, 3); }

    [GraphFunction]
    public Tensor Run(Tensor x, Config? config = null)
    {
        Config own = new() { Scale = 2f };
        own?.Bias = x;
        own.Inner ??= new Config { Bias = own.Bias };
        own.Inner?.Bias += 1f;
        if (x > 1f)
            own.Bias = x * own.Scale;
        return (own.Bias ?? 0f) + own.Inner!.Bias! + (config?.Bias ?? 0f) + (_config?.Scale ?? 100f) + Clamped;
    }

    [GraphFunction]
    public Tensor With(Tensor x)
    {
        Layer layer = _layers[^1];
        Tensor extra = 0f;
        while (x < 10f)
        {
            extra += 1f;
            x = (layer with { Weight = layer.Weight + extra }).Apply(x) + 1f;
        }
        return x + extra;
    }

    [GraphFunction]
    public Tensor Sum(params IReadOnlyList<Tensor> all)
    {
        Tensor sum = 0f;
        foreach (ref readonly Tensor t in all.ToArray().AsSpan())
            sum += t;
        return all is [var only] ? only : all is [var first, .., var last] && all.Count > 2 ? first - last : sum;
    }

    [GraphFunction]
    public Tensor Query(Tensor x) =>
        (from layer in _layers where layer.Name.Length > 5 - Clamped select layer.Apply(x)).DefaultIfEmpty(x).Aggregate((a, b) => a > b ? a : b);

    public void Forget() => _config = _config is null ? new Config { Scale = 5f } : null;
}

public class Scenario
{
    private readonly Modern _model = new();

    public object? Run(Random random) => _model.Run((float)random.NextDouble() * 2);

    public object? Configured(Random random) => _model.Run(1f, new Config { Bias = random.Next(2) == 0 ? (float)random.Next(5) : null });

    public object? WithFloat(Random random) => _model.With((float)random.Next(12));

    public object? Sum(Random random) => _model.Sum(Enumerable.Range(0, random.Next(5)).Select(i => (Tensor)(i + 1f)).ToList());

    public object? Few(Random random) => _model.Sum(1f, 2f);

    public object? Query(Random random) => _model.Query((float)random.NextDouble() - 0.5f);

    public object? Clamp(Random random) => _model.Clamped = random.Next(6);

    public object? Forget(Random random)
    {
        _model.Forget();
        return null;
    }
}
