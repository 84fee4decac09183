namespace TensorGraph;

/// <summary>
/// v = decay·v + (1 − decay)·g²; d = g / (√v + ε), or when centred √(v − mean²); with momentum b = momentum·b + d and d = b; w = w − rate·d. Source:
/// Tieleman and Hinton 2012, torch.optim.RMSprop.
/// </summary>
public sealed class RmsProp : Optimizer
{
    private readonly double _decay;
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly bool _isCentered;

    /// <summary>Makes the optimiser. Errors: TG2004 when a setting is out of range.</summary>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="decay">How slowly the mean of squared gradients forgets, in [0, 1).</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="momentum">Share of the last direction that stays, in [0, 1).</param>
    /// <param name="isCentered">True subtracts the square of the mean gradient: the variance in place of the second moment.</param>
    public RmsProp(double learningRate = 0.01, double decay = 0.99, double epsilon = 1e-8, double momentum = 0, bool isCentered = false)
        : base("rmsprop", learningRate, ["square", .. isCentered ? ["mean"] : Array.Empty<string>(), .. momentum > 0 ? ["momentum"] : Array.Empty<string>()])
    {
        CheckRange(decay is >= 0 and < 1, nameof(decay), decay, "in [0, 1)");
        CheckRange(epsilon >= 0 && double.IsFinite(epsilon), nameof(epsilon), epsilon, "at least 0");
        CheckRange(momentum is >= 0 and < 1, nameof(momentum), momentum, "in [0, 1)");
        (_decay, _epsilon, _momentum, _isCentered) = (decay, epsilon, momentum, isCentered);
    }

    /// <inheritdoc/>
    protected override void Update(IReadOnlyList<(Variable Variable, Tensor Gradient)> updates, Tensor rate)
    {
        foreach (var group in updates.GroupBy(update => update.Variable.DType))
        {
            Tensor size = rate.Cast(group.Key);
            foreach (var (variable, gradient) in group)
            {
                Tensor spread = Follow(variable, "square", gradient * gradient);
                if (_isCentered)
                    spread = spread - Ops.Square(Follow(variable, "mean", gradient));
                Tensor direction = gradient / (Ops.Sqrt(spread) + _epsilon);
                if (_momentum > 0)
                {
                    var slot = Slot(variable, "momentum");
                    direction = (_momentum * slot.Value) + direction;
                    slot.Assign(direction);
                }

                variable.Assign(variable.Value - (size * direction));
            }
        }
    }

    private Tensor Follow(Variable variable, string name, Tensor now)
    {
        var slot = Slot(variable, name);
        Tensor value = (_decay * slot.Value) + ((1 - _decay) * now);
        slot.Assign(value);
        return value;
    }
}

/// <summary>s = s + g²; w = w − rate·g / (√s + ε). Source: Duchi et al. 2011, torch.optim.Adagrad.</summary>
public sealed class Adagrad : Optimizer
{
    private readonly double _start;
    private readonly double _epsilon;

    /// <summary>Makes the optimiser. Errors: TG2004 when a setting is out of range.</summary>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="start">What the sums start from.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    public Adagrad(double learningRate = 0.01, double start = 0, double epsilon = 1e-10)
        : base("adagrad", learningRate, "sum")
    {
        CheckRange(start >= 0 && double.IsFinite(start), nameof(start), start, "at least 0");
        CheckRange(epsilon >= 0 && double.IsFinite(epsilon), nameof(epsilon), epsilon, "at least 0");
        (_start, _epsilon) = (start, epsilon);
    }

    /// <inheritdoc/>
    protected override double InitialValue(string slot) => _start;

    /// <inheritdoc/>
    protected override void Update(IReadOnlyList<(Variable Variable, Tensor Gradient)> updates, Tensor rate)
    {
        foreach (var group in updates.GroupBy(update => update.Variable.DType))
        {
            Tensor size = rate.Cast(group.Key);
            foreach (var (variable, gradient) in group)
            {
                var slot = Slot(variable, "sum");
                Tensor sum = slot.Value + (gradient * gradient);
                slot.Assign(sum);
                variable.Assign(variable.Value - (size * gradient / (Ops.Sqrt(sum) + _epsilon)));
            }
        }
    }
}
