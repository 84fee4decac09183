namespace TensorGraph;

/// <content>What is kept from step to step.</content>
public abstract partial class Optimizer
{
    private const string Accumulated = "accumulated", HasAccumulated = "has_accumulated";

    private readonly string[] _slotNames;
    private readonly Dictionary<(Variable Variable, string Name), Variable> _slots = [];

    /// <summary>The state, to save and restore: what was created so far.</summary>
    public virtual IReadOnlyList<Variable> Variables =>
        [.. Counts ? [Iterations] : Array.Empty<Variable>(), LearningRate, .. AccumulationSteps > 1 ? [AccumulatedSteps] : Array.Empty<Variable>(),
            .. _slots.Values];

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
            foreach (string name in SlotNames.Where(name => !_slots.ContainsKey((variable, name))))
            {
                var start = name == HasAccumulated ? Literal.Zeros(new(DType.Bool, []))
                    : Literal.FromDoubles(variable.Type, _ => name == Accumulated ? 0 : InitialValue(name));
                _slots[(variable, name)] = new Variable(Tensor.From(start), $"{variable.Name}/{name}", trainable: false);
            }
        }
    }

    /// <summary>The state by names: <c>learning_rate</c>, <c>iterations</c>, and <c>encoder.kernel/m</c> for a variable of the model.</summary>
    internal OrderedDictionary<string, Variable> NamedVariables(IReadOnlyDictionary<string, Variable> ofModel)
    {
        var named = new OrderedDictionary<string, Variable>(StringComparer.Ordinal) { ["learning_rate"] = LearningRate, ["iterations"] = Iterations };
        if (AccumulationSteps > 1)
            named["accumulated_steps"] = AccumulatedSteps;
        foreach (var (path, variable) in ofModel)
        {
            foreach (string name in SlotNames)
            {
                if (_slots.TryGetValue((variable, name), out var slot))
                    named[$"{path}/{name}"] = slot;
            }
        }

        return named;
    }

    /// <summary>State of the shape of a variable that belongs to it; <see cref="InitialValue"/> at first.</summary>
    protected Variable Slot(Variable variable, string name) => _slots[(variable, name)];

    /// <summary>The first value of a slot: 0 unless it is overridden.</summary>
    /// <param name="slot">Name of the slot.</param>
    protected virtual double InitialValue(string slot) => 0;

    private IEnumerable<string> SlotNames => AccumulationSteps > 1 ? [.. _slotNames, Accumulated, HasAccumulated] : _slotNames;
}
