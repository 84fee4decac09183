namespace TensorGraph.Ir;

/// <summary>How the two sizes of a <see cref="SizeConstraint"/> compare.</summary>
public enum SizeRelation
{
    /// <summary>Left = right.</summary>
    Equal,
    /// <summary>Left ≠ right.</summary>
    Different,
    /// <summary>Left &lt; right.</summary>
    Less,
    /// <summary>Left ≤ right.</summary>
    AtMost,
}

/// <summary>A relation of two sizes that holds in every call that a graph serves; checked when sizes are bound.</summary>
/// <param name="Left">One size.</param>
/// <param name="Relation">How it compares to the other.</param>
/// <param name="Right">The other.</param>
/// <param name="Op">Op that needs it; <see cref="Comparison"/> for a comparison that C# code made while the graph was traced.</param>
/// <param name="Source">The user's line.</param>
public sealed record SizeConstraint(Dim Left, SizeRelation Relation, Dim Right, string Op, SourceSpan Source)
{
    /// <summary><see cref="OpDefs"/> of what C# code compared.</summary>
    public const string Comparison = "compare";

    /// <summary>Two sizes that an op needs to be equal.</summary>
    public SizeConstraint(Dim left, Dim right, string op, SourceSpan source)
        : this(left, SizeRelation.Equal, right, op, source)
    {
    }

    /// <summary>The names in it.</summary>
    public IEnumerable<string> Symbols => Left.Symbols.Concat(Right.Symbols);

    /// <summary>The same sizes in the opposite relation.</summary>
    public SizeConstraint Negated => Relation switch
    {
        SizeRelation.Equal => this with { Relation = SizeRelation.Different },
        SizeRelation.Different => this with { Relation = SizeRelation.Equal },
        SizeRelation.Less => this with { Left = Right, Relation = SizeRelation.AtMost, Right = Left },
        _ => this with { Left = Right, Relation = SizeRelation.Less, Right = Left },
    };

    /// <summary>The relation in C#.</summary>
    public string Symbol => Relation switch { SizeRelation.Equal => "==", SizeRelation.Different => "!=", SizeRelation.Less => "<", _ => "<=" };

    /// <summary>True if it can be checked: all its names have sizes.</summary>
    public bool IsOver(Func<string, bool> hasSize) => Symbols.All(hasSize);

    /// <summary>True for two numbers in this relation.</summary>
    public bool Holds(long left, long right) => Relation switch
    {
        SizeRelation.Equal => left == right,
        SizeRelation.Different => left != right,
        SizeRelation.Less => left < right,
        _ => left <= right,
    };

    /// <summary>True if it holds for these sizes.</summary>
    public bool Holds(Func<string, long> sizeOf) => Holds(Left.Evaluate(sizeOf), Right.Evaluate(sizeOf));

    /// <summary>True if it holds for the sizes that it is over. In a trace the answer is a constraint of that trace.</summary>
    public bool Holds() => Relation switch
    {
        SizeRelation.Equal => Left == Right,
        SizeRelation.Different => Left != Right,
        SizeRelation.Less => Left < Right,
        _ => Left <= Right,
    };

    /// <summary>This constraint over other sizes.</summary>
    public SizeConstraint Substitute(Func<string, Dim> dimOf) => this with { Left = Left.Substitute(dimOf), Right = Right.Substitute(dimOf) };

    /// <summary><c>n == 2*m</c></summary>
    public override string ToString() => $"{Left} {Symbol} {Right}";
}
