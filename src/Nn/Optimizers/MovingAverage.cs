namespace TensorGraph;

/// <summary>
/// Exponential moving averages of variables: average = decay·average + (1 − decay)·variable at each <see cref="Update"/>. Evaluate a model with
/// them between two calls of <see cref="Swap"/>. Source: Polyak and Juditsky 1992, tf.train.ExponentialMovingAverage, torch.optim.swa_utils.
/// </summary>
public sealed class MovingAverage
{
    private readonly double _decay;
    private readonly Variable[] _variables;

    /// <summary>
    /// Averages that start at the values of the variables. Errors: TG1002 null, TG2002 no floats, TG2004 a decay outside of [0, 1).
    /// </summary>
    /// <param name="variables">What is averaged.</param>
    /// <param name="decay">How slowly an average forgets.</param>
    public MovingAverage(IReadOnlyList<Variable> variables, double decay = 0.999)
    {
        Check.Range(decay is >= 0 and < 1, "moving_average", nameof(decay), decay, "in [0, 1)");
        _decay = decay;
        foreach (var variable in Check.NotNull(variables))
            Check.Float("moving_average", Check.NotNull(variable));
        _variables = [.. variables];
        Averages = [.. _variables.Select(variable => new Variable(variable.Value, $"{variable.Name}/average", trainable: false))];
    }

    /// <summary>One average for each variable.</summary>
    public IReadOnlyList<Variable> Averages { get; }

    /// <summary>Follows the variables: call it after each step, also in a graph.</summary>
    public void Update()
    {
        foreach (var (variable, average) in _variables.Zip(Averages))
            average.Assign((_decay * average.Value) + ((1 - _decay) * variable.Value));
    }

    /// <summary>Exchanges variables and averages.</summary>
    public void Swap()
    {
        foreach (var (variable, average) in _variables.Zip(Averages))
        {
            Tensor value = variable.Value;
            variable.Assign(average.Value);
            average.Assign(value);
        }
    }
}
