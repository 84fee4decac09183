using System.ComponentModel;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>A <c>while</c> under construction: condition and body are traced once each, over parameters that stand for the carried variables.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class WhileFlow
{
    private readonly int _own;
    private string[] _names;
    private Tensor?[] _initial;
    private int[] _carried;
    private List<HostContainer> _containers = [];
    private readonly SourceSpan _source = SourceSpan.Capture();
    private readonly TraceContext _trace;
    private List<GradientTape> _tapes = [];
    private Tensor?[] _current;
    private Tensor?[] _parameters = [];
    private FlowFrame? _frame;
    private Block? _condition;
    private IReadOnlyList<FlowFrame.Entry> _arraysOfCondition = [];

    internal WhileFlow(string[] names, Tensor?[] initial)
    {
        _names = names;
        _initial = _current = initial;
        _own = initial.Length;
        _carried = WithValue(initial);
        _trace = ExecutionContext.Current as TraceContext
            ?? throw new GraphException(
                DiagnosticIds.ConvertedOutsideTrace, "while: a loop that was converted for the trace of a graph function runs outside of it", "Give Ops.HostCall, and what runs later, a delegate that nothing else gets.", _source);
    }

    /// <summary>C# collections whose elements the loop writes.</summary>
    public WhileFlow Over(string[] names, object?[] containers)
    {
        _containers = HostContainer.Find(names, containers);
        _names = [.. _names, .. _containers.SelectMany(container => container.Names)];
        _initial = _current = [.. _initial, .. Elements()];
        _carried = WithValue(_initial);
        return this;
    }

    /// <summary>Starts the condition.</summary>
    public void Condition() => Open();

    /// <summary>A carried variable's value at the start of the block; after the loop, the value it ends with.</summary>
    public Tensor Next(int index) => _current[index]!;

    /// <summary>Ends the condition.</summary>
    public void EndCondition(Tensor condition)
    {
        Block.CheckCondition("while", Check.NotNull(condition), _source);
        _arraysOfCondition = _frame!.Entries;
        if (_arraysOfCondition.Any(entry => entry.IsChanged))
            throw new GraphException(DiagnosticIds.ArrayNotCarried, "while: the condition changes a tensor array", "Change it in the body of the loop.", _source);
        _condition = Block.Close(_trace, _tapes, [condition]);
        _frame.Close();
        Put(_initial);
    }

    /// <summary>Starts the body.</summary>
    public void Body()
    {
        Open();
        foreach (var entry in _arraysOfCondition)
            _frame!.Enter(entry.Array, entry.Array.ElementType!.Value);
    }

    /// <summary>Ends the body and makes the node.</summary>
    public void EndBody(params ReadOnlySpan<Tensor?> leaves)
    {
        if (_containers.Count > 0)
        {
            leaves = (Tensor?[])[.. leaves, .. Elements()];
            Put(_initial);
        }

        // Variables that get their first value inside the loop are carried too, starting from zeros that nobody reads.
        var ends = new Tensor?[leaves.Length];
        var late = new List<int>();
        for (int i = 0; i < leaves.Length; i++)
        {
            bool starts = Block.HasValue(_initial[i]), stays = Block.HasValue(leaves[i]);
            if (starts != stays && (_initial[i] is null || leaves[i] is null))
                throw Changed($"'{_names[i]}'", Describe(_initial[i]), Describe(leaves[i]), Block.NullRemedy, _source);
            if (starts && leaves[i] is { } leaf && (leaf.DType != _initial[i]!.DType || !HasShapeOf(i, leaf)))
                throw Changed(i, Describe(_initial[i]), Describe(leaf), leaf.DType == _initial[i]!.DType && leaf.Rank == _initial[i]!.Rank);
            ends[i] = !starts ? Block.Leaving(_trace, leaves[i], _names[i]) : HasAnyLength(i) ? Ops.ListOf(leaves[i]!) : leaves[i];
            if (!starts && stays)
                late.Add(i);
        }

        var arrays = _frame!.Entries.Select(entry => (Entry: entry, entry.IsChanged, End: entry.Array.State.ToList(entry.Array.ElementType!.Value).List)).ToArray();
        // What no turn changes stays the tensor that it was.
        bool[] unchanged = [.. ends.Select((end, i) => end is not null && ReferenceEquals(end, _parameters[i]))];
        int count = ends.Length;
        Tensor?[] all = [.. ends, .. arrays.Select(array => array.End)];
        var types = all.Select(leaf => leaf?.Type).ToArray();
        var body = Block.Close(_trace, _tapes, all);
        _frame.Close();
        var lateParameters = late.Select(i => ((Value?)null, types[i]!.Value, _names[i]));
        body.SetParameters([.. Own(), .. arrays.Select(array => Parameter(array.Entry)), .. lateParameters]);
        _condition!.SetParameters([.. ParametersOfCondition(arrays.Select(array => array.Entry)), .. lateParameters]);

        int[] order = [.. _carried, .. arrays.Select((_, i) => count + i), .. late];
        var before = _trace.Build.Source;
        _trace.Build.Source = _source;
        Value[] initial =
        [
            .. _carried.Select(i => _trace.ValueOf(HasAnyLength(i) ? Ops.ListOf(_initial[i]!) : _initial[i]!)),
            .. arrays.Select(array => _trace.ValueOf(array.Entry.Before.ToList(array.Entry.Array.ElementType!.Value).List)),
            .. late.Select(i => _trace.Build.Zeros(types[i]!.Value)),
        ];
        var node = _trace.Build.Loop(initial, _condition.With([(0, new(DType.Bool, Shape.Scalar))]), body.With(order.Select(i => (i, types[i]!.Value))));
        _trace.Build.Source = before;
        _current = [.. _initial];
        for (int i = 0; i < order.Length; i++)
        {
            var result = _trace.TensorOf(node[i]);
            if (order[i] < count && unchanged[order[i]])
                continue;
            if (order[i] < count)
                _current[order[i]] = Block.Entering(_trace, result, HasAnyLength(order[i]));
            else if (arrays[order[i] - count] is { IsChanged: true } array)
                array.Entry.Array.State = new ArrayState.Listed(result);
        }

        Put(_current);
    }

    /// <summary>A carried variable's value after the loop.</summary>
    public Tensor Result(int index) => _current[index]!;

    private void Open()
    {
        _tapes = Block.Open(_trace);
        _frame = FlowFrame.Open(_trace, isLoop: true);
        _current = [.. _initial];
        _parameters = new Tensor?[_current.Length];
        foreach (int i in _carried)
            _parameters[i] = _trace.Parameter(HasAnyLength(i) ? _initial[i]!.Type.Element.List : _initial[i]!.Type, _names[i]);
        foreach (int i in _carried)
            _current[i] = Block.Entering(_trace, _parameters[i]!, HasAnyLength(i));
        Put(_current);
    }

    private bool HasAnyLength(int index) => Block.HasAnyLength(_trace, _initial[index]);

    private bool HasShapeOf(int index, Tensor leaf) => leaf.Shape == _initial[index]!.Shape
        || (HasAnyLength(index) && leaf.Rank == _initial[index]!.Rank && leaf.Type.Element == _initial[index]!.Type.Element);

    private static int[] WithValue(Tensor?[] leaves) => [.. Enumerable.Range(0, leaves.Length).Where(i => Block.HasValue(leaves[i]))];

    private Tensor?[] Elements() => [.. _containers.SelectMany(container => container.Read(_source))];

    // The elements follow the carried variables.
    private void Put(Tensor?[] values)
    {
        int next = _own;
        foreach (var container in _containers)
        {
            container.Write(values.AsSpan(next, container.Count));
            next += container.Count;
        }
    }

    private IEnumerable<(Value? Own, TensorType Type, string Name)> Own() =>
        _carried.Select(i => ((Value?)_parameters[i]!.Value, _parameters[i]!.Type, _names[i])).ToArray();

    private static (Value? Own, TensorType Type, string Name) Parameter(FlowFrame.Entry entry) => (entry.Parameter!.Value, entry.Parameter.Type, "array");

    // The condition takes every array that the body takes, in the same order.
    private IEnumerable<(Value? Own, TensorType Type, string Name)> ParametersOfCondition(IEnumerable<FlowFrame.Entry> arrays) =>
    [
        .. _condition!.Parameters.Take(_carried.Length).Select(value => ((Value?)value, value.Type, "")),
        .. arrays.Select(entry => _arraysOfCondition.FirstOrDefault(own => ReferenceEquals(own.Array, entry.Array)) is { } known ? Parameter(known) : Parameter(entry) with { Own = null }),
    ];

    private static string Describe(Tensor? leaf) => leaf is null ? "null" : leaf.Type.ToString();

    internal static GraphException Changed(string name, string old, string now, string? remedy, SourceSpan source) => new(
        DiagnosticIds.CarriedTypeChanged, $"while: {name} is {old} before the loop and {now} after one iteration",
        remedy ?? "A carried variable keeps its dtype and shape: cast or reshape it.", source);

    private GraphException Changed(int index, string old, string now, bool onlySizes = false) => Changed($"'{_names[index]}'", old, now, onlySizes ? Block.SizeRemedy : null, _source);
}
