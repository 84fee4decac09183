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
    private readonly bool[] _matters;

    public StateGuard(object? owner, string[] names, Action<object?, GraphCall> read)
    {
        _owner = owner is null ? null : new WeakReference(owner);
        _names = names;
        _read = read;
        // A trace may change the content of a collection, and what counts is what it found.
        _values = Read(owner).Leaves.ToArray();
        for (int i = 0; i < _values.Length; i++)
            _values[i] = _values[i].WithContents();
        _matters = [.. _values.Select(_ => true)];
    }

    /// <summary>True when an object that the state must lead to is gone: the guard cannot hold again.</summary>
    public bool IsDead => _owner is null or { IsAlive: true } && _values.Where((value, i) => _matters[i] && value.IsDead).Any();

    public bool IsOf(object? owner, Action<object?, GraphCall> read) => ReferenceEquals(_owner?.Target, owner) && _read == read;

    /// <summary>
    /// Fixes the values at the end of the trace. An object that the trace made where there was none (a layer made by the first call) is the
    /// one it was traced with. A tensor that the trace never used, since it was overwritten first, does not matter.
    /// </summary>
    public void Settle(Func<Tensor, bool> isUsed)
    {
        if (!TryOwner(out object? owner))
            return;
        var now = Read(owner).Leaves;
        for (int i = 0; i < _values.Length; i++)
        {
            if (_values[i].IsNull)
                _values[i] = now[i];
            if (_values[i].Tensor is { } tensor)
                _matters[i] = isUsed(tensor);
            _values[i] = _values[i].ForKey();
        }
    }

    public bool Holds()
    {
        if (!TryOwner(out object? owner))
            return true;
        var now = Read(owner).Leaves;
        for (int i = 0; i < _values.Length; i++)
        {
            if (_matters[i] && !_values[i].SameStatic(now[i]))
                return false;
        }

        return true;
    }

    /// <summary>The first value that differs now.</summary>
    public (string Name, string Old, string New)? Difference()
    {
        if (!TryOwner(out object? owner))
            return null;
        var now = Read(owner).Leaves;
        for (int i = 0; i < _values.Length; i++)
        {
            if (_matters[i] && !_values[i].SameStatic(now[i]))
                return (_names[i], _values[i].ToString(), Show(_values[i], now[i]));
        }

        return null;
    }

    /// <summary>Names and values: <c>Model._rate = 0.5</c>.</summary>
    public IEnumerable<string> Describe() => _names.Zip(_values, (name, value) => $"{name} = {value}").Where((_, i) => _matters[i]);

    // Nothing leads to an object that is gone, or a guard of what led to it would not hold: the trace made it for itself.
    private bool TryOwner(out object? owner)
    {
        owner = _owner?.Target;
        return _owner is null || owner is not null;
    }

    // Two objects of one type would look the same.
    private static string Show(Leaf old, Leaf now) => old.ToString() == now.ToString() ? $"another {now}" : now.ToString();

    private GraphCall Read(object? owner)
    {
        var scratch = _scratch ??= new GraphCall();
        scratch.Clear();
        _read(owner, scratch);
        return scratch;
    }
}
