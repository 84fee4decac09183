using System.ComponentModel;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>A <c>while</c> under construction: condition and body are traced once each, over parameters that stand for the carried variables.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class WhileFlow
{
    private readonly string[] _names;
    private readonly Tensor?[] _initial;
    private readonly int[] _carried;
    private readonly SourceSpan _source = SourceSpan.Capture();
    private readonly TraceContext _trace;
    private List<GradientTape> _tapes = [];
    private Tensor?[] _current;
    private Block? _condition;

    internal WhileFlow(string[] names, Tensor?[] initial)
    {
        _names = names;
        _initial = _current = initial;
        _carried = [.. Enumerable.Range(0, initial.Length).Where(i => Block.HasValue(initial[i]))];
        _trace = ExecutionContext.Current as TraceContext
            ?? throw new InvalidOperationException("converted code runs only while a graph function is traced");
    }

    /// <summary>Starts the condition.</summary>
    public void Condition() => Open();

    /// <summary>A carried variable's value at the start of the block; after the loop, the value it ends with.</summary>
    public Tensor Next(int index) => _current[index]!;

    /// <summary>Ends the condition.</summary>
    public void EndCondition(Tensor condition)
    {
        Block.CheckCondition("while", Check.NotNull(condition), _source);
        _condition = Block.Close(_trace, _tapes, [condition]);
    }

    /// <summary>Starts the body.</summary>
    public void Body() => Open();

    /// <summary>Ends the body and makes the node.</summary>
    public void EndBody(params ReadOnlySpan<Tensor?> leaves)
    {
        // Variables that get their first value inside the loop are carried too, starting from zeros that nobody reads.
        var late = new List<int>();
        for (int i = 0; i < leaves.Length; i++)
        {
            bool starts = Block.HasValue(_initial[i]), stays = Block.HasValue(leaves[i]);
            if (starts != stays && (_initial[i] is null || leaves[i] is null))
                throw Changed(i, Describe(_initial[i]), Describe(leaves[i]));
            if (starts && leaves[i] is { } leaf && (leaf.DType != _initial[i]!.DType || leaf.Shape != _initial[i]!.Shape))
                throw Changed(i, Describe(_initial[i]), Describe(leaf));
            if (!starts && stays)
            {
                late.Add(i);
                _trace.Build.Parameter(leaves[i]!.Type, _names[i]);
            }
        }

        var types = leaves.ToArray().Select(leaf => leaf?.Type).ToArray();
        var body = Block.Close(_trace, _tapes, leaves);
        int[] all = [.. _carried, .. late];
        var (conditionRegion, conditionCaptures) = _condition!.With([(0, new(DType.Bool, Shape.Scalar))]);
        var added = late.Select(i => new Build { Source = _source }.Parameter(types[i]!.Value, _names[i]).Node);
        conditionRegion = conditionRegion with { Parameters = conditionRegion.Parameters.InsertRange(_carried.Length, added) };

        var before = _trace.Build.Source;
        _trace.Build.Source = _source;
        Value[] initial = [.. _carried.Select(i => _trace.ValueOf(_initial[i]!)), .. late.Select(i => _trace.Build.Zeros(types[i]!.Value))];
        var node = _trace.Build.Loop(initial, (conditionRegion, conditionCaptures), body.With(all.Select(i => (i, types[i]!.Value))));
        _trace.Build.Source = before;
        _current = [.. _initial];
        for (int i = 0; i < all.Length; i++)
            _current[all[i]] = _trace.TensorOf(node[i]);
    }

    /// <summary>A carried variable's value after the loop.</summary>
    public Tensor Result(int index) => _current[index]!;

    private void Open()
    {
        _tapes = Block.Open(_trace);
        _current = [.. _initial];
        foreach (int i in _carried)
            _current[i] = _trace.Parameter(_initial[i]!.Type, _names[i]);
    }

    private static string Describe(Tensor? leaf) => leaf is null ? "null" : leaf.Type.ToString();

    private GraphException Changed(int index, string old, string now) => new(
        DiagnosticIds.CarriedTypeChanged, $"while: '{_names[index]}' is {old} before the loop and {now} after one iteration",
        "A carried variable keeps its dtype and shape: cast or reshape it.", _source);
}
