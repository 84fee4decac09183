namespace TensorGraph.Torch;

// Comparisons, choice and what is computed of bool.
public static partial class TorchApi
{
    public static Tensor eq(this Tensor x, Tensor y) => Binary(Ops.Equal, null, x, y);

    public static Tensor eq(this Tensor x, Scalar y) => Binary(Ops.Equal, null, x, y);

    public static Tensor eq(Scalar x, Tensor y) => eq(y, x);

    public static Tensor ne(this Tensor x, Tensor y) => Binary(Ops.NotEqual, null, x, y);

    public static Tensor ne(this Tensor x, Scalar y) => Binary(Ops.NotEqual, null, x, y);

    public static Tensor ne(Scalar x, Tensor y) => ne(y, x);

    public static Tensor not_equal(this Tensor x, Tensor y) => ne(x, y);

    public static Tensor lt(this Tensor x, Tensor y) => Binary(Ops.Less, null, x, y);

    public static Tensor lt(this Tensor x, Scalar y) => Binary(Ops.Less, null, x, y);

    public static Tensor lt(Scalar x, Tensor y) => gt(y, x);

    public static Tensor less(this Tensor x, Tensor y) => lt(x, y);

    public static Tensor le(this Tensor x, Tensor y) => Binary(Ops.LessEqual, null, x, y);

    public static Tensor le(this Tensor x, Scalar y) => Binary(Ops.LessEqual, null, x, y);

    public static Tensor le(Scalar x, Tensor y) => ge(y, x);

    public static Tensor less_equal(this Tensor x, Tensor y) => le(x, y);

    public static Tensor gt(this Tensor x, Tensor y) => Binary(Ops.Greater, null, x, y);

    public static Tensor gt(this Tensor x, Scalar y) => Binary(Ops.Greater, null, x, y);

    public static Tensor gt(Scalar x, Tensor y) => lt(y, x);

    public static Tensor greater(this Tensor x, Tensor y) => gt(x, y);

    public static Tensor ge(this Tensor x, Tensor y) => Binary(Ops.GreaterEqual, null, x, y);

    public static Tensor ge(this Tensor x, Scalar y) => Binary(Ops.GreaterEqual, null, x, y);

    public static Tensor ge(Scalar x, Tensor y) => le(y, x);

    public static Tensor greater_equal(this Tensor x, Tensor y) => ge(x, y);

    public static Tensor isnan(this Tensor x) => x.DType.IsFloat() ? Ops.IsNan(x) : Ops.NotEqual(x, x);

    public static Tensor isinf(this Tensor x) => x.DType.IsFloat() ? Ops.IsInf(x) : Ops.NotEqual(x, x);

    public static Tensor isfinite(this Tensor x) => x.DType.IsFloat() ? Ops.IsFinite(x) : Ops.Equal(x, x);

    public static Tensor where(Tensor condition, Tensor x, Tensor y)
    {
        var (a, b) = Promotion.Together(x, y);
        return Ops.Where(Bool(condition), a, b);
    }

    /// <summary>Of a tensor, its own elements where a condition holds.</summary>
    public static Tensor masked_fill(this Tensor x, Tensor mask, Scalar value) => Ops.Where(Bool(mask), Promotion.Number(value, x.DType), x);

    public static Tensor masked_select(this Tensor x, Tensor mask)
    {
        Tensor flags = Bool(mask), wide = Ops.Where(flags, x, x);
        return Ops.BooleanMask(wide, Ops.BroadcastTo(flags, wide.Shape));
    }

    public static Tensor all(this Tensor x) => Flag(x, Ops.All(Bool(x)));

    public static Tensor all(this Tensor x, long dim, bool keepdim = false) => Flag(x, Ops.All(Bool(x), [Axis(x, dim)], keepdim));

    public static Tensor any(this Tensor x) => Flag(x, Ops.Any(Bool(x)));

    public static Tensor any(this Tensor x, long dim, bool keepdim = false) => Flag(x, Ops.Any(Bool(x), [Axis(x, dim)], keepdim));

    // Of bytes torch gives bytes.
    private static Tensor Flag(Tensor x, Tensor flag) => x.DType == DType.U8 ? Ops.Cast(flag, DType.U8) : flag;
}
