namespace TensorGraph.Ir;

/// <summary>Element by element. Gradients come back in the broadcast shape; the gradient sweep sums them to the inputs' shapes.</summary>
public static partial class Op
{
    private const Traits Arithmetic = Traits.Pointwise | Traits.Commutative | Traits.Associative;

    /// <summary>a + b; joins text.</summary>
    [Op("add", "..., ... -> ...", DTypes = DTypeSet.NumberOrString, Traits = Arithmetic)]
    public static readonly OpDef Add = new()
    {
        Eval = c => c.Inputs[0].Type.DType == DType.String ? JoinText(c) : Rules.Binary((a, b) => a + b, (a, b) => unchecked(a + b))(c),
        Vjp = c => [c.G, c.G],
    };

    /// <summary>a − b.</summary>
    [Op("sub", "..., ... -> ...", Traits = Traits.Pointwise)]
    public static readonly OpDef Sub = new()
    {
        Eval = Rules.Binary((a, b) => a - b, (a, b) => unchecked(a - b)),
        Vjp = c => [c.G, c.B.Neg(c.G)],
    };

    /// <summary>a · b.</summary>
    [Op("mul", "..., ... -> ...", Traits = Arithmetic)]
    public static readonly OpDef Mul = new()
    {
        Eval = Rules.Binary((a, b) => a * b, (a, b) => unchecked(a * b)),
        Vjp = c => [c.B.Mul(c.G, c.X(1)), c.B.Mul(c.G, c.X(0))],
    };

    /// <summary>a ÷ b; integers truncate toward zero as C# does, and division by zero gives 0.</summary>
    [Op("div", "..., ... -> ...", Traits = Traits.Pointwise, Source = "C# for integers, IEEE 754 for floats")]
    public static readonly OpDef Div = new()
    {
        Eval = Rules.Binary((a, b) => a / b, (a, b) => b == 0 ? 0 : b == -1 ? unchecked(-a) : a / b),
        Vjp = c => [c.B.Div(c.G, c.X(1)), c.B.Neg(c.B.Div(c.B.Mul(c.G, c.Y()), c.X(1)))],
    };

    /// <summary>−a.</summary>
    [Op("neg", "... -> ...", Traits = Traits.Pointwise)]
    public static readonly OpDef Neg = new()
    {
        Eval = Rules.Unary(a => -a, a => unchecked(-a)),
        Vjp = c => [c.B.Neg(c.G)],
    };

    /// <summary>eᵃ.</summary>
    [Op("exp", "... -> ...", DTypes = DTypeSet.Float, Traits = Traits.Pointwise)]
    public static readonly OpDef Exp = new()
    {
        Eval = Rules.Unary(Math.Exp),
        Vjp = c => [c.B.Mul(c.G, c.Y())],
    };

    /// <summary>a &gt; b.</summary>
    [Op("greater", "..., ... -> ...", ReturnsBool = true, Traits = Traits.Pointwise | Traits.NoGradient)]
    public static readonly OpDef Greater = new() { Eval = Rules.Binary((a, b) => a > b ? 1 : 0, (a, b) => a > b ? 1 : 0) };

    /// <summary>condition ? a : b; both sides are evaluated.</summary>
    [Op("select", "?", DTypes = DTypeSet.Any, Traits = Traits.Pointwise, Source = "np.where")]
    public static readonly OpDef Select = new()
    {
        Infer = c =>
        {
            if (c.Inputs[0].DType != DType.Bool)
                Throw.DType(c.Op.Name, $"the condition is {c.Inputs[0]}", "It must be bool; compare or cast it.");
            SameDTypes(c, c.Inputs.Skip(1));
            return [new(c.Inputs[1].DType, c.Broadcast(c.Inputs[0].Shape, c.Broadcast(c.Inputs[1].Shape, c.Inputs[2].Shape)))];
        },
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
        Vjp = c => [null, c.B.Select(c.X(0), c.G, c.B.Scalar(0, c.G)), c.B.Select(c.X(0), c.B.Scalar(0, c.G), c.G)],
    };

    /// <summary>Elements as dtype <c>dtype</c>: floats to integers truncate, saturating at 64 bits and then wrapping; NaN gives 0; anything but 0 is true.</summary>
    [Op("cast", "?", DTypes = DTypeSet.NoString, Traits = Traits.Pointwise)]
    public static readonly OpDef Cast = new()
    {
        Infer = c => [c.Inputs[0].As(c.Attrs.Get<DType>("dtype"))],
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
        Vjp = c => [c.X().DType.IsFloat() && c.G.DType.IsFloat() ? c.B.Cast(c.G, c.X().DType) : null],
    };

    private static Literal[] JoinText(EvalContext c)
    {
        var shape = Rules.Broadcast(c);
        var result = Rules.Result(c, shape);
        foreach (var (i, index) in Rules.Indices(shape))
            ((string[])result.Data)[i] = string.Concat(c.Inputs.Select(input => input.GetString(Rules.Offset(input, index))));
        return [result];
    }
}
