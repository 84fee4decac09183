namespace TensorGraph.Tests;

/// <summary>Two graph functions of one variable.</summary>
public sealed partial class Counter
{
    private readonly Variable _count = new(1f, "count");

    [GraphFunction]
    public Tensor Add(Tensor x)
    {
        _count.AssignAdd(x);
        return _count.Value;
    }

    [GraphFunction]
    public Tensor Read() => _count.Value;
}

/// <summary>Graph functions of control flow, lists, random numbers and captured tensors.</summary>
public sealed partial class Programs
{
    private readonly RandomGenerator _random = new(3);
    private readonly Tensor _offset = new float[] { 1, 2, 3 };

    [GraphFunction]
    public static Tensor Ones(Tensor x) => Ops.OnesLike(x);

    /// <summary>Its second argument has the name of a size that means another one in the loaded function.</summary>
    [GraphFunction]
    public static Tensor OnesOfFirst(SavedSignature ones, Tensor x, Tensor y) =>
        ones.Call(new Dictionary<string, Tensor> { ["x"] = x })["output_0"];

    /// <summary>Two calls of one loaded function, whose results have sizes that only a run knows.</summary>
    [GraphFunction]
    public static Tensor Twice(SavedSignature positive, Tensor x)
    {
        Tensor Call(Tensor y) => positive.Call(new Dictionary<string, Tensor> { ["x"] = y })["output_0"];
        Tensor own = x[x > 1], first = Call(x), second = Call(-x);
        return Ops.Concat([own, first * 10, second * 100, Ops.OnesLike(first)], 0);
    }

    [GraphFunction]
    public Tensor Noise(Tensor x) => x + _random.Normal([3]);

    [GraphFunction]
    public Tensor Captured(Tensor x)
    {
        Tensor offset = _offset;
        return x + offset;
    }

    [GraphFunction]
    public static (Tensor Sum, Tensor Difference) Both(Tensor a, Tensor b) => (a + b, a - b);

    [GraphFunction]
    public static Tensor Hosted(Tensor x)
    {
        Ops.HostCall((Tensor t) => GC.KeepAlive(t), x);
        return x;
    }
}
