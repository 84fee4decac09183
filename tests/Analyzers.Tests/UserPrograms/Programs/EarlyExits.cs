public class NotPositiveException(string message) : InvalidOperationException(message);

public sealed class Scope(List<string> log, string name) : IDisposable
{
    public void Dispose() => log.Add("left " + name);
}

public partial class Machine
{
    private readonly Variable _runs = new(0);

    public List<string> Log { get; } = [];

    public Tensor Runs => _runs.Value;

    private static bool TrySqrt(Tensor x, bool strict, out Tensor root)
    {
        root = Ops.Sqrt(Ops.Max(x, 0f));
        return strict || x.Rank == 0;
    }

    [GraphFunction]
    public Tensor Run(Tensor x, bool strict = true)
    {
        if (x < 0f)
            throw new NotPositiveException($"{x} is negative");
        _runs.AssignAdd(1);
        if (!TrySqrt(x, strict, out var root))
            return x;
        for (Tensor i = 0; i < 10; i++)
        {
            if (root > 50f)
                throw new InvalidOperationException($"{root} after {i}");
            if (root > 20f)
                return root;
            root *= 2f;
            if (root == 0f)
                break;
        }
        return -root;
    }

    [GraphFunction]
    public Tensor Guarded(Tensor x, int n)
    {
        using var scope = new Scope(Log, "guarded");
        if (n > 2)
            throw new ArgumentOutOfRangeException(nameof(n), n, null);
        try
        {
            Tensor y = x;
            while (y > 1f)
                y /= 2f;
            return y;
        }
        finally
        {
            _runs.AssignAdd(10);
        }
    }
}

public class Scenario
{
    private readonly Machine _machine = new();

    public object? Run(Random random) => _machine.Run((float)random.NextDouble() * 10 - 3);

    public object? Large(Random random) => _machine.Run(10_000f);

    public object? Zero(Random random) => _machine.Run(0f, strict: false);

    public object? Vector(Random random) => _machine.Run(Ops.Ones(2));

    public object? One(Random random) => _machine.Run(Ops.Ones(1));

    public object? Guarded(Random random) => _machine.Guarded((float)random.NextDouble() * 9, random.Next(4));

    public object? State() => _machine.Runs;
}
