using TorchSharp;

namespace TensorGraph.Torch;

// Names, defaults and element types are torch's, where the members are documented.
#pragma warning disable CS1591

/// <summary>
/// TorchSharp's functions and the members of its tensors, on tensors of a graph. Generated code calls them in place of those that a method names;
/// docs/coming-from-torchsharp.md lists them.
/// </summary>
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
public static partial class TorchApi
{
    public static Tensor add(this Tensor x, Tensor y) => Binary(Ops.Add, Ops.Or, x, y);

    public static Tensor add(this Tensor x, Scalar y) => Binary(Ops.Add, Ops.Or, x, y);

    public static Tensor add(Scalar x, Tensor y) => add(y, x);

    public static Tensor add(this Tensor x, Tensor y, Scalar alpha) => add(x, mul(y, alpha));

    public static Tensor add(this Tensor x, Scalar y, Scalar alpha) => add(x, (Scalar)(y.ToDouble() * alpha.ToDouble()));

    public static Tensor sub(this Tensor x, Tensor y) => Binary(Ops.Sub, null, x, y);

    public static Tensor sub(this Tensor x, Scalar y) => Binary(Ops.Sub, null, x, y);

    public static Tensor sub(Scalar x, Tensor y) => Reversed(Ops.Sub, x, y);

    public static Tensor subtract(this Tensor x, Tensor y) => sub(x, y);

    public static Tensor subtract(this Tensor x, Scalar y) => sub(x, y);

    public static Tensor mul(this Tensor x, Tensor y) => Binary(Ops.Mul, Ops.And, x, y);

    public static Tensor mul(this Tensor x, Scalar y) => Binary(Ops.Mul, Ops.And, x, y);

    public static Tensor mul(Scalar x, Tensor y) => mul(y, x);

    public static Tensor multiply(this Tensor x, Tensor y) => mul(x, y);

    public static Tensor multiply(this Tensor x, Scalar y) => mul(x, y);

    public static Tensor div(this Tensor x, Tensor y)
    {
        var (a, b) = Promotion.Together(x, y);
        return Ops.Div(Promotion.Float(a), Promotion.Float(b));
    }

    public static Tensor div(this Tensor x, Scalar y) => Ops.Div(Promotion.Float(x), Promotion.Number(y, Promotion.Float(x).DType));

    public static Tensor div(Scalar x, Tensor y) => Ops.Div(Promotion.Number(x, Promotion.Float(y).DType), Promotion.Float(y));

    public static Tensor div(this Tensor x, Tensor y, torch.RoundingMode rounding_mode) => rounding_mode switch
    {
        torch.RoundingMode.floor => floor_divide(x, y),
        torch.RoundingMode.trunc => Binary(Checked(TruncatedDivision), null, x, y),
        _ => div(x, y),
    };

    public static Tensor div(this Tensor x, Scalar y, torch.RoundingMode rounding_mode) => rounding_mode switch
    {
        torch.RoundingMode.floor => floor_divide(x, y),
        torch.RoundingMode.trunc => Binary(Checked(TruncatedDivision), null, x, y),
        _ => div(x, y),
    };

    public static Tensor divide(this Tensor x, Tensor y) => div(x, y);

    public static Tensor divide(this Tensor x, Scalar y) => div(x, y);

    public static Tensor true_divide(this Tensor x, Tensor y) => div(x, y);

    public static Tensor floor_divide(this Tensor x, Tensor y) => Binary(Checked(Ops.FloorDiv), null, x, y);

    public static Tensor floor_divide(this Tensor x, Scalar y) => Binary(Checked(Ops.FloorDiv), null, x, y);

    public static Tensor remainder(this Tensor x, Tensor y) => Binary(Checked(Ops.Mod), null, x, y);

    public static Tensor remainder(this Tensor x, Scalar y) => Binary(Checked(Ops.Mod), null, x, y);

    public static Tensor remainder(Scalar x, Tensor y) => Reversed(Checked(Ops.Mod), x, y);

    public static Tensor fmod(this Tensor x, Tensor y) => Binary(Checked(Ops.Rem), null, x, y);

    public static Tensor fmod(this Tensor x, Scalar y) => Binary(Checked(Ops.Rem), null, x, y);

    public static Tensor pow(this Tensor x, Tensor y) => Binary(Ops.Pow, null, x, y);

