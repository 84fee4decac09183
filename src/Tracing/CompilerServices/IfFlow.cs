using System.ComponentModel;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>An <c>if</c> under construction: both branches are traced, one after the other.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class IfFlow
{
    private readonly string _op;
    private readonly Tensor _condition;
    private readonly bool? _known;
    private readonly int _own;
    private string[] _names;
    private string[] _ownNames = [];
    private Tensor?[] _before;
    private List<HostContainer> _containers = [];
    private readonly SourceSpan _source;
    private readonly TraceContext? _trace;
    private List<GradientTape> _tapes = [];
    private FlowFrame? _frame;
    private BranchEnd? _then;
    private BranchEnd? _else;
    private Tensor?[] _results;

    internal IfFlow(Tensor condition, string[] names, Tensor?[] before, string op = "if")
    {
        _op = op;
        _condition = condition;
        _known = Flow.Known(condition);
        _names = names;
        _own = before.Length;
        _before = _results = before;
        if (_known is null)
        {
            _source = SourceSpan.Capture();
            _trace = ExecutionContext.Current as TraceContext ?? throw EscapedTensorException.For(condition);
        }
    }

    /// <summary>C# collections whose elements a branch writes.</summary>
    public IfFlow Over(string[] names, object?[] containers)
    {
        if (_trace is null)
            return this;
        _containers = HostContainer.Find(names, containers);
        _ownNames = _names;
        _names = [.. _ownNames, .. NamesOfElements()];
        _before = [.. _before, .. Elements()];
        return this;
    }

    /// <summary>Starts the branch for true; false when it is known not to run.</summary>
    public bool Then() => Start(true);

    /// <summary>Ends the branch for true.</summary>
    public void EndThen(params ReadOnlySpan<Tensor?> leaves)
    {
        if (_containers.Count > 0)
            TakeAddedKeys();
        _then = Finish(leaves);
    }

    /// <summary>A variable's value ahead of the <c>if</c>.</summary>
    public Tensor Before(int index) => _before[index]!;

    /// <summary>Starts the branch for false; false when it is known not to run.</summary>
    public bool Else() => Start(false);

    /// <summary>Ends the branch for false.</summary>
    public void EndElse(params ReadOnlySpan<Tensor?> leaves) => _else = Finish(leaves);

    /// <summary>Makes the node.</summary>
    public void End()
    {
        if (_trace is null)
            return;
        if (_else is null)
        {
            Start(false);
            EndElse(_before.AsSpan(0, _own));
        }

        Block.CheckCondition(_op, _condition, _source);
        BranchEnd left = _then!, right = _else!;
        if (left.Count != right.Count)
            throw Mismatch("the result", $"{left.Count} tensors", $"{right.Count} tensors");
        var merge = new BranchMerge(_trace, _condition, left.Block, right.Block, _source);
        var results = Enumerable.Range(0, left.Count).Select(i => Unite(merge, i, left, right)).ToArray();
        var arrays = left.Arrays.Keys.Union(right.Arrays.Keys).Select(array => (array, merge.Array(array, left.Arrays.GetValueOrDefault(array), right.Arrays.GetValueOrDefault(array)))).ToArray();
        merge.MakeNode();
        _results = [.. results.Select(result => result())];
        foreach (var (array, state) in arrays)
            array.State = state();
        Put(_results);
    }

    /// <summary>A variable's value after the <c>if</c>.</summary>
    public Tensor Result(int index) => _results[index]!;

    private bool Start(bool side)
    {
        if (_trace is null)
            return _known == side;
        _tapes = Block.Open(_trace);
        _frame = FlowFrame.Open(_trace, isLoop: false);
        return true;
    }

    private BranchEnd? Finish(ReadOnlySpan<Tensor?> leaves)
    {
        if (_trace is not null)
        {
            var end = BranchEnd.Of(_trace, _frame!, _tapes, _containers.Count == 0 ? leaves : [.. leaves[.._own], .. Elements()], _names);
            Put(_before);
            return end;
        }

        _results = leaves.ToArray();
        return null;
    }

    private Func<Tensor?> Unite(BranchMerge merge, int index, BranchEnd left, BranchEnd right)
    {
        Tensor? a = left.Block.Leaf(index), b = right.Block.Leaf(index);
        bool inLeft = Block.HasValue(a), inRight = Block.HasValue(b);
        // What neither branch changed stays the tensor that it was.
        if ((!inLeft && !inRight) || ReferenceEquals(a, b))
            return () => a ?? b;
        if ((a is null && inRight) || (b is null && inLeft))
            throw Mismatch(NameOf(index), inLeft ? a!.Type.ToString() : "null", inRight ? b!.Type.ToString() : "null", Block.NullRemedy);
        TensorType l = inLeft ? a!.Type : b!.Type, r = inRight ? b!.Type : a!.Type;
        if (l.DType != r.DType || l.Rank != r.Rank)
            throw Mismatch(NameOf(index), l.ToString(), r.ToString());
        if (l.Shape.Zip(r.Shape).Any(pair => DifferInAnyCall(pair.First, pair.Second)))
            throw Mismatch(NameOf(index), l.ToString(), r.ToString(), Block.SizeRemedy);

        return l.IsList || r.IsList ? merge.Sized(index, l, r, left.HasAnyLength[index] || right.HasAnyLength[index]) : merge.Same(index, l);
    }

    private IEnumerable<string> NamesOfElements() => _containers.SelectMany(container => container.Names);

    // Keys that the branch for true added to dictionaries have no value ahead of the `if`.
    private void TakeAddedKeys()
    {
        var before = _before.Take(_own).ToList();
        int next = _own;
        foreach (var container in _containers)
        {
            int known = container.Count, added = container.TakeAdded();
            before.AddRange(_before.AsSpan(next, known));
            before.AddRange(Enumerable.Repeat(Flow.Undefined, added));
            next += known;
        }

        _before = _results = [.. before];
        _names = [.. _ownNames, .. NamesOfElements()];
    }

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

    private string NameOf(int index) => index < _names.Length ? $"'{_names[index]}'" : "the result";

    // n and n + 1, but not n and m.
    private static bool DifferInAnyCall(Dim a, Dim b) => (a - b) is { IsConstant: true, Value: not 0 };

    private GraphException Mismatch(string name, string left, string right, string? remedy = null) => _op == "while" ? WhileFlow.Changed(name, right, left, remedy, _source) : new(
        DiagnosticIds.CarriedTypeChanged, $"if: {name} is {left} in one branch and {right} in the other", remedy ?? "Give it the same dtype and shape in both branches: cast or reshape it.", _source);
}
