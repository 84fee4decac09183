using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Records what is computed from watched tensors and from trainable variables, and differentiates it in reverse mode. Works the same
/// imperatively and inside a graph function. Tapes nest, for higher derivatives.
/// </summary>
public sealed class GradientTape : IDisposable
{
    private readonly List<Node> _nodes = [];
    private readonly HashSet<Value> _tracked = [];
    private readonly HashSet<Resource> _watchedVariables = [];
    private readonly ExecutionContext _context;
    private readonly object? _block;
    private readonly bool _watchVariables;
    private volatile bool _isClosed;
    private bool _recording = true;
    private bool _used;

    /// <summary>Starts recording.</summary>
    /// <param name="persistent">Allows several gradients from one tape; keeps its values alive until disposed.</param>
    /// <param name="watchVariables">False watches only what <see cref="Watch(Tensor)"/> and <see cref="Watch(Variable)"/> name.</param>
    public GradientTape(bool persistent = false, bool watchVariables = true)
    {
        IsPersistent = persistent;
        _watchVariables = watchVariables;
        _context = ExecutionContext.Current;
        _block = _context.Block;
        _context.Tapes.Add(this);
    }

    /// <summary>From here on records what is computed from a tensor.</summary>
    /// <exception cref="GraphException">TG4002 when the tensor is not of a float dtype.</exception>
    public void Watch(Tensor tensor)
    {
        CheckFloat(Check.NotNull(tensor), "watch");
        CheckPlace();
        _tracked.Add(ValueOf(tensor));
    }

    /// <summary>From here on records what is computed from a variable; only needed with <c>watchVariables: false</c> or for untrainable ones.</summary>
    public void Watch(Variable variable)
    {
        CheckPlace();
        _watchedVariables.Add(Check.NotNull(variable).Resource);
    }

    /// <summary>∂target/∂source; null when the target does not depend on the source.</summary>
    /// <exception cref="GraphException">TG4001 when an op on the path has no gradient, TG4002 for a target that is not of a float dtype or a used-up tape.</exception>
    public Tensor? Gradient(Tensor target, Tensor source) => Pull(target, [Check.NotNull(source)], [], null).Sources[0];

    /// <summary>∂target/∂variable; null when the target does not depend on it.</summary>
    public Tensor? Gradient(Tensor target, Variable variable) => Pull(target, [], [Check.NotNull(variable)], null).Variables[0];

    /// <summary>∂target/∂source for several sources; an entry is null when the target does not depend on that source.</summary>
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Tensor> sources, Tensor? outputGradient = null) => Pull(target, Check.NotNull(sources), [], outputGradient).Sources;

    /// <summary>∂target/∂variable for several variables; an entry is null when the target does not depend on that variable.</summary>
    public Tensor?[] Gradient(Tensor target, IReadOnlyList<Variable> variables, Tensor? outputGradient = null) => Pull(target, [], Check.NotNull(variables), outputGradient).Variables;

    /// <summary>Stops recording and forgets.</summary>
    public void Dispose()
    {
        _isClosed = true;
        // After an await this may be another thread; the tape's own may be recording at this moment, and forgets it at its next op.
        if (ExecutionContext.Current == _context)
            Forget();
    }

    /// <summary>True when it records what its own gradients do.</summary>
    internal bool IsPersistent { get; }

    /// <summary>True when nobody uses it any more.</summary>
    internal bool IsClosed => _isClosed;

    internal void Forget()
    {
        _recording = false;
        _nodes.Clear();
        _tracked.Clear();
        Detach();
    }

    // What runs after the last use of a tape need not be recorded, even where the tape stays in scope.
    private void Detach()
    {
        if (_context.Tapes.Remove(this) && _context is ImperativeContext imperative && imperative.Tapes.Count == 0)
            imperative.Release();
    }

    internal void Record(Node node)
    {
        if (!_recording || _isClosed || (!node.Inputs.Any(_tracked.Contains) && !ReadsWatchedVariable(node)))
            return;
        _nodes.Add(node);
        for (int i = 0; i < node.Types.Length; i++)
            _tracked.Add(node[i]);
    }

    /// <summary>True when a call with these arguments must be recorded.</summary>
    internal bool Tracks(Tensor tensor) => _recording && _tracked.Contains(ValueOf(tensor));

    internal bool Tracks(Resource variable) => _recording && IsWatched(variable);

    private bool ReadsWatchedVariable(Node node)
    {
        foreach (var effect in node.Effects)
        {
            if (!effect.IsWrite && IsWatched(effect.Resource))
                return true;
        }

        return false;
    }

    private bool IsWatched(Resource resource) =>
        _watchedVariables.Contains(resource) || (_watchVariables && resource is Backends.VariableResource { Type.DType: >= DType.F16 and <= DType.F64, IsTrainable: true });

    private (Tensor?[] Sources, Tensor?[] Variables) Pull(Tensor target, IReadOnlyList<Tensor> sources, IReadOnlyList<Variable> variables, Tensor? outputGradient)
    {
        CheckFloat(Check.NotNull(target), "the target");
        CheckPlace();
        if (_used && !IsPersistent)
            throw Misuse("the tape was already used", "Create it with persistent: true to take several gradients.");
        _used = true;
        bool wasRecording = _recording;
        _recording = IsPersistent && wasRecording;
        try
        {
            var build = _context.Build;
            var targetValue = ValueOf(target);
            var seed = outputGradient is null ? build.Ones(target.Type) : ValueOf(outputGradient);
            var values = sources.Select(ValueOf).ToArray();
            var gradients = Ir.Gradient.Backward(build, [.. _nodes], [(targetValue, seed)], values, [.. variables.Select(variable => variable.Resource)]);
            return (Tensors(gradients.Sources, values), Tensors(gradients.Variables, null));
        }
        finally
        {
            _recording = wasRecording && IsPersistent;
            if (!IsPersistent)
            {
                _nodes.Clear();
                Detach();
            }
        }
    }

    private Tensor?[] Tensors(IReadOnlyList<Value?> gradients, Value[]? sources) =>
        [.. gradients.Select((gradient, i) => gradient is { } value && (sources is null || _tracked.Contains(sources[i])) ? _context.TensorOf(value) : null)];

    // A tensor from outside of the branch or loop of this tape has another name in it, which is what its nodes read.
    private Value ValueOf(Tensor tensor) => _context.Build.InBlock(_context.ValueOf(tensor));

    // A tape that was opened outside of a branch or loop sees it as one node, and only when it is finished.
    private void CheckPlace()
    {
        if (ExecutionContext.Current != _context)
        {
            throw ExecutionContext.Current is TraceContext || _context is TraceContext
                ? Misuse("the tape was opened outside of the function that is being traced", "Open the tape and take the gradient in the same function.")
                : Misuse("the tape was opened on another thread, or outside of this host call", "Open the tape and take the gradient on one thread, without an await between them.");
        }

        if (_context.Block != _block)
            throw Misuse("the tape was opened outside of this branch or loop of the graph, or in one that has ended", "Open the tape and use it in the same block; a tape around a loop gives its gradient behind the loop.");
    }

    private static void CheckFloat(Tensor tensor, string what)
    {
        if (!tensor.DType.IsFloat())
            throw Misuse($"{what} is {tensor.Type}", "Only float tensors have gradients; Cast first.");
    }

    private static GraphException Misuse(string problem, string remedy) => new(DiagnosticIds.BadGradientTarget, $"gradient: {problem}", remedy, SourceSpan.Capture());
}
