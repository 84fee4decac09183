using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// Changes variables along their gradients. Its own state is variables too, so a step means the same imperatively and in a graph, and one trace
/// serves all steps, whatever the schedule. Source: tf.keras.optimizers.Optimizer, torch.optim.Optimizer.
/// </summary>
public abstract partial class Optimizer
{
    private readonly string _name;
    private readonly bool _counts;
    private readonly int _accumulation = 1;

    /// <summary>Starts an optimiser. Errors: TG2004 when the rate is not a number of at least 0.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="slots">Names of what is kept for each variable.</param>
    protected Optimizer(string name, double learningRate, params string[] slots)
        : this(name, learningRate, counts: false, slots)
    {
    }

    private protected Optimizer(string name, double learningRate, bool counts, string[] slots)
    {
        (_name, _counts, _slotNames) = (name, counts, slots);
        CheckRange(learningRate >= 0 && double.IsFinite(learningRate), nameof(learningRate), learningRate, "at least 0");
        LearningRate = new Variable(learningRate, "learning_rate", trainable: false);
        Iterations = new Variable(0L, "iterations", trainable: false);
        AccumulatedSteps = new Variable(0L, "accumulated_steps", trainable: false);
    }

    /// <summary>Size of the steps, one f64. Assign it to change it by hand; that needs no new trace.</summary>
    public Variable LearningRate { get; }

    /// <summary>Steps done, one i64, counted where the algorithm or a schedule needs it. A variable, so that a graph counts on.</summary>
    public Variable Iterations { get; }

    /// <summary>
    /// Factor of the learning rate, given the number of steps done before, f64, as a function of tensors: part of the graph, so that no step is
    /// traced anew. <see cref="Schedules"/> has the usual ones. Source: torch.optim.lr_scheduler.LambdaLR.
    /// </summary>
    public Func<Tensor, Tensor>? Schedule { get; init; }

    /// <summary>Bounds gradients before a step; null for none.</summary>
    public GradientClipping? Clipping { get; init; }

    /// <summary>
    /// How many calls of <see cref="Apply"/> make one step: the gradients in between are added up and their mean is used, as for a batch so many times
    /// as large. A variable without a gradient in some of them has zeros there, and stays as it is without one in all of them. Pass the same
    /// variables to each call. Errors: TG2004 below 1.
    /// </summary>
    public int AccumulationSteps
    {
        get => _accumulation;
        init => _accumulation = Check.AtLeast(1, value, _name, nameof(AccumulationSteps));
    }

    /// <summary>Calls since the last step, while gradients are accumulated.</summary>
    internal Variable AccumulatedSteps { get; }

    private bool Counts => _counts || Schedule is not null;

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

        if (AccumulationSteps == 1)
        {
            Build([.. updates.Select(update => update.Variable)]);
            Step(updates, []);
        }
        else
        {
            Variable[] given = [.. updates.Select(update => update.Variable)];
            Variable[] others = [.. variables.Except(given).Where(variable => Check.NotNull(variable).DType.IsFloat())];
            Build([.. given, .. others]);
            Accumulate(updates, others);
        }
    }

    /// <summary>Changes the variables.</summary>
    /// <param name="updates">Variables with their gradients, at least one.</param>
    /// <param name="rate">Learning rate of the step, one f64, with the schedule.</param>
    protected abstract void Update(IReadOnlyList<(Variable Variable, Tensor Gradient)> updates, Tensor rate);

    /// <summary>TG2004 unless a setting is in its range.</summary>
    protected void CheckRange(bool holds, string setting, double value, string range) => Check.Range(holds, _name, setting, value, range);

    // Those that are perhaps there have a gradient of zeros otherwise, which clipping does not see.
    private void Step(List<(Variable Variable, Tensor Gradient)> updates, IReadOnlyList<Variable> perhaps)
    {
        int certain = updates.Count;
        updates.AddRange(perhaps.Select(variable => (variable, Slot(variable, Accumulated).Value)));
        if (Clipping is not null)
        {
            var clipped = Clipping.Apply([.. updates.Select(update => update.Gradient)]);
            updates = [.. updates.Select((update, i) => (update.Variable, clipped[i]))];
        }

        Tensor rate = LearningRate.Value;
        if (Schedule is not null)
        {
            Tensor factor = Check.NotNull(Schedule(Iterations.Value.Cast(DType.F64)), "what the schedule gives");
            if (factor.Rank != 0)
                Throw.Rank(_name, $"the schedule gives {factor.Type}", "It must give one number.");
            rate = rate * factor.Cast(DType.F64);
        }

        if (Counts)
            Iterations.AssignAdd(1L);
        Update(updates[..certain], rate);
        foreach (var update in updates[certain..])
        {
            Tensor has = Slot(update.Variable, HasAccumulated).Value;
            GraphControl.Select(has, () =>
            {
                Update([update], rate);
                return has;
            }, () => has);
        }
    }

    // Which of the variables without a gradient in this call had one in an earlier call is state: each call may be another graph.
    private void Accumulate(List<(Variable Variable, Tensor Gradient)> updates, IReadOnlyList<Variable> others)
    {
        foreach (var (variable, gradient) in updates)
        {
            Slot(variable, Accumulated).AssignAdd(gradient / AccumulationSteps);
            Slot(variable, HasAccumulated).Assign(true);
        }

        Tensor steps = (AccumulatedSteps.Value + 1) % AccumulationSteps;
        AccumulatedSteps.Assign(steps);
        GraphControl.Select(steps == 0, () =>
        {
            Step([.. updates.Select(update => (update.Variable, Slot(update.Variable, Accumulated).Value))], others);
            foreach (var variable in updates.Select(update => update.Variable).Concat(others))
            {
                Slot(variable, Accumulated).Assign(Ops.ZerosLike(variable));
                Slot(variable, HasAccumulated).Assign(false);
            }

            return steps;
        }, () => steps);
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
