public partial interface IMetric
{
    void Update(Tensor predicted, Tensor actual);
    Tensor Result { get; }
    void Reset();
}

public sealed partial class Accuracy : IMetric
{
    private readonly Variable _right = new(0f), _all = new(0f);

    public Tensor Result => Ops.DivideNoNan(_right.Value, _all.Value);

    [GraphFunction]
    public void Update(Tensor predicted, Tensor actual)
    {
        _right.AssignAdd(Ops.Equal(predicted, actual).Cast(DType.F32).Sum());
        _all.AssignAdd(Ops.Size(actual).Cast(DType.F32));
    }

    public void Reset()
    {
        _right.Assign(0f);
        _all.Assign(0f);
    }
}

public sealed partial class Confusion(int classes) : IMetric
{
    private readonly Variable _table = new(Ops.Zeros(classes, classes));

    public Tensor Result
    {
        get
        {
            Tensor diagonal = 0f, table = _table.Value;
            for (int i = 0; i < classes; i++)
                diagonal += table[i, i];
            return table.Sum() > 0f ? diagonal / table.Sum() : 0f;
        }
    }

    [GraphFunction]
    public void Update(Tensor predicted, Tensor actual)
    {
        foreach (Tensor i in Ops.Range(Ops.Size(predicted)))
        {
            Tensor table = _table.Value, p = predicted[i], a = actual[i];
            if (p < 0 || p >= classes)
                continue;
            _table.Assign(table.At(a, p).Add(1f));
        }
    }

    public void Reset() => _table.Assign(Ops.ZerosLike(_table.Value));
}

public partial class Evaluation
{
    private readonly IMetric[] _metrics = [new Accuracy(), new Confusion(3)];

    public IEnumerable<IMetric> All => _metrics;

    [GraphFunction]
    public Tensor[] Results(bool squared = false) => [.. _metrics.Select(m => squared ? m.Result * m.Result : m.Result)];
}

public class Scenario
{
    private readonly Evaluation _evaluation = new();

    public object? Update(Random random)
    {
        int n = random.Next(1, 5);
        Tensor predicted = (int[])[.. Enumerable.Range(0, n).Select(_ => random.Next(-1, 4))], actual = (int[])[.. Enumerable.Range(0, n).Select(_ => random.Next(3))];
        foreach (IMetric metric in _evaluation.All)
            metric.Update(predicted, actual);
        return null;
    }

    public object? Results(Random random) => _evaluation.Results();

    public object? Squared(Random random) => _evaluation.Results(squared: true);

    public object? Reset(Random random)
    {
        foreach (IMetric metric in _evaluation.All)
            metric.Reset();
        return null;
    }

    public object? State() => _evaluation.All.Select(m => m.Result).ToList();
}
