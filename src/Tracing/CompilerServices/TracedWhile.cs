using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>Condition and body of a <c>while</c>, over the tensors that it carries: each is traced once, over parameters in their place.</summary>
internal sealed class TracedWhile
{
    private readonly TraceContext _trace;
    private string[] _names;
    private Tensor?[] _initial;
    // Without names: what they name may change in the loop.
    private Tensor?[] _initialValues;
    private int[] _carried;
    private Tensor?[] _parameters = [];
    private CarriedName?[] _carriedNames = [];
    private ControlScope? _scope;
    private TracedRegion? _condition;
    private IReadOnlyList<ControlScope.Entry> _arraysOfCondition = [];
    private ControlScope? _scopeOfCondition;
    private Tensor?[] _parametersOfCondition = [];

    public TracedWhile(string[] names, Tensor?[] initial)
    {
        _names = names;
        _initial = initial;
        _initialValues = Array.ConvertAll(initial, static tensor => tensor?.Unnamed);
        _carried = WithValue();
        Source = SourceSpan.Capture();
        _trace = ExecutionContext.Current as TraceContext
            ?? throw new GraphException(
                DiagnosticIds.ConvertedOutsideTrace, "while: a loop that was converted for the trace of a graph function runs outside of it",
                "Give Ops.HostCall, and what runs later, a delegate that nothing else gets.", Source);
    }

    public SourceSpan Source { get; }

    /// <summary>Starts the condition; the tensors at the start of an iteration.</summary>
    public Tensor?[] Condition() => Open(RegionKind.Repeated);

    /// <summary>Ends the condition.</summary>
    public void EndCondition(Tensor condition)
    {
        condition = TracedRegion.ConditionOf(Check.NotNull(condition), Source);
        (_scopeOfCondition, _parametersOfCondition) = (_scope!, _parameters);
        _arraysOfCondition = _scope!.Entries;
        if (_arraysOfCondition.Any(entry => entry.IsChanged))
        {
            throw new GraphException(
                DiagnosticIds.ArrayNotCarried, "while: the condition changes a tensor array", "Change it in the body of the loop.", Source);
        }

        _condition = TracedRegion.Close(_trace, _scope.TapesAround, [condition]);
        _scope.Close();
    }

    /// <summary>Starts the body; the tensors at the start of an iteration.</summary>
    public Tensor?[] Body()
    {
        var start = Open(RegionKind.Iteration);
        foreach (var entry in _arraysOfCondition)
            _scope!.Enter(entry.Array, entry.Array.ElementType!.Value);
        return start;
    }

    /// <summary>
    /// Makes room for the tensors of values that get their first tensors in the loop, given how many each value is made of before and after.
    /// </summary>
    public void Align(int[] before, int[] after, string[] names)
    {
        _names = names;
        int at = 0;
        foreach (var (old, now) in before.Zip(after))
        {
            if (old != now && old != 0)
                throw Changed($"'{(at < names.Length ? names[at] : "a carried value")}'", Carried.Show(old), Carried.Show(now),
                    Carried.CountRemedy(old, now), Source);
            int count = Math.Abs(now);
            if (old != now)
            {
                _initial = [.. _initial[..at], .. Enumerable.Repeat(GraphControl.Undefined, count), .. _initial[at..]];
                _initialValues = [.. _initialValues[..at], .. Enumerable.Repeat(GraphControl.Undefined, count), .. _initialValues[at..]];
                _parameters = [.. _parameters[..at], .. new Tensor?[count], .. _parameters[at..]];
                _parametersOfCondition = [.. _parametersOfCondition[..at], .. new Tensor?[count], .. _parametersOfCondition[at..]];
                _carriedNames = [.. _carriedNames[..at], .. new CarriedName?[count], .. _carriedNames[at..]];
                _carried = WithValue();
            }

            at += count;
        }
    }

    /// <summary>Ends the body and makes the node; the tensors after the loop.</summary>
    public Tensor?[] EndBody(Tensor?[] leaves)
    {
        Tensor?[] after = [.. _initial];
        var ends = leaves.Select(EndOf).ToArray();
        foreach (var (i, start) in _carriedNames.Index())
        {
            if (start is null || ends[i]?.Named is not { } name || ReferenceEquals(ends[i], _parameters[i]))
                continue;
            // Where a branch leaves what the iteration began with, the next one begins with it.
            name.Read();
            name.CheckCarried(start);
        }

        LoopValue[] carried = [.. _carried.Select(i => Leaf(i, ends[i]!, after))];
        var arrays = LoopValue.OfArrays(_scope!);
        // A variable that gets its first value inside the loop is carried too, starting from zeros that nothing reads.
        var late = Enumerable.Range(0, ends.Length).Except(_carried).Where(i => TracedRegion.HasValue(ends[i])).Select(i => Leaf(i, ends[i]!, after));
        LoopValue[] values = [.. carried, .. arrays, .. late];
        _scope!.Names.AddRange(_scopeOfCondition!.Names);
        _scope.EndIteration(() => _carried.SelectMany(i => OriginsOf(i, ends[i]!))
            .Concat(LoopValue.OriginsOfArrays(_scope)));
        var body = TracedRegion.Close(_trace, _scope.TapesAround, [.. values.Select(value => value.End)]);
        _scope.Close();
        body.SetParameters(values.Select(value => (value.Parameter?.Value, value.End.GraphType, value.Name)));
        _condition!.SetParameters(values.Select((value, i) => (ParameterOfCondition(value, i), value.End.GraphType, value.Name)).ToArray());

        var before = _trace.Builder.Source;
        _trace.Builder.Source = Source;
        Value[] initial = [.. values.Select(value => _trace.ValueOf(value.Initial()))];
        var condition = _condition.With([(0, new(DType.Bool, Shape.Scalar))]);
        var results = SegmentedLoop.Emit(
            _trace.Builder, initial, condition, body.With(values.Select((value, i) => (i, value.End.GraphType))), _trace.LoopMemoryBudget);
        _trace.Builder.Source = before;
        foreach (var (i, value) in values.Index())
            value.Finish(_trace.TensorOf(results[i]));
        return after;
    }

