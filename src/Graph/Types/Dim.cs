using System.Globalization;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// One size of a shape: a number, or a polynomial over named unknowns such as <c>2*b+1</c>.
/// Equal expressions compare equal, since every expression is kept in one canonical form.
/// </summary>
/// <remarks>
/// A size that C# code reads from a tensor of a graph function which is traced is a number to that code: comparisons, hash codes, <see cref="Value"/>
/// and text are those of the call that is traced, and become constraints of the trace. Arithmetic, and ops that take the size, depend on no number.
/// </remarks>
[System.Diagnostics.DebuggerDisplay("{Text,nq}")]
public readonly struct Dim : IEquatable<Dim>, IComparable<Dim>
{
    private readonly long _value;
    private readonly DimExpression? _expression;

    private Dim(long value) => _value = value;

    internal Dim(DimExpression expression)
    {
        if (expression.TryConstant(out long value))
            _value = value;
        else
            _expression = expression;
    }

    /// <summary>A named unknown size.</summary>
    /// <param name="name">A letter or <c>_</c>, then letters, digits, <c>_</c> and <c>.</c>; or <c>?</c>.</param>
    /// <exception cref="GraphException">TG1004 for any other text.</exception>
    public static Dim Symbol(string name) => name == "?" || (name is not null && Printer.IsIdentifier(name)) ? Named(name)
        : throw new GraphException(
            DiagnosticIds.BadSignature, $"size: {(name is null ? "null" : Printer.Quote(name))} is not a name",
            "A name is a letter or _, then letters, digits, _ and dots.", SourceSpan.Capture());

    /// <summary>A size with any text in place of a name, for messages: the text form has no spelling for it.</summary>
    public static Dim Named(string name) => new(DimExpression.Atom(new DimAtom(name, DimFunction.Symbol, default, default)));

    /// <summary>The first axis of a list: it has no size that anything could depend on. Written <c>?</c>.</summary>
    public static Dim Dynamic { get; } = Named("?");

    /// <summary>A name that nothing else has, for a size that is only known when the graph runs.</summary>
    public static Dim Fresh() => Named(string.Create(CultureInfo.InvariantCulture, $"_u{Interlocked.Increment(ref s_fresh)}"));

    private static long s_fresh;

    /// <summary>True when the size is a number.</summary>
    public bool IsConstant => _expression is null || Sizes?.TryFix(this) is not null;

    /// <summary>The number; throws for a symbolic size.</summary>
    /// <exception cref="GraphException">TG1001 for a symbolic size, TG7002 for one of a trace that ended.</exception>
    public long Value => _expression is null ? _value : Sizes?.Fix(this) ?? throw new GraphException(
        DiagnosticIds.SymbolicAsValue, $"size: '{this}' is not a number while the graph is traced",
        "Use Ops.Size(x, axis), or a signature with a number for this axis.", SourceSpan.Capture());

    /// <summary>The number, or <paramref name="otherwise"/> for a symbolic size.</summary>
    public long ValueOr(long otherwise) => _expression is null ? _value : Sizes?.Fix(this) ?? otherwise;

    /// <summary>True when the size is just one name.</summary>
    public bool IsSymbol => _expression is not null && _expression.AsAtom() is { Function: DimFunction.Symbol } && Sizes?.TryFix(this) is null;

    /// <summary>The names this size depends on.</summary>
    public IEnumerable<string> Symbols => _expression is null || Sizes?.TryFix(this) is not null ? [] : _expression.Symbols();

    /// <summary>True when this is the number <paramref name="value"/>.</summary>
    public bool Is(long value) => _expression is null ? _value == value : Sizes?.Decide(this, SizeRelation.Equal, value) ?? false;

    /// <summary>
    /// This size as the graph has it: names compare by form, and nothing that is asked becomes a constraint of the trace. For libraries that handle
    /// names themselves.
    /// </summary>
    public Dim InGraph => Sizes is null ? this : In(null);

    /// <summary>True when the size is a number, also in the graph.</summary>
    internal bool IsNumber => _expression is null;

    /// <summary>The trace that answers for the size; null for numbers and for sizes in a graph.</summary>
    internal TracedSizes? Sizes => _expression?.Sizes;

    internal Dim In(TracedSizes? sizes) => _expression is null ? this : new(_expression.In(sizes));

    /// <summary><paramref name="other"/> − this when that is a number whatever the names stand for.</summary>
    internal long? DistanceTo(Dim other) => other - this is { IsNumber: true } distance ? distance._value : null;

    internal DimExpression Expression => _expression ?? DimExpression.Constant(_value);

    /// <summary>A number is a size.</summary>
    public static implicit operator Dim(long value) => new(value);

    /// <summary>A number is a size.</summary>
    public static implicit operator Dim(int value) => new((long)value);

    /// <summary>The number; see <see cref="Value"/>. A graph then serves calls with this size only.</summary>
    /// <exception cref="GraphException">
    /// TG1001 for a size that only a run knows, TG7002 for one of a trace that ended, TG2004 for more than an int holds.
    /// </exception>
    public static implicit operator int(Dim size)
    {
        long number = size.Value;
        if (number != (int)number)
            Throw.Range("size", $"{number} is more than an int holds", "Use a long.");
        return (int)number;
    }

    /// <summary>The number; see <see cref="Value"/>. A graph then serves calls with this size only.</summary>
    /// <exception cref="GraphException">TG1001 for a size that only a run knows, TG7002 for one of a trace that ended.</exception>
    public static implicit operator long(Dim size) => size.Value;

    /// <summary>Sum.</summary>
    /// <exception cref="GraphException">TG2004 beyond 64 bits, or for an expression beyond every use.</exception>
    public static Dim operator +(Dim a, Dim b)
    {
        if (!a.IsNumber || !b.IsNumber)
            return a.HasForm(0) ? b : b.HasForm(0) ? a : new(a.Expression.Add(b.Expression));
        long sum = unchecked(a._value + b._value);
        return ((a._value ^ sum) & (b._value ^ sum)) >= 0 ? new Dim(sum) : throw DimLimits.TooLarge($"{a} + {b}");
    }

    /// <summary>Difference.</summary>
    /// <exception cref="GraphException">TG2004 beyond 64 bits, or for an expression beyond every use.</exception>
    public static Dim operator -(Dim a, Dim b) => a + (b * -1);

    /// <summary>Product.</summary>
    /// <exception cref="GraphException">TG2004 beyond 64 bits, or for an expression beyond every use.</exception>
    public static Dim operator *(Dim a, Dim b)
    {
        if (!a.IsNumber || !b.IsNumber)
            return a.HasForm(1) ? b : b.HasForm(1) ? a : new(a.Expression.Multiply(b.Expression));
        long high = Math.BigMul(a._value, b._value, out long product);
        return high == product >> 63 ? new Dim(product) : throw DimLimits.TooLarge($"{a} * {b}");
    }

    /// <summary>Sum of any number of sizes, in time for their length.</summary>
    internal static Dim Sum(IReadOnlyList<Dim> sizes) => sizes.Count switch
    {
        1 => sizes[0],
        2 => sizes[0] + sizes[1],
        _ => new(DimExpression.Sum(sizes.Select(size => size.Expression))),
    };

    /// <summary>Quotient rounded down; exact division of polynomials is carried out, anything else stays as <c>floordiv(a, b)</c>.</summary>
    /// <exception cref="GraphException">TG2004 for a division by 0, beyond 64 bits, or for an expression beyond every use.</exception>
    public static Dim FloorDiv(Dim a, Dim b)
    {
        if (a.IsNumber && b.IsNumber)
            return FloorDivNumbers(a._value, b._value);
        if (b.HasForm(0))
            throw DimLimits.DividedByZero(a);
        if (b.HasForm(1) || a.HasForm(0))
            return a;
        if (a.HasForm(b))
            return 1;
        return a.Expression.TryDivide(b.Expression) is { } exact ? new(exact) : Function(DimFunction.FloorDiv, a, b);
    }

    /// <summary>The larger of two sizes.</summary>
    /// <exception cref="GraphException">TG2004 beyond 64 bits, or for an expression beyond every use.</exception>
    public static Dim Max(Dim a, Dim b) => a.HasForm(b) ? a : IsAtMost(a, b) is { } isLess ? (isLess ? b : a) : Function(DimFunction.Max, a, b);

    /// <summary>The smaller of two sizes.</summary>
    /// <exception cref="GraphException">TG2004 beyond 64 bits, or for an expression beyond every use.</exception>
    public static Dim Min(Dim a, Dim b) => a.HasForm(b) ? a : IsAtMost(a, b) is { } isLess ? (isLess ? a : b) : Function(DimFunction.Min, a, b);

    /// <summary>The number this size has when every name has the size that <paramref name="sizeOf"/> gives.</summary>
    /// <exception cref="GraphException">TG2004 beyond 64 bits, or for a division by 0.</exception>
    public long Evaluate(Func<string, long> sizeOf)
    {
        Throw.IfNull(sizeOf);
        if (_expression is null)
            return _value;
        try
        {
            return _expression.Evaluate(sizeOf);
        }
        catch (OverflowException)
        {
            throw DimLimits.TooLarge(Text);
        }
    }

    /// <summary>The size in another language, from its numbers and names up.</summary>
    internal T Fold<T>(DimAlgebra<T> algebra) => _expression is null ? algebra.Number(_value) : _expression.Fold(algebra);

    /// <summary>Replaces names by sizes.</summary>
    public Dim Substitute(Func<string, Dim> dimOf) => _expression is null ? this : _expression.Substitute(Throw.IfNull(dimOf));

    /// <inheritdoc/>
    public bool Equals(Dim other) => (Sizes ?? other.Sizes)?.Decide(this, SizeRelation.Equal, other) ?? HasForm(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dim other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _expression is null ? _value.GetHashCode()
        : Sizes?.Fix(this).GetHashCode() ?? _expression.Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    /// <exception cref="GraphException">TG1001 when it depends on a name.</exception>
    public int CompareTo(Dim other) => this == other ? 0 : this < other ? -1 : 1;

    /// <summary>Equality of canonical forms; while tracing, of the numbers in the call.</summary>
    public static bool operator ==(Dim a, Dim b) => a.Equals(b);

    /// <summary>Inequality of canonical forms; while tracing, of the numbers in the call.</summary>
    public static bool operator !=(Dim a, Dim b) => !a.Equals(b);

    /// <summary>Order of numbers; while tracing, of those in the call.</summary>
    public static bool operator <(Dim a, Dim b) => Compares(a, SizeRelation.Less, b);

    /// <summary>Order of numbers; while tracing, of those in the call.</summary>
    public static bool operator <=(Dim a, Dim b) => Compares(a, SizeRelation.AtMost, b);

    /// <summary>Order of numbers; while tracing, of those in the call.</summary>
    public static bool operator >(Dim a, Dim b) => b < a;

    /// <summary>Order of numbers; while tracing, of those in the call.</summary>
    public static bool operator >=(Dim a, Dim b) => b <= a;

    /// <summary>The number, or the expression of a size that has no number while tracing.</summary>
    public override string ToString() => Sizes?.TryFix(this)?.ToString(CultureInfo.InvariantCulture) ?? Text;

    private string Text => _expression?.Text ?? _value.ToString(CultureInfo.InvariantCulture);

    private bool HasForm(Dim other) => _expression is null
        ? other._expression is null && _value == other._value
        : other._expression is not null && _expression.Text == other._expression.Text;

    private static bool Compares(Dim a, SizeRelation relation, Dim b)
    {
        if ((a.Sizes ?? b.Sizes) is { } sizes)
            return sizes.Decide(a, relation, b);
        if (a.IsNumber && b.IsNumber)
            return relation == SizeRelation.Less ? a._value < b._value : a._value <= b._value;
        long distance = a.DistanceTo(b) ?? (a.IsNumber ? b : a).Value;
        return relation == SizeRelation.Less ? distance > 0 : distance >= 0;
    }

    /// <summary>Quotient rounded toward minus infinity.</summary>
    internal static long FloorDivNumbers(long a, long b) => b switch
    {
        0 => throw DimLimits.DividedByZero(a),
        -1 => a == long.MinValue ? throw DimLimits.TooLarge($"{a} / -1") : -a,
        _ => (a / b) - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0),
    };

    // Whether a ≤ b whatever the names stand for; null when that depends on them.
    private static bool? IsAtMost(Dim a, Dim b) => a.IsNumber && b.IsNumber ? a._value <= b._value
        : a.DistanceTo(b) is { } difference ? difference >= 0 : null;

    private static Dim Function(DimFunction function, Dim a, Dim b) =>
        new(DimExpression.Atom(new DimAtom("", function, a.InGraph, b.InGraph)).In(a.Sizes ?? b.Sizes));
}
