using System.Collections.Immutable;
using System.Globalization;

namespace TensorGraph.Ir;

/// <summary>Types, sizes and attribute values.</summary>
public sealed partial class Parser
{
    // type := dtype [ '[' dim, … ']' ]
    private TensorType Type()
    {
        if (_token.Kind != TokenKind.Name || !DTypes.TryParse(_token.Text, out var dtype))
            throw Expected("a type such as f32[2, b]");
        int start = Take().Start;
        var type = new TensorType(dtype, _token.Is("[") ? Shape() : TensorGraph.Shape.Scalar);
        if (!_believe && type.Shape.Any(dim => dim.ValueOr(0) < 0))
            throw _lexer.Error(start, $"{type} has a negative size");
        if (InferContext.IsTooLarge(type))
            throw _lexer.Error(start, $"{type} has more elements than any memory holds");
        return type;
    }

    private Shape Shape()
    {
        var dims = ImmutableArray.CreateBuilder<Dim>();
        List("[", "]", () => dims.Add(Dim()));
        return new(dims.ToImmutable());
    }

    private Dim Dim()
    {
        int start = _token.Start;
        try
        {
            return Sum();
        }
        catch (GraphException fault) when (fault.Id == DiagnosticIds.OutOfRange)
        {
            throw _lexer.Error(start, $"this size can't be computed: {fault.Problem}");
        }
    }

    // dim := [ '-' ] product { ('+' | '-') product }. All products are added at once: one by one, a long sum would take time for each of its terms.
    private Dim Sum()
    {
        using var _ = Nested();
        List<Dim> products = [Product(TakeIf("-"))];
        while (_token.Is("+") || _token.Is("-"))
            products.Add(Product(Take().Text == "-"));
        return TensorGraph.Dim.Sum(products);
    }

    // Numbers are multiplied first, so that each other factor makes the product longer.
    private Dim Product(bool negative)
    {
        Dim number = 1, product = 1;
        Factor(negative ? "-" : "");
        while (TakeIf("*"))
            Factor("");
        return number * product;

        void Factor(string sign)
        {
            if (_token.Kind == TokenKind.Number)
                number *= Integer(sign);
            else
                (number, product) = (sign.Length > 0 ? number * -1 : number, product * this.Factor());
        }
    }

    // factor := number | name | ('floordiv' | 'max' | 'min') '(' dim ',' dim ')' | '(' dim ')'
    private Dim Factor()
    {
        if (TakeIf("?"))
            return TensorGraph.Dim.Dynamic;
        if (TakeIf("("))
        {
            Dim inner = Sum();
            Take(")");
            return inner;
        }

        var name = Take(_token.Kind == TokenKind.Name, "a size");
        if (!TakeIf("("))
            return TensorGraph.Dim.Named(name.Text);
        Dim left = Sum();
        Take(",");
        Dim right = Sum();
        Take(")");
        return name.Text switch
        {
            "floordiv" => TensorGraph.Dim.FloorDiv(left, right),
            "max" => TensorGraph.Dim.Max(left, right),
            "min" => TensorGraph.Dim.Min(left, right),
            _ => throw _lexer.Error(name.Start, $"'{name.Text}' is not a function of sizes; floordiv, max and min are"),
        };
    }

    private (string Name, object Value) Attribute()
    {
        string name = Take(_token.Kind is TokenKind.Name or TokenKind.String, "an attribute").Text;
        Take("=");
        return (name, AttributeValue());
    }

    private object AttributeValue()
    {
        switch (_token.Kind)
        {
            case TokenKind.String:
                return Take().Text;
            case TokenKind.Resource:
                var at = Take();
                return _resources.GetValueOrDefault(Key(at))
                    ?? throw _lexer.Error(at.Start, $"{Shown(at)} is not declared; write variables {{ {Shown(at)}: f32[2] }} above the graph");
            case TokenKind.Symbol when _token.Is("["):
                var list = ImmutableArray.CreateBuilder<long>();
                List("[", "]", () => list.Add(Integer(TakeIf("-") ? "-" : "")));
                return list.ToImmutable();
            case TokenKind.Name when _token.Text is "true" or "false":
                return Take().Text == "true";
            case TokenKind.Name when _token.Text == "shape" && _next.Is("["):
                Take();
                return Shape();
            case TokenKind.Name when _token.Text == "dim" && _next.Is("("):
                Take();
                Take();
                Dim dim = Dim();
                Take(")");
                return dim;
            case TokenKind.Name when _token.Text == "gradient" && _next.Is("("):
                Take();
                Take();
                var gradient = Take(_token.Kind == TokenKind.String, "a name in quotes");
                Take(")");
                return new CustomGradient(gradient.Text, _ => throw new GraphException(
                    DiagnosticIds.BadData, $"gradient: '{gradient.Text}' is C# code: the graph was read from text", "Trace the function that has it."));
            case TokenKind.Name when DTypes.TryParse(_token.Text, out var dtype):
                if (!_next.Is("["))
                {
                    Take();
                    return dtype;
                }

                return Elements(Type());
        }

        bool negative = TakeIf("-");
        bool isLong = _token.Kind == TokenKind.Number && !_token.Text.AsSpan().ContainsAny(".eE");
        return isLong ? (object)Integer(negative ? "-" : "") : BitConverter.UInt64BitsToDouble(Float(DType.F64, negative));
    }

