using TorchSharp;

namespace TensorGraph.Torch;

// Sums, means, extremes and what else takes axes away.
public static partial class TorchApi
{
    public static Tensor sum(this Tensor x, torch.ScalarType? type = null) => Ops.Sum(Summed(x, type));

    public static Tensor sum(this Tensor x, ReadOnlySpan<long> dim, bool keepdim = false, torch.ScalarType? type = null) =>
        Ops.Sum(Summed(x, type), Axes(x, dim), keepdim);

    public static Tensor sum(this Tensor x, long dim, bool keepdim = false, torch.ScalarType? type = null) =>
        Ops.Sum(Summed(x, type), [Axis(x, dim)], keepdim);

    public static Tensor sum(this Tensor x, long dim0, long dim1, bool keepdim = false, torch.ScalarType? type = null) =>
        Ops.Sum(Summed(x, type), [Axis(x, dim0), Axis(x, dim1)], keepdim);

    public static Tensor mean(this Tensor x) => Ops.Mean(Averaged(x, null));

    public static Tensor mean(this Tensor x, ReadOnlySpan<long> dimensions, bool keepdim = false, torch.ScalarType? type = null) =>
        Ops.Mean(Averaged(x, type), Axes(x, dimensions), keepdim);

    public static Tensor prod(this Tensor x, torch.ScalarType? type = null) => Ops.Prod(Summed(x, type));

    public static Tensor prod(this Tensor x, long dim, bool keepdim = false, torch.ScalarType? type = null) =>
        Ops.Prod(Summed(x, type), [Axis(x, dim)], keepdim);

    public static Tensor max(this Tensor x) => Ordered(Some("max", x), static y => Ops.ReduceMax(y));

    public static Tensor max(this Tensor x, Tensor other) => maximum(x, other);

    public static (Tensor values, Tensor indexes) max(this Tensor x, long dim, bool keepdim = false) =>
        At(x, Ops.ArgMax(Ordered(x), Axis(x, dim)), dim, keepdim);

    public static Tensor min(this Tensor x) => Ordered(Some("min", x), static y => Ops.ReduceMin(y));

    public static Tensor min(this Tensor x, Tensor other) => minimum(x, other);

    public static (Tensor values, Tensor indexes) min(this Tensor x, long dim, bool keepdim = false) =>
        At(x, Ops.ArgMin(Ordered(x), Axis(x, dim)), dim, keepdim);

    public static Tensor amax(this Tensor x, ReadOnlySpan<long> dims, bool keepdim = false)
    {
        int[]? axes = Axes(x, dims);
        return Ordered(x, y => Ops.ReduceMax(y, axes, keepdim));
    }

    public static Tensor amax(this Tensor x, params long[] dims) => amax(x, dims.AsSpan());

    public static Tensor amin(this Tensor x, params long[] dims) => amin(x, dims.AsSpan());

    public static Tensor amin(this Tensor x, ReadOnlySpan<long> dims, bool keepdim = false)
    {
        int[]? axes = Axes(x, dims);
        return Ordered(x, y => Ops.ReduceMin(y, axes, keepdim));
    }

    public static Tensor argmax(this Tensor x) => Ops.Cast(Ops.ArgMax(Ops.Reshape(x, -1), 0), DType.I64);

    public static Tensor argmax(this Tensor x, long dim, bool keepdim = false) =>
        x.Rank == 0 ? argmax(x) : Kept(x, Ops.ArgMax(x, Axis(x, dim)), dim, keepdim);

    public static Tensor argmin(this Tensor x) => Ops.Cast(Ops.ArgMin(Ops.Reshape(x, -1), 0), DType.I64);

    public static Tensor argmin(this Tensor x, long dim, bool keepdim = false) =>
        x.Rank == 0 ? argmin(x) : Kept(x, Ops.ArgMin(x, Axis(x, dim)), dim, keepdim);

