using System.Collections.Immutable;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Branches and loops of the graph that are open inside of the block that opened the tape. It records the nodes of each, so that a gradient can be
/// taken there, through all of them. When one ends, the tape knows the finished control-flow node in its place.
/// </summary>
internal sealed partial class TapeRecord
{
    // The block that opened the tape, then those inside of it.
    private readonly List<Level> _levels = [new(null)];
    private readonly ControlScope? _home;
    private readonly int _depth;
    private readonly HashSet<Value> _watchedBefore = [];
    private Fate _fate;

    /// <summary>The uses that the program has made of the tape.</summary>
    [Flags]
    internal enum Fate
    {
        /// <summary>It records.</summary>
        None = 0,

        /// <summary>It has given its only gradient, at least in one branch.</summary>
        Used = 1,

        /// <summary>It was closed.</summary>
        Closed = 2,

        /// <summary>It was closed in a branch or loop that has ended.</summary>
        ClosedInside = 4,
    }

    /// <summary>A branch ends: the tape is again what it was.</summary>
    /// <returns>What it was at the end of the branch.</returns>
    public Fate Return(Fate before)
    {
        var after = _fate;
        _fate = before;
        return after;
    }

    /// <summary>A branch or loop has ended in which this became of the tape.</summary>
    public void Join(Fate fate)
    {
        var after = _fate | (fate & Fate.Used);
        if (fate.HasFlag(Fate.ClosedInside) || (fate.HasFlag(Fate.Closed) && !_fate.HasFlag(Fate.Closed)))
            after |= Fate.ClosedInside;
        bool isUsedUp = after.HasFlag(Fate.Used) && !_fate.HasFlag(Fate.Used);
        Become(after);
        if (isUsedUp && !Inside.Any())
            Free();
    }

    /// <summary>A loop ends that the tape was open ahead of: later iterations would find it closed.</summary>
    /// <exception cref="GraphException">TG4002 when it was closed in the iteration.</exception>
    public void CheckStaysOpen(Fate before)
    {
        if (IsClosed && before == Fate.None)
            throw Misuse("a loop of the graph closes a tape that was opened outside of it",
                "Dispose of the tape behind the loop, or open it in the iteration.");
    }

    /// <summary>The gradient by these sources stopped at a value that an iteration takes from outside: that must not depend on any of them.</summary>
    /// <param name="scope">The iteration.</param>
    /// <param name="parameter">The value.</param>
    /// <param name="sources">Tensors that the gradient is by.</param>
    /// <param name="variables">Variables that the gradient is by.</param>
    /// <param name="origins">For each value that the iteration takes from outside, what it is in the first iteration and in later ones.</param>
    /// <exception cref="GraphException">TG4002 when it does.</exception>
    public void CheckCarried(
        ControlScope scope, Value parameter, Value[] sources, Resource[] variables, IReadOnlyDictionary<Value, Value[]> origins)
    {
        // One that the iteration makes is another one in each iteration.
        Value[] outer = [.. sources.Where(source => _build.DepthOf(source) < scope.Depth)];
        HashSet<Node> recorded = [.. Nodes()];
        HashSet<Value> seen = [];
        var rest = new Stack<Value>([parameter]);
        while (rest.TryPop(out var value))
        {
            value = _build.OriginOf(value);
            if (!seen.Add(value))
                continue;
            if (outer.Contains(value))
                throw PassesOn(parameter);
            if (origins.TryGetValue(value, out var before))
                Push(before);
            else if (IsCarried(value))
                Stop(value, outer, variables);
            else if (recorded.Contains(value.Node) && value.Node.PassesGradients)
            {
                if (value.Node.Effects.Any(effect => !effect.IsWrite && variables.Contains(effect.Resource)))
                    throw PassesOn(parameter);
                Push(value.Node.Inputs);
            }
        }

        void Push(IEnumerable<Value> values)
        {
            foreach (var value in values)
                rest.Push(value);
        }
    }

    // Open branches and loops inside of the block that opened the tape, outermost first.
    private IEnumerable<ControlScope> Inside => _context is TraceContext trace ? trace.Frames.Skip(trace.Frames.IndexOf(_home!) + 1) : [];

    /// <summary>True while a function runs whose ops tapes do not see.</summary>
    public bool IsHidden { get; set; }

    // It gives gradients in the block that opened it, and in branches and iterations inside.
    private bool IsHere => IsHomeOpen && !IsHidden && Inside.All(scope => scope.TapesEnter);

