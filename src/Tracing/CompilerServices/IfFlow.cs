using System.ComponentModel;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>An <c>if</c> under construction: both branches are traced, one after the other.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class IfFlow
{
    private readonly Tensor _condition;
    private readonly bool? _known;
    private readonly string[] _names;
    private readonly Tensor?[] _before;
    private readonly SourceSpan _source;
    private readonly TraceContext? _trace;
    private List<GradientTape> _tapes = [];
    private Block? _then;
    private Block? _else;
    private Tensor?[] _results;

    internal IfFlow(Tensor condition, string[] names, Tensor?[] before)
    {
        _condition = condition;
        _known = Flow.Known(condition);
        _names = names;
        _before = _results = before;
        if (_known is null)
        {
            _source = SourceSpan.Capture();
            _trace = ExecutionContext.Current as TraceContext ?? throw EscapedTensorException.For(condition);
        }
    }

    /// <summary>Starts the branch for true; false when it is known not to run.</summary>
    public bool Then() => Start(true);

    /// <summary>Ends the branch for true.</summary>
    public void EndThen(params ReadOnlySpan<Tensor?> leaves) => _then = Finish(leaves);

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
            EndElse(_before);
        }

        Block left = _then!, right = _else!;
        if (left.Count != right.Count)
            throw Mismatch("the result", $"{left.Count} tensors", $"{right.Count} tensors");
        var wanted = new List<(int Leaf, TensorType Type)>();
        _results = new Tensor?[left.Count];
        for (int i = 0; i < left.Count; i++)
            Unite(i, left, right, wanted);
        var before = _trace.Build.Source;
        _trace.Build.Source = _source;
        var node = _trace.Build.Branch(Op.If, ConditionValue(), left.With(wanted), right.With(wanted));
        _trace.Build.Source = before;
        for (int i = 0; i < wanted.Count; i++)
            _results[wanted[i].Leaf] = _trace.TensorOf(node[i]);
    }

    /// <summary>A variable's value after the <c>if</c>.</summary>
    public Tensor Result(int index) => _results[index]!;

    private bool Start(bool side)
    {
        if (_trace is null)
            return _known == side;
        _tapes = Block.Open(_trace);
        return true;
    }

    private Block? Finish(ReadOnlySpan<Tensor?> leaves)
    {
        if (_trace is not null)
            return Block.Close(_trace, _tapes, leaves);
        _results = leaves.ToArray();
        return null;
    }

    private void Unite(int index, Block left, Block right, List<(int Leaf, TensorType Type)> wanted)
    {
        bool inLeft = Block.HasValue(left.Leaf(index)), inRight = Block.HasValue(right.Leaf(index));
        if (!inLeft && !inRight)
        {
            _results[index] = left.Leaf(index) ?? right.Leaf(index);
            return;
        }

        if ((left.Leaf(index) is null && inRight) || (right.Leaf(index) is null && inLeft))
            throw Mismatch(NameOf(index), inLeft ? left.TypeOf(index).ToString() : "null", inRight ? right.TypeOf(index).ToString() : "null");
        if (inLeft && inRight && (left.TypeOf(index).DType != right.TypeOf(index).DType || left.TypeOf(index).Rank != right.TypeOf(index).Rank
            || left.TypeOf(index).Shape.Zip(right.TypeOf(index).Shape).Any(pair => pair.First.IsConstant && pair.Second.IsConstant && pair.First != pair.Second)))
        {
            throw Mismatch(NameOf(index), left.TypeOf(index).ToString(), right.TypeOf(index).ToString());
        }

        wanted.Add((index, inLeft ? left.TypeOf(index) : right.TypeOf(index)));
    }

    private Value ConditionValue()
    {
        Block.CheckCondition("if", _condition, _source);
        return _trace!.ValueOf(_condition);
    }

    private string NameOf(int index) => index < _names.Length ? $"'{_names[index]}'" : "the result";

    private GraphException Mismatch(string name, string left, string right) => new(
        DiagnosticIds.CarriedTypeChanged, $"if: {name} is {left} in one branch and {right} in the other", "Give it the same dtype and shape in both branches: cast or reshape it.", _source);
}