    public static Tensor var(this Tensor x, bool unbiased = true) => Ops.Variance(x, null, false, unbiased ? 1 : 0);

    public static Tensor var(this Tensor x, long dim, bool unbiased = true, bool keepdim = false, torch.ScalarType? type = null) =>
        Ops.Variance(Averaged(x, type), [Axis(x, dim)], keepdim, unbiased ? 1 : 0);

    public static Tensor var(this Tensor x, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false,
        torch.ScalarType? type = null) =>
        Ops.Variance(Averaged(x, type), Axes(x, dimensions), keepdim, unbiased ? 1 : 0);

    public static Tensor std(this Tensor x, bool unbiased = true) => Root(var(x, unbiased));

    public static Tensor std(this Tensor x, long dim, bool unbiased = true, bool keepdim = false, torch.ScalarType? type = null) =>
        Root(var(x, dim, unbiased, keepdim, type));

    public static Tensor std(this Tensor x, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false,
        torch.ScalarType? type = null) =>
        Root(var(x, dimensions, unbiased, keepdim, type));

    public static Tensor norm(this Tensor x, float p = 2) => Ops.Norm(Ops.Reshape(x, -1), [0], false, p);

    public static Tensor norm(this Tensor x, int dim, bool keepdim = false, float p = 2) => Ops.Norm(x, [Axis(x, dim)], keepdim, p);

    public static Tensor logsumexp(this Tensor x, long dim, bool keepdim = false) => Ops.LogSumExp(Promotion.Float(x), [Axis(x, dim)], keepdim);

    public static Tensor cumsum(this Tensor x, long dim, torch.ScalarType? type = null) =>
        Lifted(Summed(x, type), dim, static (y, axis) => Ops.CumSum(y, axis));

    public static Tensor cumprod(this Tensor x, long dim, torch.ScalarType? type = null) =>
        Lifted(Summed(x, type), dim, static (y, axis) => Ops.CumProd(y, axis));

    public static (Tensor values, Tensor indexes) topk(this Tensor x, int k, int dim = -1, bool largest = true, bool sorted = true)
    {
        Tensor key = Key(x), positions = Ops.TopK(largest ? key : Ops.Not(key), k, Axis(x, dim)).Positions;
        return (Ops.TakeAlongAxis(x, positions, Axis(x, dim)), Ops.Cast(positions, DType.I64));
    }

    public static (Tensor Values, Tensor Indices) sort(this Tensor x, long dim = -1, bool descending = false, bool stable = false)
    {
        if (x.Rank == 0) return (x, Ops.Full(x.Shape, 0, DType.I64));
        Tensor positions = Ops.Sort(Key(x), Axis(x, dim), descending).Positions;
        return (Ops.TakeAlongAxis(x, positions, Axis(x, dim)), Ops.Cast(positions, DType.I64));
    }

    public static Tensor argsort(this Tensor x, long dim = -1, bool descending = false) => sort(x, dim, descending).Indices;

    public static Tensor softmax(this Tensor x, long dim, torch.ScalarType? dtype = null) =>
        Lifted(Averaged(x, dtype), dim, static (x, axis) => Bounded(x, axis, Ops.Softmax));

    public static Tensor log_softmax(this Tensor x, long dim, torch.ScalarType? dtype = null) => Lifted(Averaged(x, dtype), dim, LogSoftmax);

    internal static Tensor LogSoftmax(Tensor x, int axis) => Bounded(x, axis, Ops.LogSoftmax);

    // Torch subtracts the largest element whatever it is: with an infinite one all are NaN, their gradients too.
    private static Tensor Bounded(Tensor x, int axis, Func<Tensor, int, Tensor> softmax)
    {
        Tensor largest = Ops.StopGradient(Ops.ReduceMax(x, [axis], true));
        return Ops.Mul(softmax(x, axis), Ops.Add(Ops.Sub(largest, largest), 1));
    }