    private long Integer(string sign)
    {
        var at = Take(_token.Kind == TokenKind.Number, "a whole number");
        return long.TryParse(sign + at.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw _lexer.Error(at.Start, $"'{sign}{at.Text}' is not a whole number of 64 bits");
    }

    // elements := element | '[' element, … ']'
    private Literal Elements(TensorType type)
    {
        var at = _token;
        if (!type.Shape.IsConstant)
            throw _lexer.Error(at.Start, $"a constant has sizes that are numbers, not {type}");
        // Each element takes a character and a comma, so a claimed size takes no more memory than the text may fill.
        long claimed = type.Shape.ElementCount.Value, most = (_lexer.Length - at.Start + 1) / 2;
        var literal = Literal.Zeros(claimed <= most ? type : type.As(new Shape(most)));
        if (type.Rank == 0)
        {
            Element(literal, 0);
            return literal;
        }

        long count = 0;
        List("[", "]", () =>
        {
            if (_token.Is("…"))
                throw Expected("an element (this constant was printed in short form)");
            if (count == claimed)
                throw _lexer.Error(_token.Start, $"{type} has only {claimed} elements");
            Element(literal, count++);
        });
        return count == claimed ? literal : throw _lexer.Error(at.Start, $"{type} has {claimed} elements, here are {count}");
    }

    private void Element(Literal literal, long index)
    {
        var dtype = literal.Type.DType;
        if (literal.Data is string[] texts)
            texts[index] = Take(_token.Kind == TokenKind.String, "a text in quotes").Text;
        else if (dtype == DType.Bool)
            literal.SetLong(index, Take(_token.IsName("true") || _token.IsName("false"), "true or false").Text == "true" ? 1 : 0);
        else if (dtype.IsInteger())
            Whole(literal, index);
        else
            BitConverter.GetBytes(Float(dtype, TakeIf("-"))).AsSpan(0, dtype.Size()).CopyTo(literal.Bytes(index * dtype.Size(), dtype.Size()));
    }

    private void Whole(Literal literal, long index)
    {
        var at = _token;
        long number = Integer(TakeIf("-") ? "-" : "");
        literal.SetLong(index, number);
        if (literal.GetLong(index) != number)
            throw _lexer.Error(at.Start, $"{number} is out of range for {literal.Type.DType.Name()}");
    }

    // float := [ '-' ] ( number | 'inf' ) | 'nan' [ '(' bits ')' ]; returns the bits of that dtype, in the lowest bytes.
    private ulong Float(DType dtype, bool negative)
    {
        var at = Take(
            _token.Kind == TokenKind.Number || _token.IsName("inf") || (_token.IsName("nan") && !negative), negative ? "a number or inf" : "a value");
        if (at.Text == "nan" && TakeIf("("))
        {
            var bits = Take(_token.Kind == TokenKind.Number && _token.Text.StartsWith("0x", StringComparison.Ordinal), "bits such as 0x7fc00001");
            Take(")");
            if (!ulong.TryParse(bits.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value))
                throw _lexer.Error(bits.Start, $"'{bits.Text}' is not a number of 64 bits");
            return IsNaN(dtype, value) ? value : throw _lexer.Error(bits.Start, $"'{bits.Text}' are not the bits of a NaN of {dtype.Name()}");
        }

        double sign = negative ? -1 : 1;
        double wide = at.Text == "nan" ? double.NaN : at.Text == "inf" ? sign * double.PositiveInfinity : sign * Parse<double>(at);
        // Reading a narrow float through a wider one would round twice.
        float narrow = at.Kind == TokenKind.Number ? (float)sign * Parse<float>(at) : (float)wide;
        Half half = at.Kind == TokenKind.Number ? (Half)sign * Parse<Half>(at) : (Half)wide;
        var brain = (BFloat16)(at.Kind == TokenKind.Number && dtype == DType.BF16 ? sign * RoundToOdd.Double(at.Text) : wide);
        (ulong read, bool isInfinite) = dtype switch
        {
            DType.F64 => (BitConverter.DoubleToUInt64Bits(wide), double.IsInfinity(wide)),
            DType.F32 => (BitConverter.SingleToUInt32Bits(narrow), float.IsInfinity(narrow)),
            DType.F16 => (BitConverter.HalfToUInt16Bits(half), Half.IsInfinity(half)),
            _ => (brain.Bits, float.IsInfinity(brain)),
        };
        if (isInfinite && at.Kind == TokenKind.Number)
            throw _lexer.Error(at.Start, $"'{at.Text}' is out of range for {dtype.Name()}");
        return read;
    }

    private static bool IsNaN(DType dtype, ulong bits) => dtype switch
    {
        DType.F64 => double.IsNaN(BitConverter.UInt64BitsToDouble(bits)),
        DType.F32 => bits <= uint.MaxValue && float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits)),
        DType.F16 => bits <= ushort.MaxValue && Half.IsNaN(BitConverter.UInt16BitsToHalf((ushort)bits)),
        _ => bits <= ushort.MaxValue && float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits << 16)),
    };

    private T Parse<T>(Token at) where T : System.Numerics.INumberBase<T> =>
        T.TryParse(at.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw _lexer.Error(at.Start, $"'{at.Text}' is not a number");
}
