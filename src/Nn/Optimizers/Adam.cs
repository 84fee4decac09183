namespace TensorGraph;

/// <summary>
/// m = β₁·m + (1 − β₁)·g and v = β₂·v + (1 − β₂)·g²; with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) in step t = 1, 2, …:
/// w = w − rate · m̂ / (√v̂ + ε). Source: Kingma and Ba 2015, algorithm 1.
/// </summary>
public sealed class Adam : Optimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    /// <summary>Makes the optimiser. Errors: TG2004 when a setting is out of range.</summary>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="beta1">How slowly the mean of gradients forgets, in [0, 1).</param>
    /// <param name="beta2">How slowly the mean of squared gradients forgets, in [0, 1).</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    public Adam(double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base("adam", learningRate, "m", "v")
    {
        CheckRange(beta1 is >= 0 and < 1, nameof(beta1), beta1, "in [0, 1)");
        CheckRange(beta2 is >= 0 and < 1, nameof(beta2), beta2, "in [0, 1)");
        CheckRange(epsilon >= 0 && double.IsFinite(epsilon), nameof(epsilon), epsilon, "at least 0");
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
        Iterations = new Variable(0L, "iterations", trainable: false);
    }

    /// <summary>Steps done, one i64. A variable, not a C# number, so that a graph counts on.</summary>
    public Variable Iterations { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => [Iterations, .. base.Variables];

    /// <inheritdoc/>
    protected override void Update(IReadOnlyList<(Variable Variable, Tensor Gradient)> updates)
    {
        Tensor iterations = Iterations.Value + 1;
        Iterations.Assign(iterations);
        // In f64: 1 − 0.999ᵗ has only three good digits in f32 at t = 1.
        Tensor t = iterations.Cast(DType.F64);
        Tensor step = LearningRate.Value / (1 - Ops.Pow(_beta1, t)), scale = 1 / Ops.Sqrt(1 - Ops.Pow(_beta2, t));
        foreach (var group in updates.GroupBy(update => update.Variable.DType))
        {
            Tensor groupStep = step.Cast(group.Key), groupScale = scale.Cast(group.Key);
            foreach (var (variable, gradient) in group)
            {
                Variable mean = Slot(variable, "m"), square = Slot(variable, "v");
                Tensor m = (_beta1 * mean.Value) + ((1 - _beta1) * gradient);
                Tensor v = (_beta2 * square.Value) + ((1 - _beta2) * (gradient * gradient));
                mean.Assign(m);
                square.Assign(v);
                variable.Assign(variable.Value - (groupStep * m / ((Ops.Sqrt(v) * groupScale) + _epsilon)));
            }
        }
    }
}
