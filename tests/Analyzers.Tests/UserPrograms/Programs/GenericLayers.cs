// says TG6103
public partial interface ILayer<in TIn, out TOut>
{
    TOut Apply(TIn input);
}

public partial interface INamed
{
    string Name { get; }
    Tensor Tag(Tensor x)
    {
        if (x > 5f)
            return x - Name.Length;
        return x;
    }
    static virtual Tensor Zero => 0f;
}

public sealed partial class Scale<T>(T factor) : ILayer<Tensor, Tensor>, INamed where T : struct
{
    public string Name => typeof(T).Name;

    public Tensor Apply(Tensor input)
    {
        double by = Convert.ToDouble(factor);
        return input > 1f ? input * by : input + by;
    }
}

public sealed partial class Both<TFirst, TSecond>(TFirst first, TSecond second) : ILayer<Tensor, (Tensor, Tensor)>
    where TFirst : ILayer<Tensor, Tensor>
    where TSecond : ILayer<Tensor, Tensor>, INamed
{
    [GraphFunction]
    public (Tensor, Tensor) Apply(Tensor input)
    {
        Tensor a = first.Apply(input);
        return (a, second.Tag(second.Apply(a)));
    }
}

public partial class Outer<T>
{
    public partial class Inner
    {
        private readonly List<T> _kept = [];

        public int Count => _kept.Count;

        [GraphFunction]
        private Tensor Sum<TKey>(Tensor x, IReadOnlyDictionary<TKey, Tensor> others, params TKey[] keys) where TKey : notnull
        {
            foreach (TKey key in keys)
            {
                if (others.TryGetValue(key, out Tensor? other))
                    x = x > other ? x - other : x;
            }
            return x;
        }

        public Tensor Keep(T item, Tensor x)
        {
            _kept.Add(item);
            return Sum(x, new Dictionary<int, Tensor> { [1] = 2f, [2] = x / 2f }, 1, 2, _kept.Count);
        }
    }
}

public class Scenario
{
    private readonly Both<Scale<int>, Scale<double>> _both = new(new(2), new(0.5));
    private readonly Both<Scale<float>, Scale<int>> _other = new(new(-1.5f), new(3));
    private readonly Outer<string>.Inner _inner = new();

    private static Tensor Number(Random random) => (float)random.NextDouble() * 8;

    public object? Both(Random random) => _both.Apply(Number(random));

    public object? Other(Random random) => _other.Apply(Number(random));

    public object? Inner(Random random) => _inner.Keep("a", Number(random));

    public object? State() => _inner.Count;
}
