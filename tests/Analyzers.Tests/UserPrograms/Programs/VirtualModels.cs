public abstract partial class Model
{
    private readonly Dictionary<string, Variable> _weights = new();

    public IReadOnlyDictionary<string, Variable> Weights => _weights;

    protected Variable Get(string name, Func<Tensor> initial)
    {
        if (!_weights.TryGetValue(name, out Variable? found))
            _weights[name] = found = new Variable(initial(), name);
        return found;
    }

    protected abstract Tensor Forward(Tensor x);

    [GraphFunction]
    public virtual Tensor Train(Tensor x, Tensor y)
    {
        using var tape = new GradientTape();
        Tensor loss = Ops.Mean(Ops.Square(Forward(x) - y));
        Variable[] all = [.. _weights.OrderBy(p => p.Key).Select(p => p.Value)];
        Tensor?[] gradients = tape.Gradient(loss, all);
        for (int i = 0; i < all.Length; i++)
        {
            if (gradients[i] is { } g)
                all[i].AssignSub(0.1f * Limit(g));
        }
        return loss;
    }

    protected virtual Tensor Limit(Tensor g) => g;

    public Dictionary<string, Tensor> Save() => _weights.ToDictionary(p => p.Key, p => p.Value.Value);

    public void Load(Dictionary<string, Tensor> saved)
    {
        foreach (var (name, value) in saved)
            _weights[name].Assign(value);
    }
}

public sealed partial class Affine : Model
{
    protected override Tensor Forward(Tensor x) => x * Get("scale", () => 1f) + Get("offset", () => 0f);

    protected override Tensor Limit(Tensor g)
    {
        if (Ops.Abs(g) > 1f)
            return Ops.Sign(g);
        return base.Limit(g);
    }
}

public partial class Polynomial(int degree) : Model
{
    protected override Tensor Forward(Tensor x)
    {
        Tensor y = Ops.ZerosLike(x);
        for (int i = degree; i >= 0; i--)
            y = y * x + Get($"c{i}", () => 0.1f);
        return y;
    }
}

public class Scenario
{
    private readonly Model[] _models = [new Affine(), new Polynomial(2), new Polynomial(3)];
    private Dictionary<string, Tensor>? _saved;

    private static Tensor Data(Random random, int n) => (float[])[.. Enumerable.Range(0, n).Select(_ => (float)random.NextDouble())];

    public object? Train(Random random)
    {
        int n = random.Next(1, 4);
        return _models[random.Next(3)].Train(Data(random, n), Data(random, n));
    }

    public object? Save(Random random)
    {
        _saved = _models[0].Save();
        return _saved.Count;
    }

    public object? Load(Random random)
    {
        if (_saved is { Count: > 0 })
            _models[0].Load(_saved);
        return null;
    }

    public object? State() => _models.SelectMany(m => m.Weights.OrderBy(p => p.Key).Select(p => (p.Key, p.Value))).ToList();
}
