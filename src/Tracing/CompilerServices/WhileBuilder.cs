using System.ComponentModel;

namespace TensorGraph.CompilerServices;

/// <summary>A <c>while</c> under construction: condition and body are traced once each.</summary>
/// <typeparam name="T">The carried value, or the tuple of them.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class WhileBuilder<T>
{
    private readonly Carried<T> _carried;
    private readonly T _before;
    private readonly Tensor?[] _initial;
    private readonly TracedWhile _traced;

    internal WhileBuilder(T before, Carried<T> carried)
    {
        _carried = carried;
        _before = Next = Result = before;
        _initial = carried.Leaves(before, default);
        _traced = new TracedWhile(carried.Names, _initial);
    }

    /// <summary>The carried values at the start of an iteration: for the condition, later for the body.</summary>
    public T Next { get; private set; }

    /// <summary>The carried values after the loop.</summary>
    public T Result { get; private set; }

    /// <summary>Starts the condition.</summary>
    public void Condition() => Next = _carried.Assign(_before, _traced.Condition());

    /// <summary>Ends the condition.</summary>
    public void EndCondition(Tensor condition)
    {
        _traced.EndCondition(condition);
        _carried.Assign(_before, _initial);
    }

    /// <summary>Starts the body.</summary>
    public void Body() => Next = _carried.Assign(_before, _traced.Body());

    /// <summary>Ends the body and makes the node.</summary>
    /// <returns>False: the body is traced once.</returns>
    public bool EndBody(T values = default!)
    {
        var ends = _carried.Leaves(values, _traced.Source);
        _carried.Assign(_before, _initial);
        _traced.Align(_carried.Counts(_before), _carried.Counts(values), _carried.Names);
        Result = _carried.Assign(_carried.Like(_before, values), _traced.EndBody(ends));
        return false;
    }
}
