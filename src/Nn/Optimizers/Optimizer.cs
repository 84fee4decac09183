namespace TensorGraph;

/// <summary>
/// Changes variables along their gradients. Its own state is variables too, so a step means the same imperatively and in a graph, and one trace
/// serves all steps. Source: tf.keras.optimizers.Optimizer, torch.optim.Optimizer.
/// </summary>
public abstract class Optimizer
{
    private readonly string _name;
    private readonly string[] _slotNames;
    private readonly Dictionary<(Variable Variable, string Name), Variable> _slots = [];

    /// <summary>Starts an optimiser. Errors: TG2004 when the rate is not a number of at least 0.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="slots">Names of what is kept for each variable.</param>
    protected Optimizer(string name, double learningRate, params string[] slots)
    {
        (_name, _slotNames) = (name, slots);
        CheckRange(learningRate >= 0 && double.IsFinite(learningRate), nameof(learningRate), learningRate, "at least 0");
        LearningRate = new Variable(learningRate, "learning_rate", trainable: false);
    }

    /// <summary>Size of the steps, one f64. Assign it to follow a schedule; that needs no new trace.</summary>
    public Variable LearningRate { get; }

    /// <summary>The state, to save and restore: what was created so far.</summary>
    public virtual IReadOnlyList<Variable> Variables => [LearningRate, .. _slots.Values];

    /// <summary>
    /// Makes the state of variables ahead of the first <see cref="Apply"/>, which otherwise makes it. Needed when one graph function, traced before
    /// with another optimiser, is to be traced with this one. Errors: TG1002 null. Source: tf.keras.optimizers.Optimizer.build.
    /// </summary>
    /// <param name="variables">What will be changed.</param>
    public void Build(IReadOnlyList<Variable> variables)
    {
        foreach (var variable in Check.NotNull(variables))
        {
            Check.NotNull(variable);
            foreach (string name in _slotNames.Where(name => !_slots.ContainsKey((variable, name))))
                _slots[(variable, name)] = new Variable(Tensor.From(Literal.Zeros(variable.Type)), $"{variable.Name}/{name}", trainable: false);
        }
    }

    /// <summary>
    /// One step. A variable without a gradient (null: the loss does not depend on it) stays as it is. Errors: TG1002 null lists, TG2001 when the
    /// lists or the shapes of a pair differ, TG2002 dtypes, TG4002 when no variable has a gradient.
    /// </summary>
    /// <param name="gradients">From <see cref="GradientTape"/>, one for each variable.</param>
    /// <param name="variables">What to change.</param>
    public void Apply(IReadOnlyList<Tensor?> gradients, IReadOnlyList<Variable> variables)
    {
        if (Check.NotNull(gradients).Count != Check.NotNull(variables).Count)
            Throw.Shape(_name, $"{gradients.Count} gradients for {variables.Count} variables",
                "Pass one gradient for each variable, in the same order.");
        var updates = new List<(Variable Variable, Tensor Gradient)>(variables.Count);
        for (int i = 0; i < variables.Count; i++)
        {
            if (gradients[i] is { } gradient)
                updates.Add((Fitting(Check.NotNull(variables[i]), gradient), gradient));
        }

        if (updates.Count == 0)
        {
            Throw.Raise(
                DiagnosticIds.BadGradientTarget, _name, $"none of {variables.Count} variables has a gradient",
                "Compute the loss from the variables, while the tape is open.");
        }

        Build([.. updates.Select(update => update.Variable)]);
        Update(updates);
    }

    /// <summary>Changes the variables.</summary>
    /// <param name="updates">Variables with their gradients, at least one.</param>
    protected abstract void Update(IReadOnlyList<(Variable Variable, Tensor Gradient)> updates);

    /// <summary>State of the shape of a variable that belongs to it; zeros at first.</summary>
    protected Variable Slot(Variable variable, string name) => _slots[(variable, name)];

    /// <summary>TG2004 unless a setting is in its range.</summary>
    protected void CheckRange(bool holds, string setting, double value, string range)
    {
        if (!holds)
            Throw.Range(_name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{setting}' is {value}"), $"It must be {range}.");
    }

    private Variable Fitting(Variable variable, Tensor gradient)
    {
        // A smaller gradient would broadcast and pass unnoticed.
        if (gradient.Shape != variable.Shape)
            Throw.Shape(_name, $"the gradient of '{variable.Name}' is {gradient.Type}, the variable {variable.Type}",
                "Pass gradients in the order of the variables.");
        if (gradient.DType != variable.DType)
            Throw.DType(_name, $"the gradient of '{variable.Name}' is {gradient.Type}, the variable {variable.Type}", "Cast the gradient.");
        return variable;
    }
}
