using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>The two branches of an <c>if</c> on a condition of the graph, over the tensors that they give.</summary>
internal sealed class TracedIf
{
    private readonly string _op;
    private readonly Tensor _condition;
    private readonly TraceContext _trace;
    private ControlScope? _scope;
    private BranchEnd? _then;
    private BranchEnd? _else;
    private string[] _names = [];
    private readonly List<(TapeRecord Tape, TapeRecord.Fate After)> _tapes = [];

    public TracedIf(Tensor condition, string op = "if")
    {
        _op = op;
        _condition = condition;
        Source = SourceSpan.Capture();
        _trace = ExecutionContext.Current as TraceContext ?? throw EscapedTensorException.For(condition);
    }

    public SourceSpan Source { get; }

    public bool HasElse => _else is not null;

    public void Open() => _scope = ControlScope.Open(_trace, RegionKind.Branch, this);

    public void EndThen(Tensor?[] leaves, string[] names) => _then = Close(names, leaves);

    public void EndElse(Tensor?[] leaves, string[] names) => _else = Close(names, leaves);

    /// <summary>Makes room in one branch for the tensors of a value that only the other one has, given how many each value is made of.</summary>
    public void Align(int[] countsOfThen, int[] countsOfElse)
    {
        int at = 0;
        foreach (var (then, otherwise) in countsOfThen.Zip(countsOfElse))
        {
            if (then != otherwise && then != 0 && otherwise != 0)
                throw Mismatch(NameOf(at), Carried.Show(then), Carried.Show(otherwise), Carried.CountRemedy(then, otherwise));
            if (then == 0)
                _then = _then!.Pad(at, Math.Abs(otherwise));
            else if (otherwise == 0)
                _else = _else!.Pad(at, Math.Abs(then));
            at += Math.Max(Math.Abs(then), Math.Abs(otherwise));
        }
    }

    /// <summary>Makes the node; the tensors after it.</summary>
    public Tensor?[] End()
    {
        var condition = TracedRegion.ConditionOf(_condition, Source);
        BranchEnd left = _then!, right = _else!;
        if (left.Count != right.Count)
            throw Mismatch("the result", $"{left.Count} tensors", $"{right.Count} tensors");
        var merge = new BranchMerge(_trace, condition, left.Region, right.Region, Source);
        var results = Enumerable.Range(0, left.Count).Select(i => Unite(merge, i, left, right)).ToArray();
        var arrays = left.Arrays.Keys.Union(right.Arrays.Keys).ToDictionary(
            array => array, array => merge.Array(array, left.Arrays.GetValueOrDefault(array), right.Arrays.GetValueOrDefault(array)));
        merge.MakeNode();
        Tensor?[] after = [.. results.Select(result => result())];
        foreach (var (array, state) in arrays)
            array.State = state();
        foreach (var (tape, fate) in _tapes)
            tape.Join(fate);
        return after;
    }

    private BranchEnd Close(string[] names, Tensor?[] leaves)
    {
        _names = names;
        var end = BranchEnd.Of(_trace, _scope!, leaves, names);
        _tapes.AddRange(_scope!.TapesAfter.Select(tape => (tape.Key, tape.Value)));
        return end;
    }

    private Func<Tensor?> Unite(BranchMerge merge, int index, BranchEnd left, BranchEnd right)
    {
        Tensor? a = left.Region.Leaf(index), b = right.Region.Leaf(index);
        bool inLeft = TracedRegion.HasValue(a), inRight = TracedRegion.HasValue(b);
        // What neither branch changed stays the tensor that it was.
        if ((!inLeft && !inRight) || ReferenceEquals(a, b))
            return () => a ?? b;
        if ((a is null && inRight) || (b is null && inLeft))
            throw Mismatch(NameOf(index), inLeft
                ? a!.GraphType.ToString()
                : "null", inRight ? b!.GraphType.ToString() : "null", TracedRegion.NullRemedy);
        TensorType l = inLeft ? a!.GraphType : b!.GraphType, r = inRight ? b!.GraphType : a!.GraphType;
        if (l.DType != r.DType || l.Rank != r.Rank)
            throw Mismatch(NameOf(index), l.ToString(), r.ToString());
        if (l.Shape.Zip(r.Shape).Any(pair => DifferInAnyCall(pair.First, pair.Second)))
            throw Mismatch(NameOf(index), l.ToString(), r.ToString(), TracedRegion.SizeRemedy);

        var result = l.IsList || r.IsList ? merge.Sized(index, l, r, left.HasAnyLength[index] || right.HasAnyLength[index]) : merge.Same(index, l);
        return () => TracedRegion.Maybe(result(), a, b);
    }

    private string NameOf(int index) => index < _names.Length ? $"'{_names[index]}'" : "the result";

    // n and n + 1, but not n and m.
    private static bool DifferInAnyCall(Dim a, Dim b) => (a - b) is { IsConstant: true, Value: not 0 };

    private GraphException Mismatch(string name, string left, string right, string? remedy = null) => _op == "while"
        ? TracedWhile.Changed(name, right, left, remedy, Source)
        : new(
            DiagnosticIds.CarriedTypeChanged, $"if: {name} is {left} in one branch and {right} in the other",
            remedy ?? "Give it the same dtype and shape in both branches: cast or reshape it.", Source);
}