    private bool IsHomeOpen => _home is null || ((TraceContext)_context).Frames.Contains(_home);

    private bool IsInLoop => Inside.Any(scope => scope.IsIteration);

    // The level of the block that the program is in.
    private Level Innermost()
    {
        if (_context is not TraceContext || !IsHomeOpen)
            return _levels[0];
        int at = 1;
        foreach (var scope in Inside)
        {
            if (at < _levels.Count && _levels[at].Scope != scope)
                LeaveFrom(at);
            if (at == _levels.Count)
                _levels.Add(new(scope));
            at++;
        }

        LeaveFrom(at);
        return _levels[^1];
    }

    private void LeaveFrom(int level)
    {
        foreach (var left in _levels.Skip(level))
            _watchedBefore.UnionWith(left.Watched);
        _levels.RemoveRange(level, _levels.Count - level);
    }

    private void Become(Fate fate)
    {
        if (fate != _fate)
            Inside.LastOrDefault()?.Change(this, _fate);
        _fate = fate;
    }

    private bool IsTracked(Value origin)
    {
        foreach (var level in _levels)
        {
            if (level.Tracked.Contains(origin))
                return true;
        }

        return IsCarried(origin);
    }

    // What a loop carries from one iteration to the next may depend on anything.
    private bool IsCarried(Value origin) =>
        _levels.Count > 1 && origin.Node.Op == OpDefs.Parameter && origin.DType.IsFloat() && _build.DepthOf(origin) > _depth;

    // A gradient goes on through the values that branches and iterations capture, as they are the same values there.
    private Gradients Backward((Value Target, Value Gradient)[] seeds, Value[] sources, Resource[] variables)
    {
        var nodes = WithLate(Nodes());
        var read = nodes.SelectMany(node => node.Inputs).Concat(seeds.Select(seed => seed.Target));
        Value[] carried = _levels.Count == 1 ? [] : [.. read.Select(_build.OriginOf).Where(IsCarried).Distinct()];
        var gradients = Ir.Gradient.Backward(_build, nodes, seeds, [.. sources, .. carried], variables, _late);
        foreach (var (parameter, gradient) in carried.Zip(gradients.Sources.Skip(sources.Length)))
        {
            if (gradient is not null)
                Stop(parameter, sources, variables);
        }

        return gradients with { Sources = gradients.Sources[..sources.Length] };
    }

    private void Stop(Value parameter, Value[] sources, Resource[] variables) =>
        Inside.First(scope => scope.Depth == _build.DepthOf(parameter)).Pass(this, parameter, sources, variables);

    // An iteration would find what the one before has watched, and the first one would not.
    private void CheckWatchable(Value origin)
    {
        if (Inside.Any(scope => scope.IsIteration && _build.DepthOf(origin) < scope.Depth + (IsCarried(origin) ? 1 : 0)))
            throw WatchedInLoop();
    }

    private static GraphException WatchedInLoop() =>
        Misuse("a loop of the graph watches what it does not make, by a tape from around it",
            "Watch it ahead of the loop, or open the tape in the iteration.");

    private static GraphException PassesOn(Value parameter) => Misuse(
        $"the target depends on '{parameter.Node.Attrs.Get("name", "a value")}', which a loop carries from one iteration to the next",
        "Compute it in the iteration, or detach it where the iteration begins: the gradient of one iteration does not go on into the one before.");

    /// <summary>The error for a source that is another tensor's name in some iteration, given all that either may be.</summary>
    public static GraphException IsOther(HashSet<Value> source, HashSet<Value> other) => Misuse(
        $"a loop carries {Name(source)} or {Name(other)}, which may be one tensor in an iteration, and the target depends on both",
        "Make what is carried a tensor of its own ahead of the loop and in the iteration: y = y * 1.");

    private static string Name(HashSet<Value> values) =>
        values.Select(value => value.Node.Attrs.Get("name", "")).FirstOrDefault(name => name.Length > 0) is { } known ? $"'{known}'" : "a tensor";

    private sealed record Level(ControlScope? Scope)
    {
        public List<Node> Nodes { get; } = [];

        // Values by the name that they have where they were made.
        public HashSet<Value> Tracked { get; } = [];

        public HashSet<Value> Watched { get; } = [];

        public HashSet<Resource> Variables { get; } = [];
    }
}
