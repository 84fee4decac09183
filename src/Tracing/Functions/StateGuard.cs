using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// Fields and properties of one C# object (or static ones) that a trace read, with the values that they had: the trace serves a call only while
/// they are the same. Objects are compared by identity and held weakly.
/// </summary>
internal sealed class StateGuard
{
    // A call is under way when guards are checked, so its own spare is taken.
    [ThreadStatic]
    private static GraphCall? _scratch;

    private readonly WeakReference? _owner;
    private readonly string[] _names;
    private readonly Action<object?, GraphCall> _read;
    private readonly Leaf[] _values;
    private readonly Tensor?[] _tensors;
    private readonly bool[] _matters;
    // The first value that the trace itself changed.
    private int? _written;

    public StateGuard(object? owner, string[] names, Action<object?, GraphCall> read)
    {
        _owner = owner is null ? null : new WeakReference(owner);
        _names = names;
        _read = read;
        // A trace may change the content of a collection, and what counts is what it found.
        Leaf[] found = Read(owner).Leaves.ToArray();
        Forget();
        _values = [.. found.Select(value => value.ForKey())];
        _tensors = [.. found.Select(value => value.Tensor)];
        _matters = [.. _values.Select(_ => true)];
    }

    /// <summary>True when the guard cannot hold again: the trace changed the state, or an object that the state must lead to is gone.</summary>
    public bool IsDead => _written is not null || (_owner is null or { IsAlive: true }
        && _values.Where((value, i) => _matters[i] && value.IsDead).Any());

    /// <summary>
    /// True when the trace changed a value that was there, not only what was null: another trace after it would change it once more.
    /// </summary>
    public bool IsOverwritten { get; private set; }

    public bool IsOf(object owner) => ReferenceEquals(_owner?.Target, owner);

    public bool IsOf(object? owner, Action<object?, GraphCall> read) => ReferenceEquals(_owner?.Target, owner) && _read == read;

    /// <summary>
    /// Fixes the values at the end of the trace. The graph does not repeat what the trace wrote, so one that left other values than it found serves
    /// the call that it was traced for and no other. A tensor that was overwritten and is in no node was overwritten before it was read, and does not
    /// matter; nor does a collection that the trace filled with other tensors.
    /// </summary>
    /// <param name="trace">The trace, whose own tensors are no state that it found.</param>
    /// <param name="isUsed">True for a tensor that is in a node of the graph.</param>
    /// <param name="isKept">True for an object that C# code of the graph may come to when it runs.</param>
    public void Settle(TraceContext trace, Func<Tensor, bool> isUsed, Func<object, bool> isKept)
    {
        if (!TryOwner(out object? owner))
            return;
        var now = Read(owner).Leaves;
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i].Settle(isKept);
            var found = _tensors[i];
            bool isChanged = !_values[i].SameStatic(now[i]);
            _matters[i] = found is null ? !(isChanged && _values[i].HoldsTensors) : found.Trace != trace && (!isChanged || isUsed(found));
            if (!_matters[i] || !isChanged)
                continue;
            _written ??= i;
            IsOverwritten |= !_values[i].IsNull;
        }

        Forget();
        Array.Clear(_tensors);
    }

    public bool Holds()
    {
        if (_written is not null)
            return false;
        if (!TryOwner(out object? owner))
            return true;
        var now = Read(owner).Leaves;
        bool holds = true;
        for (int i = 0; i < _values.Length && holds; i++)
            holds = !_matters[i] || _values[i].SameStatic(now[i]);
        Forget();
        return holds;
    }

    /// <summary>The first value that differs now.</summary>
    public (string Name, string Old, string New)? Difference()
    {
        if (!TryOwner(out object? owner))
            return null;
        Leaf[] now = [.. Read(owner).Leaves];
        Forget();
        for (int i = 0; i < _values.Length; i++)
        {
            if (_matters[i] && !_values[i].SameStatic(now[i]))
                return (NameOf(i), _values[i].ToString(), _values[i].TextOfOther(now[i]));
        }

        return _written is { } written ? (NameOf(written), _values[written].ToString(), "set by the method itself") : null;
    }

    /// <summary>Names and values: <c>Model._rate = 0.5</c>.</summary>
    public IEnumerable<string> Describe() => _names.Zip(_values, (name, value) => $"{name} = {value}").Where((_, i) => _matters[i]);

    // One name may stand for several values.
    private string NameOf(int value) => _names[Math.Min(value, _names.Length - 1)];

    // Nothing leads to an object that is gone, or a guard of what led to it would not hold: the trace made it for itself.
    private bool TryOwner(out object? owner)
    {
        owner = _owner?.Target;
        return _owner is null || owner is not null;
    }

    // What a guard read last must not keep an object alive.
    private static void Forget() => _scratch!.Clear();

    private GraphCall Read(object? owner)
    {
        var scratch = _scratch ??= new GraphCall();
        scratch.Clear();
        _read(owner, scratch);
        return scratch;
    }
}
