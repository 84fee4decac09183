using TensorGraph;

namespace Retracing;

/// <summary>The functions of <see cref="Before"/> with their remedies.</summary>
public sealed partial class After
{
    private readonly Variable _factor = new(1f);

    public Variable Rate { get; } = new(1f);

    [GraphFunction]
    public Tensor Double(Tensor x) => x * 2;

    [GraphFunction(InputSignature = ["f32[?]"])]
    public Tensor Total(Tensor x) => x.Sum();

    [GraphFunction]
    public Tensor Step(Tensor x, Tensor rate) => x * rate;

    [GraphFunction]
    public Tensor Dropout(Tensor x, Tensor training) => training ? x * 2 : x;

    [GraphFunction]
    public Tensor Apply(Tensor x, Func<Tensor, Tensor> function) => function(x);

    [GraphFunction]
    public Tensor Transform(Tensor x, Transform transform) => transform.Call(x);

    [GraphFunction(InputSignature = ["f32[?, 2]"])]
    public Tensor Sum(Tensor parts) => Ops.Sum(parts, axes: [0]);

    [GraphFunction]
    public Tensor Weigh(Tensor x, Tensor weights) => x * weights;

    [GraphFunction]
    public Tensor Masked(Tensor x, Tensor mask) => x * mask;

    [GraphFunction]
    public Tensor Learn(Tensor x) => x * Rate;

    [GraphFunction(InputSignature = ["f32[?]"])]
    public Tensor Mean(Tensor x) => x.Sum() / Ops.Size(x, 0).Cast(DType.F32);

    [GraphFunction]
    public Tensor Outer(Tensor x) => x * _factor + 1;

    /// <summary>Assigns what <see cref="Outer"/> reads.</summary>
    public void SetScale(float scale) => _factor.Assign(scale);
}