    // torch gives a scalar one axis where an op wants one.
    private static Tensor Lifted(Tensor x, long dim, Func<Tensor, int, Tensor> op)
    {
        int axis = Axis(x, dim);
        return x.Rank > 0 ? op(x, axis) : Ops.Reshape(op(Ops.Reshape(x, 1), axis), ReadOnlySpan<Dim>.Empty);
    }

    // Bool has an order in torch.
    private static Tensor Ordered(Tensor x) => x.DType == DType.Bool ? Ops.Cast(x, DType.I32) : x;

    private static Tensor Ordered(Tensor x, Func<Tensor, Tensor> op) => x.DType == DType.Bool ? Ops.Cast(op(Ordered(x)), DType.Bool) : op(x);

    private static Tensor Some(string op, Tensor x)
    {
        if (x.Shape.ElementCount is var count && count.InGraph.IsConstant && count.Is(0))
            Throw.Shape(op, $"{x.Type} has no elements", "Of no elements none is the largest or smallest.");
        return x;
    }

    // Integers in torch's order of the elements, in which NaN is the largest. The bits of positive floats are in it; of others all but the sign is
    // turned round.
    private static Tensor Key(Tensor x)
    {
        if (!x.DType.IsFloat()) return x.DType == DType.Bool ? Ops.Cast(x, DType.I32) : x;
        Tensor wide = x.DType == DType.F64 ? x : Ops.Cast(x, DType.F32);
        DType bits = x.DType == DType.F64 ? DType.I64 : DType.I32;
        Tensor nan = Promotion.Number(double.PositiveInfinity, wide.DType), whole = Ops.Bitcast(Ops.Where(Ops.IsNan(wide), nan, add(wide, 0)), bits);
        Tensor largest = Promotion.Number(bits == DType.I64 ? long.MaxValue : int.MaxValue, bits);
        return Ops.Where(Ops.IsNan(wide), largest, Ops.Where(Ops.Less(whole, Promotion.Number(0, bits)), Ops.Xor(whole, largest), whole));
    }

    // One element of each row, which alone gets the gradient.
    private static (Tensor Values, Tensor Positions) At(Tensor x, Tensor positions, long dim, bool keepdim)
    {
        Tensor wide = Kept(x, positions, dim, keepdim: true), values = Ops.TakeAlongAxis(x, wide, Axis(x, dim));
        return keepdim ? (values, wide) : (Ops.Squeeze(values, Axis(x, dim)), Ops.Squeeze(wide, Axis(x, dim)));
    }

    // The square root, with the gradient 0 of 0.
    internal static Tensor Root(Tensor x)
    {
        Tensor isZero = Ops.Equal(x, Promotion.Number(0, x.DType));
        return Ops.Where(isZero, zeros_like(x), Ops.Sqrt(Ops.Where(isZero, ones_like(x), x)));
    }

    private static Tensor Kept(Tensor x, Tensor positions, long dim, bool keepdim)
    {
        Tensor wide = Ops.Cast(positions, DType.I64);
        return keepdim ? Ops.ExpandDims(wide, Axis(x, dim)) : wide;
    }

    private static Tensor Summed(Tensor x, torch.ScalarType? type) => type is { } wanted ? Ops.Cast(x, Promotion.Of(wanted)) : Promotion.Wide(x);

    // torch refuses the mean of integers.
    private static Tensor Averaged(Tensor x, torch.ScalarType? type) => type is { } wanted ? Ops.Cast(x, Promotion.Of(wanted)) : x;

    internal static int Axis(Tensor x, long dim) => Ops.Axis("dim", dim, Math.Max(Throw.IfNull(x).Rank, 1));

    private static int[]? Axes(Tensor x, ReadOnlySpan<long> dims)
    {
        if (dims.IsEmpty) return null;
        var axes = new int[dims.Length];
        for (int i = 0; i < axes.Length; i++) axes[i] = Axis(x, dims[i]);
        return axes;
    }
}
