using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Operators that work element by element. Those that are an op by another name are in <see cref="Operators"/>.</summary>
internal static partial class OperatorRules
{
    // The opset from which on an operator has its meaning of today; 7 for those that are not here.
    private static readonly Dictionary<string, int> s_since = new(StringComparer.Ordinal)
    {
        ["Acosh"] = 9, ["Asinh"] = 9, ["Atanh"] = 9, ["Cosh"] = 9, ["Sinh"] = 9, ["Erf"] = 9, ["Sign"] = 9, ["IsNaN"] = 9, ["Where"] = 9,
        ["Round"] = 11, ["GreaterOrEqual"] = 12, ["LessOrEqual"] = 12, ["HardSwish"] = 14, ["BitwiseAnd"] = 18, ["BitwiseOr"] = 18,
        ["BitwiseXor"] = 18, ["BitwiseNot"] = 18, ["StringConcat"] = 20,
    };

    // Rules of their own.
    private static readonly string[] s_others = ["Max", "Min", "Pow", "IsInf", "Div", "Relu"];

    private static IEnumerable<OperatorRule> Pointwise() =>
    [
        .. Operators.Same.Select(row => row.Name).Distinct().Except(s_others).Select(Same),
        new("Div", 7, "", c => c.X.DType.IsFloat() ? c.Builder.Div(c.X, c.Y) : c.Builder.Emit(OpDefs.Div, c.X, c.Y)),
        new("Relu", 7, "", c => c.X.DType.IsInteger() ? c.Builder.Emit(OpDefs.Max, c.X, c.Builder.Scalar(0, c.X)) : c.Builder.Emit(OpDefs.Relu, c.All())),
        new("Max", 8, "", c => Folded(c, OpDefs.Max)),
        new("Min", 8, "", c => Folded(c, OpDefs.Min)),
        new("Sum", 8, "", c => Folded(c, OpDefs.Add)),
        new("Mean", 8, "", c => c.Builder.Mul(Folded(c, OpDefs.Add), 1.0 / c.Count)),
        new("Pow", 7, "", Power),
        new("Mod", 10, "fmod", c => c.Builder.Emit(c.Int("fmod", 0) != 0 ? OpDefs.Rem : OpDefs.Mod, c.X, c.Y)),
        new("IsInf", 10, "detect_negative detect_positive", IsInfinite),
        new("Clip", 7, "min max", c => Clipped(c, c.X, c.Float("min"), c.Float("max"))),
        new("Clip", 11, "", c => Bounded(c, c.X, c.Optional(1), c.Optional(2))),
        new("Identity", 7, "", c => c.X) { Items = c => [c.Item(0)] },
        new("Dropout", 7, "ratio", c => [c.X, Everywhere(c, c.X)]),
        new("Dropout", 12, "seed", Dropped) { Limits = "not for training" },
        new("Cast", 7, "to saturate", c => Cast(c, c.X, c.Int("to", 0))) { Items = CastItem, Limits = "not from or to text" },
        new("CastLike", 15, "saturate", c => c.Builder.Cast(c.X, c.Y.DType)) { Limits = "not from or to text" },
        new("BitShift", 11, "direction", c => c.X) { Items = Shifted, Limits = "after casts from signed integers, or of u8" },
    ];

    private static OperatorRule Same(string name) => new(name, s_since.GetValueOrDefault(name, FirstOpset), "", c =>
    {
        var row = Array.Find(Operators.Same, row => row.Name == name && row.Takes(DTypeOf(c, row.Op)))
            ?? throw c.Refuse($"it does not take {c.X.DType.Name()}");
        return c.Builder.Emit(row.Op, c.All());
    });

    // A choice is by a condition, which is bool.
    private static DType DTypeOf(NodeReader c, OpDef op) => op == OpDefs.Select ? c.Y.DType : c.X.DType;

    private static Value Folded(NodeReader c, OpDef op) => c.All().Aggregate((a, b) => c.Builder.Emit(op, a, b));

    // Of integers by floats it is computed in floats, and has the dtype of the base.
    private static Value Power(NodeReader c)
    {
        Value x = c.X, y = c.Y;
        if (x.DType == y.DType)
            return c.Builder.Emit(OpDefs.Pow, x, y);
        if (x.DType.IsFloat() || !y.DType.IsFloat())
            return c.Builder.Emit(OpDefs.Pow, x, c.Builder.Cast(y, x.DType));
        return c.Builder.Cast(c.Builder.Emit(OpDefs.Pow, c.Builder.Cast(x, DType.F64), c.Builder.Cast(y, DType.F64)), x.DType);
    }

