using System.Collections.Immutable;
using System.Globalization;
using TensorGraph.Ir;

namespace TensorGraph;

internal enum DimFunction { Symbol, FloorDiv, Max, Min }

/// <summary>The parts of a size in another language.</summary>
internal sealed record DimAlgebra<T>(
    Func<long, T> Number, Func<string, T> Symbol, Func<T, T, T> Add, Func<T, T, T> Multiply, Func<DimFunction, T, T, T> Function);

/// <summary>A name, or a function of two sizes that no polynomial can say.</summary>
internal sealed class DimAtom(string name, DimFunction function, Dim left, Dim right)
{
    public DimFunction Function => function;

    /// <summary>How many functions are nested: 0 for a name.</summary>
    public int Depth { get; } = function == DimFunction.Symbol ? 0 : 1 + Math.Max(left.Expression.Depth, right.Expression.Depth);

    public string Text { get; } = function switch
    {
        DimFunction.Symbol => name,
        DimFunction.FloorDiv => $"floordiv({left}, {right})",
        DimFunction.Max => $"max({left}, {right})",
        _ => $"min({left}, {right})",
    };

    public IEnumerable<string> Symbols() => function == DimFunction.Symbol ? [name] : left.Symbols.Concat(right.Symbols);

    public Dim Substitute(Func<string, Dim> dimOf) => function switch
    {
        DimFunction.Symbol => dimOf(name),
        DimFunction.FloorDiv => Dim.FloorDiv(left.Substitute(dimOf), right.Substitute(dimOf)),
        DimFunction.Max => Dim.Max(left.Substitute(dimOf), right.Substitute(dimOf)),
        _ => Dim.Min(left.Substitute(dimOf), right.Substitute(dimOf)),
    };

    public T Fold<T>(DimAlgebra<T> algebra) => function == DimFunction.Symbol
        ? algebra.Symbol(name) : algebra.Function(function, left.Fold(algebra), right.Fold(algebra));

    public long Evaluate(Func<string, long> sizeOf) => function switch
    {
        DimFunction.Symbol => sizeOf(name),
        DimFunction.FloorDiv => Dim.FloorDivNumbers(left.Evaluate(sizeOf), right.Evaluate(sizeOf)),
        DimFunction.Max => Math.Max(left.Evaluate(sizeOf), right.Evaluate(sizeOf)),
        _ => Math.Min(left.Evaluate(sizeOf), right.Evaluate(sizeOf)),
    };
}

/// <summary>
/// A polynomial with integer coefficients over <see cref="DimAtom"/>s: a sum of products, products sorted by text, no zero terms.
/// Two polynomials are equal exactly when their <see cref="Text"/> is.
/// </summary>
internal sealed class DimExpression
{
    private sealed record Term(ImmutableArray<DimAtom> Factors, long Coefficient)
    {
        public string Key { get; } = string.Join('*', Factors.Select(factor => factor.Text));

        // The order of terms in an expression.
        public static IComparer<Term> InText { get; } = Comparer<Term>.Create((a, b) =>
            a.Factors.Length != b.Factors.Length ? b.Factors.Length.CompareTo(a.Factors.Length) : string.CompareOrdinal(a.Key, b.Key));

        // A term with the same factors, added to this one.
        public Term Plus(Term other)
        {
            long sum = unchecked(Coefficient + other.Coefficient);
            return ((Coefficient ^ sum) & (other.Coefficient ^ sum)) >= 0 ? this with { Coefficient = sum }
                : throw DimLimits.TooLarge($"({Coefficient} + {other.Coefficient})*{Key}");
        }

        public Term Times(Term other)
        {
            long high = Math.BigMul(Coefficient, other.Coefficient, out long product);
            return high == product >> 63
                ? new([.. Factors.Concat(other.Factors).OrderBy(atom => atom.Text, StringComparer.Ordinal)], product)
                : throw DimLimits.TooLarge($"{Coefficient}*{Key} * {other.Coefficient}*{other.Key}");
        }

        // This ÷ the leading term of the divisor, or null when a factor or the coefficient is left over.
        public Term? DivideBy(ImmutableArray<Term> divisor)
        {
            if (divisor.IsEmpty || Coefficient % divisor[0].Coefficient != 0)
                return null;
            var left = Factors.ToList();
            foreach (var factor in divisor[0].Factors)
            {
                int index = left.FindIndex(candidate => candidate.Text == factor.Text);
                if (index < 0)
                    return null;
                left.RemoveAt(index);
            }

            return new Term([.. left], Coefficient / divisor[0].Coefficient);
        }
    }

    private static readonly Term MinusOne = new([], -1);

    private readonly ImmutableArray<Term> _terms;

    private DimExpression(DimExpression same, TracedSizes? sizes) => (_terms, Text, Sizes) = (same._terms, same.Text, sizes);

    private DimExpression(ImmutableArray<Term> sorted, TracedSizes? sizes)
    {
        _terms = sorted;
        Text = Print();
        Sizes = sizes;
        DimLimits.Check(this);
    }