    private int[] WithValue() => [.. Enumerable.Range(0, _initial.Length).Where(i => TracedRegion.HasValue(_initial[i]))];

    private IEnumerable<(Value Parameter, Tensor[] Origins)> OriginsOf(int index, Tensor end)
    {
        Tensor[] origins = [_initialValues[index]!, end.Unnamed];
        return [(_parameters[index]!.Value, origins), (_parametersOfCondition[index]!.Value, origins)];
    }

    // A tensor as the body yields it.
    private Tensor? EndOf(Tensor? leaf, int index)
    {
        var initial = _initial[index];
        bool starts = TracedRegion.HasValue(initial), stays = TracedRegion.HasValue(leaf);
        if (starts != stays && (initial is null || leaf is null))
            throw Changed(index, initial, leaf, TracedRegion.NullRemedy);
        if (!starts)
            return TracedRegion.Leaving(_trace, leaf, _names[index]);
        if (leaf!.DType != initial!.DType || !HasShapeOf(index, leaf))
            throw Changed(index, initial, leaf, leaf.DType == initial.DType && leaf.Rank == initial.Rank ? TracedRegion.SizeRemedy : null);
        return HasAnyLength(index) ? Ops.AsList(leaf) : leaf;
    }

    private LoopValue Leaf(int index, Tensor end, Tensor?[] after)
    {
        Tensor? initial = _initial[index], parameter = _parameters[index];
        bool hasAnyLength = HasAnyLength(index);
        Tensor Initial() => parameter is null ? _trace.TensorOf(_trace.Builder.Zeros(end.GraphType))
            : hasAnyLength ? Ops.AsList(_initialValues[index]!) : _initialValues[index]!;
        // What no iteration changes stays the tensor that it was, whatever became of what it names.
        bool isSame = ReferenceEquals(end, parameter);
        void Finish(Tensor result) => after[index] = isSame ? initial
            : TracedRegion.Maybe(TracedRegion.Entering(_trace, result, hasAnyLength), initial, end);
        return new(_names[index], Initial, parameter, isSame ? _trace.TensorOf(end.Value) : end, Finish);
    }

    // The condition takes every value that the body takes, in the same order.
    private Value? ParameterOfCondition(LoopValue value, int index) => index < _carried.Length
        ? _condition!.Parameters.ElementAt(index) : _arraysOfCondition.FirstOrDefault(entry => entry.Array == value.Array)?.Parameter?.Value;

    private Tensor?[] Open(RegionKind kind)
    {
        _scope = ControlScope.Open(_trace, kind, this);
        Tensor?[] start = [.. _initial];
        _parameters = new Tensor?[start.Length];
        _carriedNames = new CarriedName?[start.Length];
        foreach (int i in _carried)
            _parameters[i] = _trace.Parameter(HasAnyLength(i) ? _initial[i]!.GraphType.Element.List : _initial[i]!.GraphType, _names[i]);
        foreach (int i in _carried)
        {
            Tensor parameter = CarriedName.Of(_parameters[i]!);
            _carriedNames[i] = parameter.Named as CarriedName;
            start[i] = TracedRegion.Entering(_trace, _parameters[i] = TracedRegion.Maybe(parameter, _initial[i])!, HasAnyLength(i));
        }

        return start;
    }

    private bool HasAnyLength(int index) => TracedRegion.HasAnyLength(_trace, _initial[index]);

    private bool HasShapeOf(int index, Tensor leaf) => leaf.GraphType.Shape == _initial[index]!.GraphType.Shape
        || (HasAnyLength(index) && leaf.Rank == _initial[index]!.Rank && leaf.GraphType.Element == _initial[index]!.GraphType.Element);

    private GraphException Changed(int index, Tensor? initial, Tensor? end, string? remedy) =>
        Changed($"'{_names[index]}'", initial?.GraphType.ToString() ?? "null", end?.GraphType.ToString() ?? "null", remedy, Source);

    internal static GraphException Changed(string name, string old, string now, string? remedy, SourceSpan source) => new(
        DiagnosticIds.CarriedTypeChanged, $"while: {name} is {old} before the loop and {now} after one iteration",
        remedy ?? "A carried variable keeps its dtype and shape: cast or reshape it.", source);
}
