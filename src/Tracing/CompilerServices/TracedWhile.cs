using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>Condition and body of a <c>while</c>, over the tensors that it carries: each is traced once, over parameters in their place.</summary>
internal sealed class TracedWhile
{
    private readonly string[] _names;
    private readonly Tensor?[] _initial;
    private readonly int[] _carried;
    private readonly TraceContext _trace;
    private List<GradientTape> _tapes = [];
    private Tensor?[] _parameters = [];
    private ControlScope? _scope;
    private TracedRegion? _condition;
    private IReadOnlyList<ControlScope.Entry> _arraysOfCondition = [];

    public TracedWhile(string[] names, Tensor?[] initial)
    {
        _names = names;
        _initial = initial;
        _carried = WithValue(initial);
        Source = SourceSpan.Capture();
        _trace = ExecutionContext.Current as TraceContext
            ?? throw new GraphException(
                DiagnosticIds.ConvertedOutsideTrace, "while: a loop that was converted for the trace of a graph function runs outside of it", "Give Ops.HostCall, and what runs later, a delegate that nothing else gets.", Source);
    }

    public SourceSpan Source { get; }

    /// <summary>Starts the condition; the tensors at the start of an iteration.</summary>
    public Tensor?[] Condition() => Open();

    /// <summary>Ends the condition.</summary>
    public void EndCondition(Tensor condition)
    {
        TracedRegion.CheckCondition("while", Check.NotNull(condition), Source);
        _arraysOfCondition = _scope!.Entries;
        if (_arraysOfCondition.Any(entry => entry.IsChanged))
            throw new GraphException(DiagnosticIds.ArrayNotCarried, "while: the condition changes a tensor array", "Change it in the body of the loop.", Source);
        _condition = TracedRegion.Close(_trace, _tapes, [condition]);
        _scope.Close();
    }

    /// <summary>Starts the body; the tensors at the start of an iteration.</summary>
    public Tensor?[] Body()
    {
        var start = Open();
        foreach (var entry in _arraysOfCondition)
            _scope!.Enter(entry.Array, entry.Array.ElementType!.Value);
        return start;
    }

    /// <summary>Ends the body and makes the node; the tensors after the loop.</summary>
    public Tensor?[] EndBody(Tensor?[] leaves)
    {
        // Variables that get their first value inside the loop are carried too, starting from zeros that nothing reads.
        var ends = new Tensor?[leaves.Length];
        var late = new List<int>();
        for (int i = 0; i < leaves.Length; i++)
        {
            bool starts = TracedRegion.HasValue(_initial[i]), stays = TracedRegion.HasValue(leaves[i]);
            if (starts != stays && (_initial[i] is null || leaves[i] is null))
                throw Changed($"'{_names[i]}'", Describe(_initial[i]), Describe(leaves[i]), TracedRegion.NullRemedy, Source);
            if (starts && leaves[i] is { } leaf && (leaf.DType != _initial[i]!.DType || !HasShapeOf(i, leaf)))
                throw Changed(i, Describe(_initial[i]), Describe(leaf), leaf.DType == _initial[i]!.DType && leaf.Rank == _initial[i]!.Rank);
            ends[i] = !starts ? TracedRegion.Leaving(_trace, leaves[i], _names[i]) : HasAnyLength(i) ? Ops.ListOf(leaves[i]!) : leaves[i];
            if (!starts && stays)
                late.Add(i);
        }

        var arrays = _scope!.Entries.Select(entry => (Entry: entry, entry.IsChanged, End: entry.Array.State.ToList(entry.Array.ElementType!.Value).List)).ToArray();
        // What no iteration changes stays the tensor that it was.
        bool[] unchanged = [.. ends.Select((end, i) => end is not null && ReferenceEquals(end, _parameters[i]))];
        int count = ends.Length;
        Tensor?[] all = [.. ends, .. arrays.Select(array => array.End)];
        var types = all.Select(leaf => leaf?.Type).ToArray();
        var body = TracedRegion.Close(_trace, _tapes, all);
        _scope.Close();
        var lateParameters = late.Select(i => ((Value?)null, types[i]!.Value, _names[i]));
        body.SetParameters([.. Own(), .. arrays.Select(array => Parameter(array.Entry)), .. lateParameters]);
        _condition!.SetParameters([.. ParametersOfCondition(arrays.Select(array => array.Entry)), .. lateParameters]);

        int[] order = [.. _carried, .. arrays.Select((_, i) => count + i), .. late];
        var before = _trace.Build.Source;
        _trace.Build.Source = Source;
        Value[] initial =
        [
            .. _carried.Select(i => _trace.ValueOf(HasAnyLength(i) ? Ops.ListOf(_initial[i]!) : _initial[i]!)),
            .. arrays.Select(array => _trace.ValueOf(array.Entry.Before.ToList(array.Entry.Array.ElementType!.Value).List)),
            .. late.Select(i => _trace.Build.Zeros(types[i]!.Value)),
        ];
        var node = _trace.Build.Loop(initial, _condition.With([(0, new(DType.Bool, Shape.Scalar))]), body.With(order.Select(i => (i, types[i]!.Value))));
        _trace.Build.Source = before;
        Tensor?[] after = [.. _initial];
        for (int i = 0; i < order.Length; i++)
        {
            var result = _trace.TensorOf(node[i]);
            if (order[i] < count && unchanged[order[i]])
                continue;
            if (order[i] < count)
                after[order[i]] = TracedRegion.Entering(_trace, result, HasAnyLength(order[i]));
            else if (arrays[order[i] - count] is { IsChanged: true } array)
                array.Entry.Array.State = new ArrayState.Listed(result);
        }

        return after;
    }

