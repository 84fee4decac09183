namespace TensorGraph;

/// <summary>A model function that runs: the tape around it, and the variables that it trains.</summary>
internal sealed class ModelScope(GradientTape tape, Func<IReadOnlyList<Variable>> trainable, WorkerGroup? group) : IDisposable
{
    [ThreadStatic]
    private static ModelScope? s_current;

    private ModelScope? _outer;

    public static ModelScope? Current => s_current;

    public GradientTape Tape => tape;

    /// <summary>The processes that train together; null for one.</summary>
    public WorkerGroup? Group => group;

    public IReadOnlyList<Variable> Trainable() => trainable();

    public ModelScope Enter()
    {
        (_outer, s_current) = (s_current, this);
        return this;
    }

    public void Dispose()
    {
        s_current = _outer;
        tape.Dispose();
    }
}
