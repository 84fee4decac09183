using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Where the ops of this thread go: run at once, or recorded into the graph that is being traced.</summary>
internal abstract class ExecutionContext
{
    [ThreadStatic]
    private static ExecutionContext? _current;

    /// <summary>The context of this thread.</summary>
    public static ExecutionContext Current => _current ??= new ImperativeContext();

    /// <summary>Tapes that record in this context, outermost first.</summary>
    public List<GradientTape> Tapes { get; private set; } = [];

    /// <summary>How many tapes were opened in this context.</summary>
    public int TapesOpened { get; set; }

    /// <summary>Makes nodes for gradient rules.</summary>
    public abstract Build Build { get; }

    /// <summary>Stands for the branch or loop that is being traced; null outside of a trace.</summary>
    public virtual object? Block => null;

    /// <summary>Runs or records an op.</summary>
    public abstract Tensor[] Run(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs);

    /// <summary>Runs or records an op with one result.</summary>
    public virtual Tensor RunSingle(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs) => Run(op, attrs, inputs)[0];

    /// <summary>The tensor that a value of <see cref="Build"/> stands for.</summary>
    public abstract Tensor TensorOf(Value value);

    /// <summary>The value that stands for a tensor in <see cref="Build"/>.</summary>
    public abstract Value ValueOf(Tensor tensor);

    /// <summary>Makes sure that a watched tensor has a value of its own.</summary>
    public virtual void Identify(Tensor tensor)
    {
    }

    /// <summary>Makes the values of a closed tape known again, until <see cref="Release"/>.</summary>
    public virtual void Restore(Build build)
    {
    }

    /// <summary>Forgets recorded values if no tape is open.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Makes another context current until the result is disposed.</summary>
    public static Switch Enter(ExecutionContext? context)
    {
        var before = _current;
        _current = context;
        return new Switch(before);
    }

    /// <summary>Tells the tapes of a node.</summary>
    public void Record(Node node)
    {
        foreach (var tape in Tapes)
            tape.Record(node);
    }

    /// <summary>Inside a block tapes see only the finished control-flow node, not the nodes of the block.</summary>
    public List<GradientTape> SetTapes(List<GradientTape> tapes)
    {
        var before = Tapes;
        Tapes = tapes;
        return before;
    }

    internal readonly struct Switch(ExecutionContext? before) : IDisposable
    {
        public void Dispose() => _current = before;
    }
}
