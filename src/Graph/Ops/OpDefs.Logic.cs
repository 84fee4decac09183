namespace TensorGraph.Ir;

/// <summary>Comparisons, logic on bool and on bits, choice, and change of element type.</summary>
public static partial class OpDefs
{
    private const Traits Test = Traits.Pointwise | Traits.NoGradient;

    /// <summary>a = b; numbers, bool and text. NaN equals nothing.</summary>
    [Op("equal", "..., ... -> ...", DTypes = DTypeSet.Any, ReturnsBool = true, Traits = Test | Traits.Commutative)]
    public static readonly OpDef Equal = new() { Eval = c => Same(c, equal: true) };

    /// <summary>a ≠ b; numbers, bool and text. NaN differs from everything.</summary>
    [Op("not_equal", "..., ... -> ...", DTypes = DTypeSet.Any, ReturnsBool = true, Traits = Test | Traits.Commutative)]
    public static readonly OpDef NotEqual = new() { Eval = c => Same(c, equal: false) };

    /// <summary>a &gt; b.</summary>
    [Op("greater", "..., ... -> ...", ReturnsBool = true, Traits = Test)]
    public static readonly OpDef Greater = new() { Eval = Rules.Binary((a, b) => a > b ? 1 : 0, (a, b) => a > b ? 1 : 0) };

    /// <summary>a ≥ b.</summary>
    [Op("greater_equal", "..., ... -> ...", ReturnsBool = true, Traits = Test)]
    public static readonly OpDef GreaterEqual = new() { Eval = Rules.Binary((a, b) => a >= b ? 1 : 0, (a, b) => a >= b ? 1 : 0) };

    /// <summary>a &lt; b.</summary>
    [Op("less", "..., ... -> ...", ReturnsBool = true, Traits = Test)]
    public static readonly OpDef Less = new() { Eval = Rules.Binary((a, b) => a < b ? 1 : 0, (a, b) => a < b ? 1 : 0) };

    /// <summary>a ≤ b.</summary>
    [Op("less_equal", "..., ... -> ...", ReturnsBool = true, Traits = Test)]
    public static readonly OpDef LessEqual = new() { Eval = Rules.Binary((a, b) => a <= b ? 1 : 0, (a, b) => a <= b ? 1 : 0) };

    /// <summary>True for NaN.</summary>
    [Op("is_nan", "... -> ...", DTypes = DTypeSet.Float, ReturnsBool = true, Traits = Test)]
    public static readonly OpDef IsNan = new() { Eval = Rules.Unary(a => double.IsNaN(a) ? 1 : 0) };

    /// <summary>False for NaN and ±∞.</summary>
    [Op("is_finite", "... -> ...", DTypes = DTypeSet.Float, ReturnsBool = true, Traits = Test)]
    public static readonly OpDef IsFinite = new() { Eval = Rules.Unary(a => double.IsFinite(a) ? 1 : 0) };

    /// <summary>a and b, bit by bit on integers.</summary>
    [Op("and", "..., ... -> ...", DTypes = DTypeSet.IntegerOrBool, Traits = Arithmetic | Traits.Idempotent | Traits.NoGradient,
        Source = "np.bitwise_and")]
    public static readonly OpDef And = new() { Eval = Rules.BinaryBits((a, b) => a & b) };

    /// <summary>a or b, bit by bit on integers.</summary>
    [Op("or", "..., ... -> ...", DTypes = DTypeSet.IntegerOrBool, Traits = Arithmetic | Traits.Idempotent | Traits.NoGradient,
        Source = "np.bitwise_or")]
    public static readonly OpDef Or = new() { Eval = Rules.BinaryBits((a, b) => a | b) };

    /// <summary>Either a or b but not both, bit by bit on integers.</summary>
    [Op("xor", "..., ... -> ...", DTypes = DTypeSet.IntegerOrBool, Traits = Arithmetic | Traits.NoGradient, Source = "np.bitwise_xor")]
    public static readonly OpDef Xor = new() { Eval = Rules.BinaryBits((a, b) => a ^ b) };

    /// <summary>Not a, bit by bit on integers.</summary>
    [Op("not", "... -> ...", DTypes = DTypeSet.IntegerOrBool, Traits = Test, Source = "np.invert")]
    public static readonly OpDef Not = new()
    {
        Eval = c => Rules.UnaryBits(c.Inputs[0].Type.DType == DType.Bool ? a => a ^ 1 : a => ~a)(c),
    };

