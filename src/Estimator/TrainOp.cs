namespace TensorGraph;

/// <summary>
/// The step of a training: it is part of the graph in <see cref="EstimatorMode.Train"/> only, so a model function may give it in every mode. The
/// estimator counts <c>global_step</c> itself, after it, so that no step can forget to. Source: train_op of tf.estimator.EstimatorSpec.
/// </summary>
public sealed class TrainOp
{
    private readonly Action _run;

    private TrainOp(Action run) => _run = run;

    /// <summary>
    /// Gradients of a loss, their mean over the processes of <see cref="RunConfig.TrainDistribute"/>, and a step of an optimiser. Errors: TG1002 null, TG1017 outside of a model function; those of <see cref="GradientTape"/>
    /// and <see cref="Optimizer.Apply"/>, when the step is traced.
    /// </summary>
    /// <param name="optimizer">Changes the variables.</param>
    /// <param name="loss">One number.</param>
    /// <param name="tape">The tape that recorded the loss; null for the one that the estimator opens around a model function.</param>
    /// <param name="variables">What is changed; all trainable variables that the estimator finds, without those of frozen modules, when null.</param>
    public static TrainOp Minimize(
        Optimizer optimizer, Tensor loss, GradientTape? tape = null, IReadOnlyList<Variable>? variables = null)
    {
        Throw.IfNull(optimizer);
        Throw.IfNull(loss);
        var scope = ModelScope.Current;
        return new(() =>
        {
            var changed = variables ?? Known(scope).Trainable();
            IReadOnlyList<Tensor?> gradients = (tape ?? Known(scope).Tape).Gradient(loss, changed);
            optimizer.Apply(scope?.Group?.Average(gradients) ?? gradients, changed);
        });
    }

    /// <summary>Changes of variables that you write yourself. Errors: TG1002 null.</summary>
    /// <param name="updates">Assigns variables; it runs in the training graph.</param>
    public static TrainOp Of(Action updates) => new(Throw.IfNull(updates));

    /// <summary>Several steps, one after the other, as one. Errors: TG1002 null.</summary>
    /// <param name="steps">The steps.</param>
    public static TrainOp Group(params IReadOnlyList<TrainOp> steps)
    {
        TrainOp[] all = [.. Throw.IfNull(steps).Select(step => Throw.IfNull(step))];
        return new(() =>
        {
            foreach (var step in all)
                step.Run();
        });
    }

    internal void Run() => _run();

    private static ModelScope Known(ModelScope? scope)
    {
        if (scope is null)
            Misuse.Raise("train_op", "it was made outside of a model function", "Make it in the model function, or pass a tape and the variables.");
        return scope;
    }
}
