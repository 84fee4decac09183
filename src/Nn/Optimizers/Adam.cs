namespace TensorGraph;

/// <summary>
/// m = β₁·m + (1 − β₁)·g and v = β₂·v + (1 − β₂)·g²; with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) in step t = 1, 2, …:
/// w = w − rate · m̂ / (√v̂ + ε). Source: Kingma and Ba 2015, algorithm 1.
/// </summary>
/// <example>
/// <code>
/// var x = new Variable(1f);
/// var adam = new Adam(0.1);
/// using var tape = new GradientTape();
/// Tensor loss = x * x;
/// adam.Apply(tape.Gradient(loss, [x]), [x]);
/// Console.WriteLine($"{x.Value:f3}"); // 0.900
/// </code>
/// </example>
public class Adam : Optimizer
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
        : this("adam", learningRate, beta1, beta2, epsilon)
    {
    }

    private protected Adam(string name, double learningRate, double beta1, double beta2, double epsilon)
        : base(name, learningRate, counts: true, ["m", "v"])
    {
        CheckRange(beta1 is >= 0 and < 1, nameof(beta1), beta1, "in [0, 1)");
        CheckRange(beta2 is >= 0 and < 1, nameof(beta2), beta2, "in [0, 1)");
        CheckRange(epsilon >= 0 && double.IsFinite(epsilon), nameof(epsilon), epsilon, "at least 0");
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
    }

    /// <inheritdoc/>
    protected override void Update(IReadOnlyList<(Variable Variable, Tensor Gradient)> updates, Tensor rate)
    {
        // In f64: 1 − 0.999ᵗ has only three good digits in f32 at t = 1.
        Tensor t = Iterations.Value.Cast(DType.F64);
        Tensor unbiased = 1 / (1 - Ops.Pow(_beta1, t)), scale = 1 / Ops.Sqrt(1 - Ops.Pow(_beta2, t));
        foreach (var group in updates.GroupBy(update => update.Variable.DType))
        {
            Step step = new(rate.Cast(group.Key), unbiased.Cast(group.Key), (rate * unbiased).Cast(group.Key), scale.Cast(group.Key), _epsilon);
            foreach (var (variable, gradient) in group)
            {
                Variable mean = Slot(variable, "m"), square = Slot(variable, "v");
                Tensor m = (_beta1 * mean.Value) + ((1 - _beta1) * gradient);
                Tensor v = (_beta2 * square.Value) + ((1 - _beta2) * (gradient * gradient));
                mean.Assign(m);
                square.Assign(v);
                variable.Assign(Moved(variable, m, v, step));
            }
        }
    }

    /// <summary>The value of a variable after a step, given both means.</summary>
    private protected virtual Tensor Moved(Variable variable, Tensor m, Tensor v, Step step) =>
        variable.Value - (step.UnbiasedRate * m / step.Spread(v));

    /// <summary>Factors that are the same for all variables of a dtype.</summary>
    /// <param name="Rate">Learning rate.</param>
    /// <param name="Unbiased">1 / (1 − β₁ᵗ).</param>
    /// <param name="UnbiasedRate">Their product, rounded once.</param>
    /// <param name="Scale">1 / √(1 − β₂ᵗ).</param>
    /// <param name="Epsilon">ε.</param>
    private protected readonly record struct Step(Tensor Rate, Tensor Unbiased, Tensor UnbiasedRate, Tensor Scale, double Epsilon)
    {
        /// <summary>√v̂ + ε.</summary>
        public Tensor Spread(Tensor v) => (Ops.Sqrt(v) * Scale) + Epsilon;
    }
}

/// <summary>
/// <see cref="Adam"/> with weights that decay by themselves: w = w − rate·weightDecay·w − rate · m̂ / (√v̂ + ε). Source: Loshchilov and Hutter 2019,
/// torch.optim.AdamW.
/// </summary>
public sealed class AdamW : Adam
{
    private readonly double _weightDecay;
    private readonly Func<Variable, bool>? _decays;

    /// <summary>Makes the optimiser. Errors: TG2004 when a setting is out of range.</summary>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="weightDecay">Share of each weight, times the rate, that a step takes off.</param>
    /// <param name="beta1">How slowly the mean of gradients forgets, in [0, 1).</param>
    /// <param name="beta2">How slowly the mean of squared gradients forgets, in [0, 1).</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="decays">Which variables decay, often those that are no bias and of no norm; null for all.</param>
    public AdamW(
        double learningRate = 0.001, double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        Func<Variable, bool>? decays = null)
        : base("adamw", learningRate, beta1, beta2, epsilon)
    {
        CheckRange(weightDecay >= 0 && double.IsFinite(weightDecay), nameof(weightDecay), weightDecay, "at least 0");
        (_weightDecay, _decays) = (weightDecay, decays);
    }

    private protected override Tensor Moved(Variable variable, Tensor m, Tensor v, Step step)
    {
        Tensor value = variable.Value;
        if (_decays?.Invoke(variable) ?? true)
            value = value * (1 - (step.Rate * _weightDecay));
        return value - (step.UnbiasedRate * m / step.Spread(v));
    }
}

/// <summary>
/// <see cref="Adam"/> for large batches: r = m̂ / (√v̂ + ε) + weightDecay·w, and w = w − rate·(‖w‖ / ‖r‖)·r, without the factor where a norm is 0.
/// Source: You et al. 2020, algorithm 2.
/// </summary>
public sealed class Lamb : Adam
{
    private readonly double _weightDecay;

    /// <summary>Makes the optimiser. Errors: TG2004 when a setting is out of range.</summary>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="weightDecay">Share of each weight in the direction.</param>
    /// <param name="beta1">How slowly the mean of gradients forgets, in [0, 1).</param>
    /// <param name="beta2">How slowly the mean of squared gradients forgets, in [0, 1).</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    public Lamb(double learningRate = 0.001, double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-6)
        : base("lamb", learningRate, beta1, beta2, epsilon)
    {
        CheckRange(weightDecay >= 0 && double.IsFinite(weightDecay), nameof(weightDecay), weightDecay, "at least 0");
        _weightDecay = weightDecay;
    }

    private protected override Tensor Moved(Variable variable, Tensor m, Tensor v, Step step)
    {
        Tensor value = variable.Value;
        Tensor direction = (step.Unbiased * m / step.Spread(v)) + (_weightDecay * value);
        Tensor ofValue = Norm(value), ofDirection = Norm(direction);
        Tensor trust = Ops.Where((ofValue > 0) & (ofDirection > 0), Ops.DivideNoNan(ofValue, ofDirection), 1.0);
        return value - (step.Rate * trust * direction);
    }

    private static Tensor Norm(Tensor x) => Ops.Sqrt(Ops.Sum(x * x));
}
