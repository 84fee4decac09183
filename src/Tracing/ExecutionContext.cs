using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The destination of ops: recorded into the graph that this thread traces, or run at once. A trace belongs to its thread; the tapes of code that
/// runs at once belong to a flow of control, so that they survive an <c>await</c> and see what tasks do that were started while they were open.
/// </summary>
internal abstract class ExecutionContext
{
    [ThreadStatic]
    private static ExecutionContext? _entered;

    /// <summary>The context in force.</summary>
    public static ExecutionContext Current => _entered ?? ImperativeContext.OfFlow;

    /// <summary>The context in force, as one that a tape may be added to.</summary>
    public static ExecutionContext ForTape => _entered ?? ImperativeContext.OfFlowForTape;

    private ImmutableArray<TapeRecord> _tapes = [];

    /// <summary>Tapes that record in this context, outermost first.</summary>
    public ImmutableArray<TapeRecord> Tapes => _tapes;

    /// <summary>
    /// Flows of control that share tapes record one at a time. Nothing runs while it is held, since what runs may wait for another flow.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <summary>Flows of control that share tapes take gradients one at a time.</summary>
    public Lock GradientGate { get; } = new();

    /// <summary>How many tapes were opened in this context.</summary>
    public int TapesOpened { get; set; }

    /// <summary>Makes nodes for gradient rules.</summary>
    public abstract GraphBuilder Builder { get; }

    /// <summary>Stands for the branch or loop that is being traced; null outside of a trace.</summary>
    public virtual object? Block => null;

    /// <summary>True for the context of a checkpointed block that runs op by op: it notes all its ops.</summary>
    public virtual bool Notes => false;

    /// <summary>Tensors that tapes of this context, or around it, watch.</summary>
    public virtual IEnumerable<Tensor> WatchedTensors => _tapes.SelectMany(tape => tape.WatchedTensors);

    /// <summary>Runs or records an op.</summary>
    public abstract Tensor[] Run(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs);

    /// <summary>Runs or records an op with one result.</summary>
    public virtual Tensor RunSingle(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs) => Run(op, attrs, inputs)[0];

    /// <summary>The tensor that a value of <see cref="GraphBuilder"/> stands for.</summary>
    public abstract Tensor TensorOf(Value value);

    /// <summary>The value that stands for a tensor in <see cref="GraphBuilder"/>.</summary>
    public abstract Value ValueOf(Tensor tensor);

    /// <summary>Keeps the values of <see cref="GraphBuilder"/> until the result is disposed, whichever tapes another flow closes.</summary>
    public virtual Keeping KeepValues() => default;

    /// <summary>Values are let go.</summary>
    protected virtual void EndKeeping(GraphBuilder build)
    {
    }

    /// <summary>Makes sure that a watched tensor has a value of its own.</summary>
    public virtual void Identify(Tensor tensor)
    {
    }

    /// <summary>Makes the values of a closed tape known again, until <see cref="Release"/>.</summary>
    public virtual void Restore(GraphBuilder build)
    {
    }

    /// <summary>A tape needs the values of a builder.</summary>
    public virtual void Hold(GraphBuilder build, TapeRecord tape)
    {
    }

    /// <summary>A tape needs them no more.</summary>
    public virtual void LetGo(GraphBuilder build, TapeRecord tape)
    {
    }

    /// <summary>Forgets recorded values if no tape is open.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Makes another context current until the result is disposed; null is one that runs ops at once, without tapes.</summary>
    public static Switch Enter(ExecutionContext? context)
    {
        var before = new Switch(_entered, NameScope.Replace(""));
        _entered = context ?? new ImperativeContext();
        return before;
    }

    /// <summary>Tells the tapes of a node.</summary>
    public void Record(Node node)
    {
        foreach (var tape in Tapes)
            tape.Record(node);
    }

    /// <summary>Adds a tape.</summary>
    public void Add(TapeRecord tape) => ImmutableInterlocked.Update(ref _tapes, tapes => tapes.Add(tape));

    /// <summary>Forgets a tape; false if it was not there.</summary>
    public bool Remove(TapeRecord tape) => ImmutableInterlocked.Update(ref _tapes, tapes => tapes.Remove(tape));

    /// <summary>Lets other tapes record from here on, such as those that enter a region; gives those that did.</summary>
    public ImmutableArray<TapeRecord> SetTapes(ImmutableArray<TapeRecord> tapes)
    {
        var before = _tapes;
        _tapes = tapes;
        return before;
    }

    internal readonly struct Keeping(ExecutionContext context, GraphBuilder build) : IDisposable
    {
        public void Dispose() => context?.EndKeeping(build);
    }

    internal readonly struct Switch(ExecutionContext? before, string names) : IDisposable
    {
        public void Dispose()
        {
            _entered = before;
            NameScope.Replace(names);
        }
    }
}