    public static Tensor pow(this Tensor x, Scalar y)
    {
        Tensor a = Ops.Cast(x, Promotion.Of(x, y));
        if (!a.DType.IsFloat() && y.ToDouble() < 0)
            Throw.DType("pow", $"{x.Type} to the power of {y}: integers have no negative integer powers", "Cast the tensor to a float type.");
        return y.ToDouble() switch
        {
            1 => a.Unnamed,
            2 => Ops.Square(a),
            0.5 => Ops.Sqrt(a),
            _ => Ops.Pow(a, Promotion.Number(y, a.DType)),
        };
    }

    public static Tensor pow(Scalar x, Tensor y) => Reversed(Ops.Pow, x, y);

    public static Tensor maximum(this Tensor x, Tensor y) => Binary(Ops.Max, Ops.Or, x, y);

    public static Tensor minimum(this Tensor x, Tensor y) => Binary(Ops.Min, Ops.And, x, y);

    public static Tensor atan2(this Tensor x, Tensor y)
    {
        var (a, b) = Promotion.Together(x, y);
        return Ops.Atan2(Promotion.Float(a), Promotion.Float(b));
    }

    public static Tensor neg(this Tensor x) => Ops.Neg(x);

    public static Tensor negative(this Tensor x) => Ops.Neg(x);

    public static Tensor abs(this Tensor x) => Ops.Abs(x);

    public static Tensor sign(this Tensor x) => x.DType == DType.Bool ? x.Unnamed : Ops.Where(isnan(x), zeros_like(x), Ops.Sign(x));

    public static Tensor floor(this Tensor x) => x.DType.IsFloat() ? Ops.Floor(x) : x.Unnamed;

    public static Tensor ceil(this Tensor x) => x.DType.IsFloat() ? Ops.Ceil(x) : x.Unnamed;

    public static Tensor round(this Tensor x) => x.DType.IsFloat() ? Ops.Round(x) : x.Unnamed;

    public static Tensor trunc(this Tensor x) => x.DType.IsFloat() ? Ops.Trunc(x) : x.Unnamed;

    public static Tensor frac(this Tensor x) => Ops.Sub(x, Ops.Trunc(x));

    public static Tensor exp(this Tensor x) => Ops.Exp(Promotion.Float(x));

    public static Tensor exp2(this Tensor x) => Ops.Exp(mul(Promotion.Float(x), Math.Log(2)));

    public static Tensor expm1(this Tensor x) => Ops.Expm1(Promotion.Float(x));

    public static Tensor log(this Tensor x) => Ops.Log(Promotion.Float(x));

    public static Tensor log2(this Tensor x) => div(log(x), Math.Log(2));

    public static Tensor log10(this Tensor x) => div(log(x), Math.Log(10));

    public static Tensor log1p(this Tensor x) => Ops.Log1p(Promotion.Float(x));

    public static Tensor sqrt(this Tensor x) => Ops.Sqrt(Promotion.Float(x));

    public static Tensor rsqrt(this Tensor x) => Ops.Rsqrt(Promotion.Float(x));

    public static Tensor square(this Tensor x) => Ops.Square(x.DType == DType.Bool ? Ops.Cast(x, DType.I64) : x);

    public static Tensor reciprocal(this Tensor x) => Ops.Reciprocal(Promotion.Float(x));

    public static Tensor sin(this Tensor x) => Ops.Sin(Promotion.Float(x));

    public static Tensor cos(this Tensor x) => Ops.Cos(Promotion.Float(x));

    public static Tensor tan(this Tensor x) => Ops.Tan(Promotion.Float(x));

    public static Tensor asin(this Tensor x) => Ops.Asin(Promotion.Float(x));

    public static Tensor acos(this Tensor x) => Ops.Acos(Promotion.Float(x));

    public static Tensor atan(this Tensor x) => Ops.Atan(Promotion.Float(x));

    public static Tensor sinh(this Tensor x) => Ops.Sinh(Promotion.Float(x));

    public static Tensor cosh(this Tensor x) => Ops.Cosh(Promotion.Float(x));

    public static Tensor tanh(this Tensor x) => Ops.Tanh(Promotion.Float(x));

    public static Tensor sigmoid(this Tensor x) => Ops.Sigmoid(Promotion.Float(x));

    public static Tensor erf(this Tensor x) => Ops.Erf(Promotion.Float(x));

