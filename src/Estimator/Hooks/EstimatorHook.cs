namespace TensorGraph;

/// <summary>
/// Called around the steps of a training, evaluation or prediction: <see cref="Begin"/>, <see cref="AfterCreate"/>, then for each step <see
/// cref="BeforeRun"/> and <see cref="AfterRun"/>, and <see cref="End"/>. Override what you need. An exception of a hook ends the run and reaches the
/// caller; <see cref="Abort"/> is called then in place of <see cref="End"/>. Source: tf.estimator.SessionRunHook.
/// </summary>
public abstract class EstimatorHook
{
    /// <summary>Before the first step, and before <see cref="AfterCreate"/> of any hook.</summary>
    /// <param name="context">The run.</param>
    public virtual void Begin(HookContext context)
    {
    }

    /// <summary>After variables have the values of the checkpoint.</summary>
    /// <param name="context">The run.</param>
    public virtual void AfterCreate(HookContext context)
    {
    }

    /// <summary>Before each step. <see cref="HookContext.Feed"/> replaces tensors of the batch.</summary>
    /// <param name="context">The run.</param>
    /// <returns>
    /// Names of the tensors that <see cref="AfterRun"/> is to get: <c>loss</c>, <c>global_step</c>, summaries and watched tensors of the spec.
    /// </returns>
    public virtual IReadOnlyList<string> BeforeRun(HookContext context) => [];

    /// <summary>After each step. <see cref="HookContext.RequestStop"/> makes it the last one.</summary>
    /// <param name="context">The run.</param>
    /// <param name="values">The tensors that <see cref="BeforeRun"/> asked for.</param>
    public virtual void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
    }

    /// <summary>After the last step. The end of the data is a normal end.</summary>
    /// <param name="context">The run.</param>
    public virtual void End(HookContext context)
    {
    }

    /// <summary>In place of <see cref="End"/> when an exception ends the run: closes what the hook has opened.</summary>
    /// <param name="context">The run.</param>
    public virtual void Abort(HookContext context)
    {
    }
}
