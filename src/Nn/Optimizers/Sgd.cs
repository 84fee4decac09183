namespace TensorGraph;

/// <summary>
/// Gradient descent: d = g + weightDecay·w; with momentum v = momentum·v + d and d = v, or with Nesterov's d = d + momentum·v; w = w − rate·d.
/// Source: torch.optim.SGD (v starts at 0); Sutskever et al. 2013.
/// </summary>
public sealed class Sgd : Optimizer
{
    private readonly double _momentum;
    private readonly double _weightDecay;
    private readonly bool _nesterov;

    /// <summary>Makes the optimiser. Errors: TG2004 when a setting is out of range.</summary>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="momentum">Share of the last direction that stays, in [0, 1).</param>
    /// <param name="nesterov">Looks ahead along the momentum.</param>
    /// <param name="weightDecay">Pulls the variables to 0, as the gradient of ½·weightDecay·w² does.</param>
    public Sgd(double learningRate = 0.01, double momentum = 0, bool nesterov = false, double weightDecay = 0)
        : base("sgd", learningRate, momentum == 0 ? [] : ["momentum"])
    {
        CheckRange(momentum is >= 0 and < 1, nameof(momentum), momentum, "in [0, 1)");
        CheckRange(!nesterov || momentum > 0, nameof(momentum), momentum, "above 0 for nesterov");
        CheckRange(weightDecay >= 0 && double.IsFinite(weightDecay), nameof(weightDecay), weightDecay, "at least 0");
        (_momentum, _nesterov, _weightDecay) = (momentum, nesterov, weightDecay);
    }

    /// <inheritdoc/>
    protected override void Update(IReadOnlyList<(Variable Variable, Tensor Gradient)> updates, Tensor rate)
    {
        foreach (var group in updates.GroupBy(update => update.Variable.DType))
        {
            Tensor size = rate.Cast(group.Key);
            foreach (var (variable, gradient) in group)
            {
                Tensor value = variable.Value;
                variable.Assign(value - (size * Direction(variable, value, gradient)));
            }
        }
    }

    private Tensor Direction(Variable variable, Tensor value, Tensor gradient)
    {
        Tensor direction = _weightDecay == 0 ? gradient : gradient + (_weightDecay * value);
        if (_momentum == 0)
            return direction;
        var slot = Slot(variable, "momentum");
        Tensor velocity = (_momentum * slot.Value) + direction;
        slot.Assign(velocity);
        return _nesterov ? direction + (_momentum * velocity) : velocity;
    }
}
