using System.ComponentModel;

namespace TensorGraph.CompilerServices;

/// <summary>An <c>if</c> under construction: both branches are traced, one after the other, or one alone if the condition is known.</summary>
/// <typeparam name="T">The carried value, or the tuple of them.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class IfBuilder<T>
{
    private readonly Carried<T> _carried;
    private readonly bool? _known;
    private readonly TracedIf? _traced;
    private Tensor?[] _before = [];
    private T _then = default!;
    private int[] _counts = [];

    internal IfBuilder(Tensor condition, T before, Carried<T> carried, string op = "if")
    {
        _carried = carried;
        _known = GraphControl.Known(condition);
        Before = Result = before;
        if (_known is null)
        {
            _traced = new TracedIf(condition, op);
            _before = carried.Leaves(before, _traced.Source);
        }
    }

    /// <summary>The carried values ahead of the <c>if</c>.</summary>
    public T Before { get; private set; }

    /// <summary>The carried values after the <c>if</c>.</summary>
    public T Result { get; private set; }

    /// <summary>Starts the branch for true; false when it is known not to run.</summary>
    public bool Then() => Start(true);

    /// <summary>Ends the branch for true.</summary>
    public void EndThen(T values = default!)
    {
        Result = values;
        if (_traced is null)
            return;
        _before = _carried.Merge(_before);
        _then = values;
        _traced.EndThen(_carried.Leaves(values, _traced.Source), _carried.Names);
        _counts = _carried.Counts(values);
        Before = _carried.Assign(Before, _before);
    }

    /// <summary>Starts the branch for false; false when it is known not to run.</summary>
    public bool Else() => Start(false);

    /// <summary>Ends the branch for false.</summary>
    public void EndElse(T values = default!)
    {
        Result = values;
        if (_traced is null)
            return;
        _traced.EndElse(_carried.Leaves(values, _traced.Source), _carried.Names);
        _traced.Align(_counts, _carried.Counts(values));
        _carried.Assign(Before, _before);
    }

    /// <summary>Makes the node.</summary>
    public void End()
    {
        if (_traced is null)
            return;
        if (!_traced.HasElse)
        {
            _traced.Open();
            EndElse(Before);
        }

        Result = _carried.Assign(_carried.Like(_then, Result), _traced.End());
    }

    private bool Start(bool side)
    {
        _traced?.Open();
        return _known is null || _known == side;
    }
}