    private static DimExpression Of(IEnumerable<Term> terms, TracedSizes? sizes = null) => new(
        [.. terms.GroupBy(term => term.Key).Select(group => group.Aggregate((sum, term) => sum.Plus(term)))
            .Where(term => term.Coefficient != 0).Order(Term.InText)],
        sizes);

    public string Text { get; }

    /// <summary>Number of products that are added up.</summary>
    public int Terms => _terms.Length;

    /// <summary>Number of factors of the longest product, which is the first.</summary>
    public int Degree => _terms.IsEmpty ? 0 : _terms[0].Factors.Length;

    /// <summary>How deep functions are nested in it.</summary>
    public int Depth => _terms.SelectMany(term => term.Factors).Select(factor => factor.Depth).DefaultIfEmpty().Max();

    /// <summary>The trace that C# code sees the size in; null in a graph.</summary>
    public TracedSizes? Sizes { get; }

    public DimExpression In(TracedSizes? sizes) => sizes == Sizes ? this : new(this, sizes);

    public static DimExpression Constant(long value) => Of([new Term([], value)]);

    public static DimExpression Atom(DimAtom atom) => new([new Term([atom], 1)], null);

    public bool TryConstant(out long value)
    {
        value = _terms.IsEmpty ? 0 : _terms[0].Coefficient;
        return _terms.IsEmpty || (_terms.Length == 1 && _terms[0].Factors.IsEmpty);
    }

    public DimAtom? AsAtom() => _terms is [{ Coefficient: 1, Factors: [var atom] }] ? atom : null;

    public DimExpression Add(DimExpression other)
    {
        var sum = ImmutableArray.CreateBuilder<Term>(_terms.Length + other._terms.Length);
        int i = 0, j = 0;
        while (i < _terms.Length || j < other._terms.Length)
        {
            int order = i == _terms.Length ? 1 : j == other._terms.Length ? -1 : Term.InText.Compare(_terms[i], other._terms[j]);
            var term = order < 0 ? _terms[i++] : order > 0 ? other._terms[j++] : _terms[i++].Plus(other._terms[j++]);
            if (term.Coefficient != 0)
                sum.Add(term);
        }

        return new(sum.ToImmutable(), Sizes ?? other.Sizes);
    }

    public static DimExpression Sum(IEnumerable<DimExpression> parts)
    {
        var all = parts.ToList();
        return Of(all.SelectMany(part => part._terms), all.Select(part => part.Sizes).FirstOrDefault(sizes => sizes is not null));
    }

    public DimExpression Multiply(DimExpression other)
    {
        DimLimits.CheckProduct(this, other);
        return Of(from a in _terms from b in other._terms select a.Times(b), Sizes ?? other.Sizes);
    }

    /// <summary>This ÷ divisor when it comes out even, by long division on the leading terms; else null.</summary>
    public DimExpression? TryDivide(DimExpression divisor)
    {
        var remainder = this;
        var quotient = new List<Term>();
        try
        {
            while (remainder._terms.Length > 0)
            {
                if (remainder._terms[0].DivideBy(divisor._terms) is not { } term || quotient.Count > 16)
                    return null;
                quotient.Add(term);
                remainder = remainder.Add(divisor.Multiply(new DimExpression([term.Times(MinusOne)], null)));
            }

            return Of(quotient, Sizes ?? divisor.Sizes);
        }
        catch (GraphException)
        {
            return null;
        }
    }

    public IEnumerable<string> Symbols() => _terms.SelectMany(term => term.Factors).SelectMany(factor => factor.Symbols()).Distinct();

    public long Evaluate(Func<string, long> sizeOf) =>
        checked(_terms.Sum(term => term.Factors.Aggregate(term.Coefficient, (product, factor) => checked(product * factor.Evaluate(sizeOf)))));

    public T Fold<T>(DimAlgebra<T> algebra) => _terms.Select(term => term.Coefficient == 1 && !term.Factors.IsEmpty
            ? term.Factors.Select(factor => factor.Fold(algebra)).Aggregate(algebra.Multiply)
            : term.Factors.Aggregate(algebra.Number(term.Coefficient), (product, factor) => algebra.Multiply(product, factor.Fold(algebra))))
        .Aggregate(algebra.Add);

    public Dim Substitute(Func<string, Dim> dimOf) => Dim.Sum([.. _terms.Select(term =>
        term.Factors.Aggregate((Dim)term.Coefficient, (product, factor) => product * factor.Substitute(dimOf)))]);

    private string Print()
    {
        var text = new System.Text.StringBuilder();
        foreach (var term in _terms)
        {
            text.Append(text.Length > 0 && term.Coefficient > 0 ? "+" : "");
            string coefficient = term.Coefficient.ToString(CultureInfo.InvariantCulture);
            text.Append((term.Key, term.Coefficient) switch
            {
                ("", _) => coefficient,
                (_, 1) => term.Key,
                (_, -1) => "-" + term.Key,
                _ => coefficient + "*" + term.Key,
            });
        }

        return text.Length == 0 ? "0" : text.ToString();
    }
}
