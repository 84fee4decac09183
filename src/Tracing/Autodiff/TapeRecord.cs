using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The record of a <see cref="GradientTape"/>. The context of the program holds it as long as the tape is open, but not the tape itself: a tape
/// that the program has lost closes its record.
/// </summary>
internal sealed partial class TapeRecord
{
    private ImmutableArray<Tensor> _watchedTensors = [];
    private readonly ExecutionContext _context;
    private readonly GraphBuilder _build;
    private readonly int _openedAs;
    private readonly bool _watchVariables;
    // Of a tape for one call.
    private readonly Func<Resource, bool>? _watches;
    private int _lastOpenedBefore;
    private volatile bool _isClosed;
    private volatile bool _isLost;
    private bool _recording = true;

    public TapeRecord(bool persistent, bool watchVariables, Func<Resource, bool>? watches)
    {
        IsPersistent = persistent;
        _watchVariables = watchVariables;
        _watches = watches;
        _context = ExecutionContext.ForTape;
        _home = (_context as TraceContext)?.Frames.LastOrDefault();
        _build = _context.Builder;
        _depth = _build.Depth;
        _context.Hold(_build, this);
        _openedAs = ++_context.TapesOpened;
        _context.Add(this);
    }

    public void Watch(Tensor tensor)
    {
        CheckFloat(Check.NotNull(tensor), "watch");
        if (IsAskedForTypes)
            return;
        using var alone = _context.Gate.EnterScope();
        CheckPlace();
        CheckOpen();
        _context.Identify(tensor);
        _watchedTensors = _watchedTensors.Add(tensor);
        var level = Innermost();
        var value = ValueOf(tensor);
        WatchNames(tensor, value);
        if (IsSource(value))
            return;
        CheckWatchable(value);
        level.Tracked.Add(value);
        level.Watched.Add(value);
    }

    public void Watch(Variable variable)
    {
        if (IsAskedForTypes)
            return;
        CheckPlace();
        CheckOpen();
        using var alone = _context.Gate.EnterScope();
        var level = Innermost();
        if (IsWatched(Check.NotNull(variable).Resource))
            return;
        if (IsInLoop)
            throw WatchedInLoop();
        level.Variables.Add(variable.Resource);
    }

    /// <summary>Stops recording. The gradient of what was recorded can still be taken, as long as the tape is there.</summary>
    public void Close()
    {
        if (IsClosed || IsAskedForTypes)
            return;
        _lastOpenedBefore = _context.TapesOpened;
        if (IsHomeOpen && Inside.Any())
            Become(_fate | Fate.Closed);
        else
            _isClosed = true;
        // Another flow may be recording at this moment; its context detaches the tape at the next op.
        if (ExecutionContext.Current == _context)
            Detach();
    }

    /// <summary>True when it records what its own gradients do.</summary>
    public bool IsPersistent { get; }

    /// <summary>True when it records no more.</summary>
    public bool IsClosed => _isClosed || (_fate & (Fate.Closed | Fate.ClosedInside)) != Fate.None;

    /// <summary>True when it records what runs now: not while it takes its only gradient.</summary>
    public bool IsRecording => CanTrack && !IsClosed;

    private bool CanTrack => _recording && !_fate.HasFlag(Fate.Used);

    /// <summary>Variables that what was recorded reads, as far as the tape watches them.</summary>
    public IReadOnlyCollection<Resource> VariablesRead =>
        [.. Nodes().SelectMany(node => node.Effects).Where(effect => !effect.IsWrite).Select(effect => effect.Resource).Where(IsWatched).Distinct()];

    /// <summary>True when the program has lost the tape: nothing can ask for a gradient any more.</summary>
    public bool IsLost => _isLost;

    /// <summary>The program has lost the tape. The context notices at its next op.</summary>
    public void Lose() => _isClosed = _isLost = true;

    /// <summary>Adds the values that its gradient needs.</summary>
    public void AddTo(HashSet<Value> needed)
    {
        // Levels but the first are those of a trace, which has no values to free.
        needed.UnionWith(_levels[0].Tracked);
        foreach (var node in _levels[0].Nodes)
        {
            needed.UnionWith(node.Inputs);
            for (int i = 0; i < node.Types.Length; i++)
                needed.Add(node[i]);
        }
    }

    /// <summary>Gives up what the gradient needs.</summary>
    public void Free()
    {
        Forget();
        Detach();
        _context.LetGo(_build, this);
    }

