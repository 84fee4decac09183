using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// An open branch or loop body, which learns of each <see cref="TensorArray"/> and <see cref="GradientTape"/> that is used in it although it was made
/// outside. Nothing of that needs to be declared, so a change made by a called method counts like any other.
/// </summary>
internal sealed partial class ControlScope
{
    // Deeper than any sensible nesting, shallower than the stack.
    private const int Deepest = 200;

    private readonly TraceContext _trace;
    private readonly RegionKind _kind;
    private readonly List<Entry> _entries = [];

    private ControlScope(TraceContext trace, RegionKind kind)
    {
        (_trace, _kind) = (trace, kind);
        trace.Builder.BeginRegion();
        Depth = trace.Builder.Depth;
        TapesAround = trace.SetTapes(TapesEnter ? trace.Tapes : []);
    }

    /// <summary>An array with its state ahead of the region; in a loop also its state at the start of an iteration.</summary>
    public sealed record Entry(TensorArray Array, ArrayState Before, Tensor? Parameter)
    {
        public bool IsChanged => !ReferenceEquals(Array.State, Parameter is null ? Before : Start);

        public ArrayState? Start { get; init; }
    }

    /// <summary>True for a loop: an array in it becomes a parameter of the region.</summary>
    public bool NeedsType => _kind is RegionKind.Iteration or RegionKind.Repeated;

    /// <summary>How many blocks inside the entry block its region is.</summary>
    public int Depth { get; }

    /// <summary>The same object for both branches of an <c>if</c>.</summary>
    public object Owner { get; private set; } = null!;

    /// <summary>True for what gives no value that is computed where the region stands, as the condition of a loop.</summary>
    public bool IsCondition => _kind is RegionKind.Repeated or RegionKind.Function;

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Opens a region.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="kind">When it runs.</param>
    /// <param name="owner">What the region is a part of; null for one that is alone.</param>
    public static ControlScope Open(TraceContext trace, RegionKind kind, object? owner = null)
    {
        if (trace.Frames.Count >= Deepest)
        {
            throw new GraphException(
                DiagnosticIds.EndlessRecursion, $"{trace.Name}: branches and loops are nested {Deepest} levels deep while it is traced",
                "A method can't call itself until a tensor ends that, since both branches are traced; write a loop, or let a C# value end it.",
                SourceSpan.Capture());
        }

        var scope = new ControlScope(trace, kind);
        scope.Owner = owner ?? scope;
        trace.Frames.Add(scope);
        return scope;
    }

    /// <summary>Ends the scope: the arrays have again what they had ahead of it, and another branch finds the tapes as this one did.</summary>
    public void Close()
    {
        _trace.Frames.RemoveAt(_trace.Frames.Count - 1);
        CloseTapes();
        foreach (var entry in _entries)
            entry.Array.State = entry.Before;
    }

    public bool Knows(TensorArray array) => _entries.Exists(entry => ReferenceEquals(entry.Array, array));

    public void Enter(TensorArray array, TensorType element)
    {
        var before = array.State;
        if (!NeedsType)
        {
            _entries.Add(new(array, before, null));
            return;
        }

        var parameter = _trace.TensorOf(_trace.Builder.ParameterAt(Depth, element.List, "array"));
        var start = new ArrayState.Listed(parameter);
        array.State = start;
        _entries.Add(new(array, before, parameter) { Start = start });
    }
}