    // At a bound the gradient is the element's.
    public static Tensor clamp(this Tensor x, Scalar? min = null, Scalar? max = null)
    {
        if (min is { } low)
        {
            var (a, b) = Promotion.Together(x, low);
            x = Ops.Where(Ops.Less(a, b), b, a);
        }
        if (max is { } high)
        {
            var (a, b) = Promotion.Together(x, high);
            x = Ops.Where(Ops.Greater(a, b), b, a);
        }
        return x.Unnamed;
    }

    public static Tensor clamp(this Tensor x, Tensor? min, Tensor? max)
    {
        if (min is not null) x = Binary(static (a, b) => Ops.Where(Ops.Less(a, b), b, a), null, x, min);
        return max is null ? x.Unnamed : Binary(static (a, b) => Ops.Where(Ops.Greater(a, b), b, a), null, x, max);
    }

    public static Tensor clip(this Tensor x, Scalar? min = null, Scalar? max = null) => clamp(x, min, max);

    public static Tensor clamp_min(this Tensor x, Scalar min) => clamp(x, min: min);

    public static Tensor clamp_max(this Tensor x, Scalar max) => clamp(x, max: max);

    public static Tensor lerp(this Tensor x, Tensor end, Tensor weight)
    {
        if (!x.DType.IsFloat()) Throw.DType("lerp", $"the tensor is {x.Type}", "Write to(torch.float32): between numbers of other types there is nothing.");
        // From the nearer end, which is met exactly.
        Tensor whole = sub(end, x);
        return where(lt(weight, 0.5), add(x, mul(weight, whole)), sub(end, mul(whole, sub(1, weight))));
    }

    public static Tensor addcmul(this Tensor x, Tensor tensor1, Tensor tensor2, Scalar value) => add(x, mul(mul(tensor1, tensor2), value));

    public static Tensor addcdiv(this Tensor x, Tensor tensor1, Tensor tensor2, Scalar value) => add(x, mul(div(tensor1, tensor2), value));

    public static Tensor addcdiv(this Tensor x, Tensor tensor1, Tensor tensor2) => add(x, div(tensor1, tensor2));

    public static Tensor bitwise_and(this Tensor x, Tensor y) => Binary(Ops.And, null, x, y);

    public static Tensor bitwise_or(this Tensor x, Tensor y) => Binary(Ops.Or, null, x, y);

    public static Tensor bitwise_xor(this Tensor x, Tensor y) => Binary(Ops.Xor, null, x, y);

    public static Tensor bitwise_not(this Tensor x) => Ops.Not(x);

    public static Tensor logical_and(this Tensor x, Tensor y) => Ops.And(Bool(x), Bool(y));

    public static Tensor logical_or(this Tensor x, Tensor y) => Ops.Or(Bool(x), Bool(y));

    public static Tensor logical_xor(this Tensor x, Tensor y) => Ops.Xor(Bool(x), Bool(y));

    public static Tensor logical_not(this Tensor x) => Ops.Not(Bool(x));

    internal static Tensor Bool(Tensor x) => x.DType == DType.Bool ? x : Ops.NotEqual(x, Promotion.Number(0, x.DType));

    // Of integers torch refuses to divide by zero.
    private static Func<Tensor, Tensor, Tensor> Checked(Func<Tensor, Tensor, Tensor> divide) => (a, b) =>
    {
        if (!a.DType.IsFloat()) Ops.Assert(Ops.All(Ops.NotEqual(b, Promotion.Number(0, b.DType))), "an integer is divided by zero");
        return divide(a, b);
    };

    private static Tensor TruncatedDivision(Tensor a, Tensor b) => a.DType.IsFloat() ? Ops.Trunc(Ops.Div(a, b)) : Ops.Div(a, b);

    private static Tensor Binary(Func<Tensor, Tensor, Tensor> op, Func<Tensor, Tensor, Tensor>? logic, Tensor x, Tensor y)
    {
        var (a, b) = Promotion.Together(x, y);
        return (a.DType == DType.Bool && logic is not null ? logic : op)(a, b);
    }

    private static Tensor Binary(Func<Tensor, Tensor, Tensor> op, Func<Tensor, Tensor, Tensor>? logic, Tensor x, Scalar y)
    {
        var (a, b) = Promotion.Together(x, y);
        return (a.DType == DType.Bool && logic is not null ? logic : op)(a, b);
    }

    private static Tensor Reversed(Func<Tensor, Tensor, Tensor> op, Scalar x, Tensor y)
    {
        var (b, a) = Promotion.Together(y, x);
        return op(a, b);
    }
}