    /// <summary>Lets the context forget it. A tape that is closed keeps by itself what its gradient needs.</summary>
    public void Detach()
    {
        using var alone = _context.Gate.EnterScope();
        if (_context.Remove(this))
            _context.Release();
    }

    public void Record(Node node)
    {
        if (!IsRecording)
            return;
        var level = Innermost();
        // A gradient rule has blocks of its own.
        if (_build.Depth != (level.Scope?.Depth ?? _depth))
            return;
        if (_context is TraceContext)
            _seen.Add(node);
        if (!node.Inputs.Any(input => IsTracked(_build.OriginOf(input))) && !ReadsWatchedVariable(node))
            return;
        level.Nodes.Add(node);
        for (int i = 0; i < node.Types.Length; i++)
            level.Tracked.Add(node[i]);
    }

    /// <summary>Tensors and variables that the program told it to watch.</summary>
    public ImmutableArray<Tensor> WatchedTensors => _watchedTensors;

    /// <summary>True when a call with these arguments must be recorded.</summary>
    public bool Tracks(Tensor tensor)
    {
        if (!CanTrack)
            return false;
        var value = ValueOf(tensor);
        using var alone = _context.Gate.EnterScope();
        return IsTracked(value);
    }

    public bool Tracks(Resource variable) => CanTrack && IsWatched(variable);

    private bool ReadsWatchedVariable(Node node)
    {
        foreach (var effect in node.Effects)
        {
            if (!effect.IsWrite && IsWatched(effect.Resource))
                return true;
        }

        return false;
    }

    private bool StaysUsable => IsPersistent || _watches is not null;

    private bool IsWatched(Resource resource) =>
        _levels.Exists(level => level.Variables.Contains(resource))
        || _watches?.Invoke(resource) == true
        || (_watchVariables && resource is Backends.VariableResource { Type.DType: >= DType.F16 and <= DType.F64, IsTrainable: true });

    public (Tensor?[] Sources, Tensor?[] Variables) Pull(
        IReadOnlyList<(Tensor Target, Tensor? Gradient)> targets, IReadOnlyList<Tensor> sources, IReadOnlyList<Variable> variables)
    {
        foreach (var (target, _) in targets)
            CheckFloat(Check.NotNull(target), "the target");
        if (IsAskedForTypes)
            return ([.. sources.Select(source => Ops.Zeros(source.GraphType))], [.. variables.Select(variable => Ops.Zeros(variable.Type))]);
        using var alone = _context.GradientGate.EnterScope();
        CheckPlace();
        if (_fate.HasFlag(Fate.Used))
            throw Misuse("the tape was already used", "Create it with persistent: true to take several gradients.");
        if (_fate.HasFlag(Fate.ClosedInside))
            throw Misuse("the tape was closed in a branch or loop of the graph that has ended", "Dispose of it behind the branch, or not at all.");
        if (!StaysUsable && IsInLoop)
            throw Misuse("each iteration of a loop of the graph asks for a gradient of a tape that was opened outside of it",
                "Open the tape in the iteration, or create it with persistent: true to take several gradients.");
        if (IsClosed)
            Detach();
        if (IsClosed && _context.Tapes.Any(tape => !tape.IsClosed && tape._openedAs > _lastOpenedBefore))
            throw OpenedLater();
        _context.Restore(_build);
        using var kept = _context.KeepValues();
        using var there = targets[0].Target.Device is { } device && device != Device.Current ? Device.Use(device) : null;
        bool wasRecording = _recording, isUsedUp = false;
        Innermost();
        _recording = IsPersistent && wasRecording;
        try
        {
            Value[] targetValues = [.. targets.Select(item => ValueOf(item.Target))];
            Value[] values = [.. sources.Select(SourceOf)];
            foreach (var variable in variables)
                CheckWatched(variable);
            CheckNames(values, targetValues);
            isUsedUp = wasRecording && !StaysUsable;
            if (!StaysUsable)
                Become(_fate | Fate.Used);
            (Value, Value)[] seeds = [.. targets.Select((item, i) =>
                (targetValues[i], item.Gradient is { } seed ? ValueOf(seed) : _build.Ones(item.Target.GraphType)))];
            var gradients = Backward(seeds, values, [.. variables.Select(variable => variable.Resource)]);
            return (Tensors(gradients.Sources, i => sources[i].Device), Tensors(gradients.Variables, i => variables[i].Resource.Device));
        }
        finally
        {
            _recording = wasRecording;
            // What runs after the last use of a tape need not be recorded, even where the tape stays in scope. Another branch may use it, too.
            if (isUsedUp)
                Detach();
            if (isUsedUp && !Inside.Any())
                Forget();
            _context.Release();
            if (isUsedUp)
                _context.LetGo(_build, this);
        }
    }

