using TensorGraph;

namespace Retracing;

/// <summary>Graph functions that are traced again when they are called as <see cref="Reasons"/> calls them. Each instance has traces of its own.</summary>
public sealed partial class Before
{
    private readonly Settings _settings = new();

    public float Rate { get; set; } = 1;

    [GraphFunction]
    public Tensor Double(Tensor x) => x * 2;

    [GraphFunction(ReduceRetracing = false)]
    public Tensor Total(Tensor x) => x.Sum();

    [GraphFunction]
    public Tensor Step(Tensor x, float rate) => x * rate;

    [GraphFunction]
    public Tensor Dropout(Tensor x, bool training) => training ? x * 2 : x;

    [GraphFunction]
    public Tensor Apply(Tensor x, Func<Tensor, Tensor> function) => function(x);

    [GraphFunction]
    public Tensor Transform(Tensor x, Transform transform) => transform.Call(x);

    [GraphFunction]
    public Tensor Sum(IReadOnlyList<Tensor> parts)
    {
        Tensor sum = 0f;
        foreach (var part in parts)
            sum += part;
        return sum;
    }

    [GraphFunction]
    public Tensor Weigh(Tensor x, float[] weights) => x * weights;

    [GraphFunction]
    public Tensor Masked(Tensor x, Tensor? mask = null) => mask is null ? x : x * mask;

    [GraphFunction]
    public Tensor Learn(Tensor x) => x * Rate;

    [GraphFunction]
    public Tensor Mean(Tensor x) => x.Sum() / x.Shape[0].Value;

    [GraphFunction]
    public Tensor Outer(Tensor x) => _settings.Scale(x) + 1;

    /// <summary>Changes what the function inside <see cref="Outer"/> reads.</summary>
    public void SetScale(float scale) => _settings.Factor = scale;
}

/// <summary>An object that a graph function is given.</summary>
public sealed class Transform(float factor)
{
    public Tensor Call(Tensor x) => x * factor;
}

/// <summary>A graph function that another one calls.</summary>
public sealed partial class Settings
{
    public float Factor { get; set; } = 1;

    [GraphFunction]
    public Tensor Scale(Tensor x) => x * Factor;
}