    /// <summary>a · 2ᵇ; b counts modulo the width of the dtype.</summary>
    [Op("shift_left", "..., ... -> ...", DTypes = DTypeSet.Integer, Traits = Test, Source = "C# << (count modulo the width)")]
    public static readonly OpDef ShiftLeft = new() { Eval = Shift((a, count, _) => a << count) };

    /// <summary>a shifted right, the sign bit coming in; b counts modulo the width of the dtype.</summary>
    [Op("shift_right", "..., ... -> ...", DTypes = DTypeSet.Integer, Traits = Test, Source = "C# >> (count modulo the width)")]
    public static readonly OpDef ShiftRight = new() { Eval = Shift((a, count, _) => a >> count) };

    /// <summary>a shifted right, zeros coming in; b counts modulo the width of the dtype.</summary>
    [Op("shift_right_logical", "..., ... -> ...", DTypes = DTypeSet.Integer, Traits = Test, Source = "C# >>> (count modulo the width)")]
    public static readonly OpDef ShiftRightLogical =
    new() { Eval = Shift((a, count, width) => (width == 64 ? a : a & ((1L << width) - 1)) >>> count) };

    /// <summary>condition ? a : b; both sides are evaluated.</summary>
    [Op("select", "?", Inputs = 3, DTypes = DTypeSet.Any, Traits = Traits.Pointwise, Source = "np.where")]
    public static readonly OpDef Select = new()
    {
        Eval = c =>
        {
            var shape = Rules.Broadcast(c);
            var result = Rules.Result(c, shape);
            foreach (var (i, index) in Rules.Indices(shape))
            {
                var chosen = c.Inputs[c.Inputs[0].GetLong(Rules.Offset(c.Inputs[0], index)) != 0 ? 1 : 2];
                result.Copy(i, chosen, Rules.Offset(chosen, index));
            }

            return [result];
        },
        Vjp = c => [null, c.Builder.Select(c.X(0), c.G, c.Builder.Scalar(0, c.G)), c.Builder.Select(c.X(0), c.Builder.Scalar(0, c.G), c.G)],
    };

    /// <summary>
    /// Elements as dtype <c>dtype</c>: floats to integers truncate, saturating at 64 bits and then wrapping; NaN gives 0; anything but 0 is true;
    /// what a float does not hold is rounded once, to nearest even.
    /// </summary>
    [Op("cast", "?", DTypes = DTypeSet.NoString, Traits = Traits.Pointwise)]
    public static readonly OpDef Cast = new()
    {
        Eval = c =>
        {
            var x = c.Inputs[0];
            var result = Rules.Result(c, x.Type.Shape);
            for (long i = 0; i < result.Count; i++)
            {
                if (x.Type.DType.IsFloat())
                    result.SetDouble(i, x.GetDouble(i));
                else
                    result.SetLong(i, x.GetLong(i));
            }

            return [result];
        },
        Vjp = c => [c.X().DType.IsFloat() && c.Y().DType.IsFloat() ? c.Builder.Cast(c.G, c.X().DType) : null],
    };

    /// <summary>The same bits as elements of dtype <c>dtype</c>, which has the same width.</summary>
    [Op("bitcast", "?", Traits = Test | Traits.Alias, Source = "lax.bitcast_convert_type")]
    public static readonly OpDef Bitcast = new()
    {
        Eval = c =>
        {
            var result = Rules.Result(c, c.Inputs[0].Type.Shape);
            result.CopyFrom(c.Inputs[0].Data);
            return [result];
        },
    };

    private static Literal[] Same(EvalContext c, bool equal)
    {
        if (c.Inputs[0].Type.DType != DType.String)
            return Rules.Binary((a, b) => a == b == equal ? 1 : 0, (a, b) => a == b == equal ? 1 : 0)(c);
        var result = Rules.Result(c, Rules.Broadcast(c));
        foreach (var (i, index) in Rules.Indices(result.Type.Shape))
        {
            string a = c.Inputs[0].GetString(Rules.Offset(c.Inputs[0], index)), b = c.Inputs[1].GetString(Rules.Offset(c.Inputs[1], index));
            result.SetLong(i, string.Equals(a, b, StringComparison.Ordinal) == equal ? 1 : 0);
        }

        return [result];
    }

    private static EvalRule Shift(Func<long, int, int, long> f) => c =>
    {
        int width = 8 * c.Inputs[0].Type.DType.Size();
        return Rules.BinaryBits((a, b) => f(a, (int)(b & (width - 1)), width))(c);
    };
}