    private bool IsAskedForTypes => ExecutionContext.Current is TraceContext { IsForTypes: true } trace && trace != _context;

    private Node[] Nodes()
    {
        using var alone = _context.Gate.EnterScope();
        return [.. _levels.SelectMany(level => level.Nodes)];
    }

    private void Forget()
    {
        using var alone = _context.Gate.EnterScope();
        foreach (var level in _levels)
        {
            level.Nodes.Clear();
            level.Tracked.Clear();
        }

        ForgetNames();
        _watchedTensors = [];
    }

    private bool IsSource(Value value)
    {
        using var alone = _context.Gate.EnterScope();
        return _levels.Exists(level => level.Watched.Contains(value) || (level.Tracked.Contains(value) && !_late.Contains(value.Node)));
    }

    private Tensor?[] Tensors(IReadOnlyList<Value?> gradients, Func<int, Device?> homeOf) =>
        [.. gradients.Select((gradient, i) => gradient is { } value ? Home(_context.TensorOf(value), homeOf(i)) : null)];

    // One that is made of numbers alone may be anywhere.
    private static Tensor Home(Tensor gradient, Device? home) =>
        home is not null && gradient.IsFree && gradient.Device != home ? gradient.To(home) : gradient;

    private Value SourceOf(Tensor source)
    {
        var value = ValueOf(Check.NotNull(source));
        if (IsSource(value))
            return value;
        CheckFloat(source, "the source");
        if (IsCarried(value))
            throw Misuse("the source is carried by a loop of the graph that the tape was opened outside of", "Open the tape in the iteration.");
        if (_watchedBefore.Contains(value))
            throw Misuse("the source was watched in a branch of the graph that has ended", "Call tape.Watch(source) ahead of the branch.");
        throw NotWatched($"a source of type {source.Type}", "Call tape.Watch(source) before what is computed from it");
    }

    private void CheckWatched(Variable variable)
    {
        if (IsWatched(Check.NotNull(variable).Resource))
            return;
        if (!variable.DType.IsFloat())
            throw Misuse($"variable '{variable.Name}' is {variable.Type}", "Only float variables have gradients.");
        throw NotWatched($"variable '{variable.Name}'", $"Call tape.Watch({variable.Name}) before it is read");
    }

    private Value ValueOf(Tensor tensor)
    {
        var build = _context.Builder;
        return build.OriginOf(build.InBlock(_context.ValueOf(tensor)));
    }

    private void CheckPlace()
    {
        var current = ExecutionContext.Current;
        if (_isClosed && current is ImperativeContext && _context is ImperativeContext)
        {
            // Another context is that of a tape which was opened since.
            if (current != _context && current.Tapes.Any(tape => !tape.IsClosed))
                throw OpenedLater();
            return;
        }

        if (current != _context)
        {
            throw current is TraceContext || _context is TraceContext
                ? Misuse("the tape was opened outside of the function that is being traced",
                "Open the tape and take the gradient in the same function.")
                : Misuse("the tape was opened in another flow of control, or outside of this host call",
                "Open the tape and take the gradient in one method, or in tasks that were started while the tape was open.");
        }

        if (!IsHere)
            throw Misuse("the tape was opened outside of this condition or function of the graph, or in a branch or loop that has ended",
                "Open the tape and use it in the same block, or in branches and loops inside of it.");
    }

    private void CheckOpen()
    {
        if (IsClosed)
            throw Misuse("the tape is closed and records no more", "Call Watch while it is open.");
    }

    private static void CheckFloat(Tensor tensor, string what)
    {
        if (!tensor.DType.IsFloat())
            throw Misuse($"{what} is {tensor.Type}", "Only float tensors have gradients; Cast first.");
    }

    private static GraphException OpenedLater() =>
        Misuse("a tape that was opened after this one was closed is recording, and has not seen how the target was computed",
            "Take the gradient before, or open the outer tape first.");

    private static GraphException NotWatched(string what, string remedy) => new(
        DiagnosticIds.NotWatched, $"gradient: {what} was never watched", $"{remedy}; null is only for a source without influence.",
        SourceSpan.Capture());

    private static GraphException Misuse(string problem, string remedy) =>
        new(DiagnosticIds.BadGradientTarget, $"gradient: {problem}", remedy, SourceSpan.Capture());
}
