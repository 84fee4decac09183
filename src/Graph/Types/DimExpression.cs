using System.Collections.Immutable;
using System.Globalization;
using TensorGraph.Ir;

namespace TensorGraph;

internal enum DimFunction { Symbol, FloorDiv, Max, Min }

/// <summary>A name, or a function of two sizes that no polynomial can say.</summary>
internal sealed class DimAtom(string name, DimFunction function, Dim left, Dim right)
{
    public DimFunction Function => function;

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

    public long Evaluate(Func<string, long> sizeOf) => function switch
    {
        DimFunction.Symbol => sizeOf(name),
        DimFunction.FloorDiv => Dim.FloorDiv(left.Evaluate(sizeOf), right.Evaluate(sizeOf)),
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

    private readonly ImmutableArray<Term> _terms;

    private DimExpression(DimExpression same, TracedSizes? sizes) => (_terms, Text, Sizes) = (same._terms, same.Text, sizes);

    private DimExpression(IEnumerable<Term> terms, TracedSizes? sizes = null)
    {
        _terms = [.. terms.GroupBy(term => term.Key)
            .Select(group => new Term(group.First().Factors, checked(group.Sum(term => term.Coefficient))))
            .Where(term => term.Coefficient != 0)
            .OrderByDescending(term => term.Factors.Length).ThenBy(term => term.Key, StringComparer.Ordinal)];
        Text = Print();
        Sizes = sizes;
    }

    public string Text { get; }

    /// <summary>The trace that C# code sees the size in; null in a graph.</summary>
    public TracedSizes? Sizes { get; }

    public DimExpression In(TracedSizes? sizes) => sizes == Sizes ? this : new(this, sizes);

    public static DimExpression Constant(long value) => new([new Term([], value)]);

    public static DimExpression Atom(DimAtom atom) => new([new Term([atom], 1)]);

    public bool TryConstant(out long value)
    {
        value = _terms.IsEmpty ? 0 : _terms[0].Coefficient;
        return _terms.IsEmpty || (_terms.Length == 1 && _terms[0].Factors.IsEmpty);
    }

    public DimAtom? AsAtom() => _terms is [{ Coefficient: 1, Factors: [var atom] }] ? atom : null;

    public DimExpression Add(DimExpression other) => new(_terms.Concat(other._terms), Sizes ?? other.Sizes);

    public DimExpression Multiply(DimExpression other) => new(
        from a in _terms
        from b in other._terms
        select new Term([.. a.Factors.Concat(b.Factors).OrderBy(atom => atom.Text, StringComparer.Ordinal)], checked(a.Coefficient * b.Coefficient)),
        Sizes ?? other.Sizes);

    /// <summary>This ÷ divisor when it comes out even, by long division on the leading terms; else null.</summary>
    public DimExpression? TryDivide(DimExpression divisor)
    {
        var remainder = this;
        var quotient = new List<Term>();
        while (remainder._terms.Length > 0)
        {
            if (remainder._terms[0].DivideBy(divisor._terms) is not { } term || quotient.Count > 16)
                return null;
            quotient.Add(term);
            remainder = remainder.Add(divisor.Multiply(new DimExpression([term with { Coefficient = -term.Coefficient }])));
        }

        return new DimExpression(quotient, Sizes ?? divisor.Sizes);
    }

    public IEnumerable<string> Symbols() => _terms.SelectMany(term => term.Factors).SelectMany(factor => factor.Symbols()).Distinct();

    public long Evaluate(Func<string, long> sizeOf) =>
        checked(_terms.Sum(term => term.Factors.Aggregate(term.Coefficient, (product, factor) => checked(product * factor.Evaluate(sizeOf)))));

    public Dim Substitute(Func<string, Dim> dimOf) => _terms.Aggregate((Dim)0, (sum, term) =>
        sum + term.Factors.Aggregate((Dim)term.Coefficient, (product, factor) => product * factor.Substitute(dimOf)));

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