    private static Value IsInfinite(NodeReader c)
    {
        Value x = c.X, isInfinite = c.Builder.Emit(OpDefs.IsInf, x), zero = c.Builder.Scalar(0, x);
        bool negative = c.Int("detect_negative", 1) != 0, positive = c.Int("detect_positive", 1) != 0;
        return negative && positive ? isInfinite
            : !negative && !positive ? c.Builder.Emit(OpDefs.And, isInfinite, c.Builder.Constant(Literal.Scalar(DType.Bool, 0)))
            : c.Builder.Emit(OpDefs.And, isInfinite, c.Builder.Emit(positive ? OpDefs.Greater : OpDefs.Less, x, zero));
    }

    /// <summary>Held between two numbers.</summary>
    private static Value Clipped(NodeReader c, Value x, double? low, double? high) => Bounded(
        c, x, low is { } least ? c.Builder.Scalar(least, x) : null, high is { } most ? c.Builder.Scalar(most, x) : null);

    private static Value Bounded(NodeReader c, Value x, Value? low, Value? high)
    {
        if (low is { } least)
            x = c.Builder.Emit(OpDefs.Max, x, Scalar(c, least));
        return high is { } most ? c.Builder.Emit(OpDefs.Min, x, Scalar(c, most)) : x;
    }

    /// <summary>One number, with or without axes, as a scalar.</summary>
    private static Value Scalar(NodeReader c, Value x) => x.Shape.Rank == 0 ? x : c.Builder.Reshape(x, Shape.Scalar);

    private static Value Everywhere(NodeReader c, Value x) => c.Builder.BroadcastTo(c.Builder.Constant(Literal.Scalar(DType.Bool, 1)), x.Shape);

    private static Value?[] Dropped(NodeReader c)
    {
        // The part that is left out does not matter while nothing is.
        _ = c.Optional(1);
        if (c.Has(2) && c.Number(2).GetLong(0) != 0)
            throw c.Refuse("it is in training mode");
        return [c.X, c.Wants(1) ? Everywhere(c, c.X) : null];
    }

    private static Value Cast(NodeReader c, Value x, long to)
    {
        var dtype = ElementTypes.Find(to) ?? throw c.Refuse($"graphs have no elements of type {ElementTypes.Name(to)}");
        if (x.DType != dtype && (x.DType == DType.String || dtype == DType.String))
            throw c.Refuse("text is not converted");
        return c.Builder.Cast(x, dtype);
    }

    // Unsigned integers are only there between two casts, for the bits of signed ones.
    private static Imported?[] CastItem(NodeReader c)
    {
        var item = c.Item(0);
        long to = c.Int("to", 0);
        if (!item.IsUnsigned)
        {
            var x = c.X;
            return [WidthOf(to) is { } width && x.DType.IsInteger() && x.DType != DType.U8 && x.DType.Size() == width
                ? new Imported(x) { IsUnsigned = true } : new(Cast(c, x, to))];
        }

        var bits = c.Importer.Seen(item.Value!.Value);
        return ElementTypes.Find(to) == bits.DType ? [new(bits)] : throw c.Refuse("graphs have no unsigned integers of more than 8 bits");
    }

    private static int? WidthOf(long type) => (OnnxFormat.TensorProto.Types.DataType)type switch
    {
        OnnxFormat.TensorProto.Types.DataType.Uint16 => 2,
        OnnxFormat.TensorProto.Types.DataType.Uint32 => 4,
        OnnxFormat.TensorProto.Types.DataType.Uint64 => 8,
        _ => null,
    };

    private static Imported?[] Shifted(NodeReader c)
    {
        Imported left = c.Item(0), right = c.Item(1);
        var op = c.Text("direction", "") switch
        {
            "LEFT" => OpDefs.ShiftLeft,
            "RIGHT" => OpDefs.ShiftRightLogical,
            var other => throw c.Refuse($"its direction is '{other}'"),
        };
        if (!left.IsUnsigned && c.X.DType != DType.U8)
            throw c.Refuse($"it does not take {c.X.DType.Name()}");
        Value Bits(Imported item, int input) => item.IsUnsigned ? c.Importer.Seen(item.Value!.Value) : c.In(input);
        Value bits = Bits(left, 0), by = Bits(right, 1);
        // All bits are shifted out by more than there are; in bits of a signed integer a large number is below 0.
        Value isWithin = c.Builder.Emit(OpDefs.Less, by, c.Builder.Scalar(8 * by.DType.Size(), by));
        if (left.IsUnsigned)
            isWithin = c.Builder.Emit(OpDefs.And, isWithin, c.Builder.Emit(OpDefs.Not, IsNegative(c.Builder, by)));
        return [new(c.Builder.Select(isWithin, c.Builder.Emit(op, bits, by), c.Builder.Scalar(0, bits))) { IsUnsigned = left.IsUnsigned }];
    }
}
