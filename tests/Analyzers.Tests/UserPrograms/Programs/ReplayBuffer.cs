public partial class ReplayBuffer(int capacity, int width)
{
    private readonly Variable _rows = new(Ops.Zeros(capacity, width), "rows", trainable: false);
    private readonly Variable _next = new(0, "next", trainable: false), _count = new(0, "count", trainable: false);

    public Tensor Rows => _rows.Value;

    public Tensor Count => _count.Value;

    [GraphFunction]
    public void Add(Tensor rows)
    {
        foreach (Tensor row in rows)
        {
            if (Ops.Any(Ops.IsNan(row)))
                continue;
            Tensor at = _next.Value;
            _rows.Assign(_rows.Value.At(at).Set(row));
            _next.Assign((at + 1) % capacity);
            if (_count.Value < capacity)
                _count.AssignAdd(1);
        }
    }

    [GraphFunction]
    public Tensor Sample(Tensor picks)
    {
        if (_count.Value == 0)
            throw new InvalidOperationException($"The buffer is empty, count is {_count.Value}.");
        return Ops.Gather(_rows.Value, picks % _count.Value);
    }
}

public class Scenario
{
    private readonly ReplayBuffer _buffer = new(3, 2);

    public object? Add(Random random)
    {
        int n = random.Next(4);
        _buffer.Add(Ops.Reshape((float[])[.. Enumerable.Range(0, n * 2).Select(_ => random.Next(9) == 0 ? float.NaN : (float)random.NextDouble())], n, 2));
        return null;
    }

    public object? Sample(Random random) => _buffer.Sample((int[])[.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(100))]);

    public object? State() => (_buffer.Rows, _buffer.Count);
}