    private Tensor?[] Open()
    {
        _tapes = TracedRegion.Open(_trace);
        _scope = ControlScope.Open(_trace, isLoop: true);
        Tensor?[] start = [.. _initial];
        _parameters = new Tensor?[start.Length];
        foreach (int i in _carried)
            _parameters[i] = _trace.Parameter(HasAnyLength(i) ? _initial[i]!.Type.Element.List : _initial[i]!.Type, _names[i]);
        foreach (int i in _carried)
            start[i] = TracedRegion.Entering(_trace, _parameters[i]!, HasAnyLength(i));
        return start;
    }

    private bool HasAnyLength(int index) => TracedRegion.HasAnyLength(_trace, _initial[index]);

    private bool HasShapeOf(int index, Tensor leaf) => leaf.Shape == _initial[index]!.Shape
        || (HasAnyLength(index) && leaf.Rank == _initial[index]!.Rank && leaf.Type.Element == _initial[index]!.Type.Element);

    private static int[] WithValue(Tensor?[] leaves) => [.. Enumerable.Range(0, leaves.Length).Where(i => TracedRegion.HasValue(leaves[i]))];

    private IEnumerable<(Value? Own, TensorType Type, string Name)> Own() =>
        _carried.Select(i => ((Value?)_parameters[i]!.Value, _parameters[i]!.Type, _names[i])).ToArray();

    private static (Value? Own, TensorType Type, string Name) Parameter(ControlScope.Entry entry) => (entry.Parameter!.Value, entry.Parameter.Type, "array");

    // The condition takes every array that the body takes, in the same order.
    private IEnumerable<(Value? Own, TensorType Type, string Name)> ParametersOfCondition(IEnumerable<ControlScope.Entry> arrays) =>
    [
        .. _condition!.Parameters.Take(_carried.Length).Select(value => ((Value?)value, value.Type, "")),
        .. arrays.Select(entry => _arraysOfCondition.FirstOrDefault(own => ReferenceEquals(own.Array, entry.Array)) is { } known ? Parameter(known) : Parameter(entry) with { Own = null }),
    ];

    private static string Describe(Tensor? leaf) => leaf is null ? "null" : leaf.Type.ToString();

    internal static GraphException Changed(string name, string old, string now, string? remedy, SourceSpan source) => new(
        DiagnosticIds.CarriedTypeChanged, $"while: {name} is {old} before the loop and {now} after one iteration",
        remedy ?? "A carried variable keeps its dtype and shape: cast or reshape it.", source);

    private GraphException Changed(int index, string old, string now, bool onlySizes = false) => Changed($"'{_names[index]}'", old, now, onlySizes ? TracedRegion.SizeRemedy : null, Source);
}
