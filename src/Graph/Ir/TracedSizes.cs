namespace TensorGraph.Ir;

/// <summary>
/// The symbolic sizes of one trace as C# code sees them: as the numbers that they have in the call that is traced. Each answer becomes a constraint,
/// so that the trace serves only calls in which C# code would get the same answers.
/// </summary>
/// <param name="function">Name of the function that is traced.</param>
/// <param name="sizes">Names with their numbers; null for a size that the trace was asked to leave open (a spec).</param>
public sealed class TracedSizes(string function, IReadOnlyDictionary<string, long?> sizes)
{
    private readonly Lock _gate = new();
    private readonly List<SizeConstraint> _constraints = [];
    private readonly HashSet<string> _fixed = [];
    private bool _isClosed;

    /// <summary>Answers that C# code got so far.</summary>
    public IReadOnlyList<SizeConstraint> Constraints => _constraints;

    /// <summary>Ends the trace: from now on its sizes have no number.</summary>
    public void Close() => _isClosed = true;

    /// <summary>A type whose sizes know that they belong to this trace.</summary>
    public TensorType See(TensorType type) => type.Shape.HasNumbers ? type : type.As(new Shape([.. type.Shape.Dims.Select(dim => dim.In(this))]));

    /// <summary>The answer to a comparison, which becomes a constraint.</summary>
    internal bool Decide(Dim left, SizeRelation relation, Dim right)
    {
        CheckOpen(left);
        CheckOpen(right);
        var asked = new SizeConstraint(left.InGraph, relation, right.InGraph, SizeConstraint.Comparison, SourceSpan.None);
        if (asked.Left.DistanceTo(asked.Right) is { } distance)
            return asked.Holds(0, distance);
        if (!asked.IsOver(sizes.ContainsKey))
            throw OnlyTheRunKnows(asked.Left.IsNumber ? asked.Right : asked.Left);
        bool hasNumbers = asked.IsOver(name => sizes[name] is not null);
        // Sizes that were left open are taken to be different from each other and from any number.
        if (!hasNumbers && relation is SizeRelation.Less or SizeRelation.AtMost)
            throw LeftOpen(asked.Left.IsNumber ? asked.Right : asked.Left);
        bool holds = hasNumbers ? asked.Holds(name => sizes[name]!.Value) : relation == SizeRelation.Different;
        Record(holds ? asked : asked.Negated);
        return holds;
    }

    /// <summary>The number of a size, on which the trace depends from now on; null if it has none.</summary>
    internal long? TryFix(Dim size)
    {
        size = size.InGraph;
        if (_isClosed || !size.Symbols.All(name => sizes.GetValueOrDefault(name) is not null))
            return null;
        long number = size.Evaluate(name => sizes[name]!.Value);
        Record(new(size, number, SizeConstraint.Comparison, SourceSpan.None));
        return number;
    }

    /// <summary>The number of a size, on which the trace depends from now on.</summary>
    /// <exception cref="GraphException">TG1001 if it has none in this trace, TG7002 if the trace has ended.</exception>
    internal long Fix(Dim size)
    {
        CheckOpen(size);
        return TryFix(size) ?? throw (size.InGraph.Symbols.All(sizes.ContainsKey) ? LeftOpen(size) : OnlyTheRunKnows(size));
    }

    private void Record(SizeConstraint constraint)
    {
        lock (_gate)
        {
            if (constraint.Symbols.All(_fixed.Contains)
                || _constraints.Exists(known => (known.Left, known.Relation, known.Right) == (constraint.Left, constraint.Relation,
                constraint.Right)))
            {
                return;
            }

            _constraints.Add(constraint with { Source = SourceSpan.Capture() });
            if (constraint is { Relation: SizeRelation.Equal, Left.IsSymbol: true, Right.IsNumber: true })
                _fixed.Add(constraint.Left.ToString());
        }
    }

    private static void CheckOpen(Dim size)
    {
        if (size.Sizes is { _isClosed: true } ended)
            throw ended.Escaped(size);
    }

    internal GraphException Escaped(Dim size) => new(
        DiagnosticIds.EscapedTensor, $"size: '{size.InGraph}' is used after the trace of '{function}' ended",
        "Take the size from a tensor of this call, or return Ops.Size(x, axis) as a tensor.",
        SourceSpan.Capture());

    private static GraphException OnlyTheRunKnows(Dim size) => new(
        DiagnosticIds.SymbolicAsValue, $"size: '{size.InGraph}' is only known when the graph runs",
        "Use Ops.Size(x, axis), a tensor, in its place.", SourceSpan.Capture());

    private static GraphException LeftOpen(Dim size) => new(
        DiagnosticIds.SymbolicAsValue, $"size: '{size.InGraph}' is not a number while the graph is traced",
        "Use Ops.Size(x, axis), or a signature with a number for this axis.", SourceSpan.Capture());
}
