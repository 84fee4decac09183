using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Sums of products. "MatMul" is in <see cref="Operators"/>.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Products() =>
    [
        new("Gemm", 7, "alpha beta transA transB", General),
        new("Einsum", 12, "equation", c => Traced(c, operands => Ops.Einsum(c.Text("equation", ""), operands), c.All())),
        new("Conv", 7, "auto_pad dilations group kernel_shape pads strides", c => Convolved(c, c.X, c.Y, c.Optional(2))),
        new("ConvTranspose", 7, "auto_pad dilations group kernel_shape output_padding output_shape pads strides", Deconvolved),
        new("DFT", 17, "axis inverse onesided", c => Fourier(c, c.Int("axis", 1))) { Limits = "not onesided, no dft_length" },
        new("DFT", 20, "inverse onesided", c => Fourier(c, c.Has(2) ? c.Number(2).GetLong(0) : -2)) { Limits = "not onesided, no dft_length" },
    ];

    private static Value General(NodeReader c)
    {
        var b = c.Builder;
        Value left = c.X, right = c.Y;
        if (left.Shape.Rank != 2 || right.Shape.Rank != 2)
            throw c.Refuse($"{left.Type} and {right.Type} are no matrices");
        var product = b.Dot(left, right, [c.Int("transA", 0) != 0 ? 0 : 1], [c.Int("transB", 0) != 0 ? 1 : 0]);
        double alpha = c.Float("alpha", 1), beta = c.Float("beta", 1);
        if (alpha != 1)
            product = Times(b, product, alpha);
        if (c.Optional(2) is not { } offset)
            return product;
        // It is not to broadcast the product.
        return b.Add(product, b.BroadcastTo(beta == 1 ? offset : Times(b, offset, beta), product.Shape));
    }

    private static Value Times(GraphBuilder b, Value x, double number) => x.DType.IsFloat() ? b.Mul(x, number)
        : b.Cast(b.Mul(b.Cast(x, DType.F64), number), x.DType);

    /// <summary>A window over the spatial axes.</summary>
    private sealed record Sliding(long[] Window, long[] Stride, long[] Dilation)
    {
        public int Axes => Window.Length;

        /// <summary>Extent of a window along an axis.</summary>
        public long Extent(int axis) => checked(((Window[axis] - 1) * Dilation[axis]) + 1);
    }

    private static Sliding SlidingOf(NodeReader c, int axes, long[]? window = null)
    {
        long[] Numbers(string name, long otherwise)
        {
            long[] all = c.Ints(name) ?? [.. Enumerable.Repeat(otherwise, axes)];
            return all.Length == axes && Array.TrueForAll(all, number => number >= 1) ? all
                : throw c.Refuse($"{name} is [{string.Join(", ", all)}] for {axes} axes");
        }

        if (window is not null && c.Ints("kernel_shape") is { } said && !said.AsSpan().SequenceEqual(window))
            throw c.Refuse($"kernel_shape is [{string.Join(", ", said)}], its weights have [{string.Join(", ", window)}]");
        if (window is null && !c.HasAttribute("kernel_shape"))
            throw c.Refuse("it has no kernel_shape");
        return new(window ?? Numbers("kernel_shape", 1), Numbers("strides", 1), c.HasAttribute("dilations") ? Numbers("dilations", 1)
            : [.. Enumerable.Repeat(1L, axes)]);
    }

    /// <summary>Padding of the spatial axes, as attribute "auto_pad" or "pads" says.</summary>
    private static (Shape Low, Shape High) Padding(NodeReader c, Shape spatial, Sliding sliding)
    {
        string auto = c.Text("auto_pad", "NOTSET");
        long[] pads = c.Ints("pads") ?? new long[2 * spatial.Rank];
        if (pads.Length != 2 * spatial.Rank)
            throw c.Refuse($"pads has {pads.Length} numbers for {spatial.Rank} axes");
        switch (auto)
        {
            case "NOTSET": return (new Shape(pads[..spatial.Rank]), new Shape(pads[spatial.Rank..]));
            case "VALID": return (new Shape(new long[spatial.Rank]), new Shape(new long[spatial.Rank]));
            case "SAME_UPPER" or "SAME_LOWER":
                Dim[] low = new Dim[spatial.Rank], high = new Dim[spatial.Rank];
                for (int axis = 0; axis < spatial.Rank; axis++)
                {
                    long stride = sliding.Stride[axis];
                    Dim count = Dim.FloorDiv(spatial[axis] + (stride - 1), stride);
                    Dim all = Dim.Max(((count - 1) * stride) + sliding.Extent(axis) - spatial[axis], 0), less = Dim.FloorDiv(all, 2);
                    (low[axis], high[axis]) = auto == "SAME_UPPER" ? (less, all - less) : (all - less, less);
                }

                return (new(low), new(high));
            default: throw c.Refuse($"auto_pad is '{auto}'");
        }
    }

    private static long[] WindowOf(NodeReader c, Value weights)
    {
        if (weights.Shape.Rank < 3 || !weights.Shape.Skip(2).All(size => size.IsConstant))
            throw c.Refuse($"its weights are {weights.Type}");
        return [.. weights.Shape.Skip(2).Select(size => size.Value)];
    }

    private static Value Convolved(NodeReader c, Value x, Value weights, Value? offset)
    {
        long[] window = WindowOf(c, weights);
        if (x.Shape.Rank != weights.Shape.Rank)
            throw c.Refuse($"{x.Type} and weights {weights.Type}");
        var sliding = SlidingOf(c, window.Length, window);
        var (low, high) = Padding(c, new([.. x.Shape.Skip(2)]), sliding);
        var sums = c.Builder.Conv(x, weights, c.Int("group", 1), [.. sliding.Stride], [.. sliding.Dilation], Ones(window.Length), low, high);
        return WithOffset(c, sums, offset);
    }

    private static ImmutableArray<long> Ones(int count) => [.. Enumerable.Repeat(1L, count)];

    private static Value WithOffset(NodeReader c, Value sums, Value? offset) =>
        offset is { } each ? c.Builder.Add(sums, PerChannel(c, each, sums.Shape.Rank)) : sums;

    /// <summary>One number for each channel, which broadcasts over (batch, channels, …).</summary>
    private static Value PerChannel(NodeReader c, Value numbers, int rank)
    {
        if (numbers.Shape.Rank != 1)
            throw c.Refuse($"numbers for channels are {numbers.Type}");
        return rank <= 2 ? numbers : c.Builder.Reshape(numbers, new([numbers.Shape[0], .. Enumerable.Repeat((Dim)1, rank - 2)]));
    }

    // x is spread by the stride, and the window, back to front, moves over it by 1.
    private static Value Deconvolved(NodeReader c)
    {
        var b = c.Builder;
        Value x = c.X, weights = c.Y;
        long[] window = WindowOf(c, weights);
        int axes = window.Length;
        long groups = c.Int("group", 1);
        Dim channels = weights.Shape[0], each = weights.Shape[1];
        if (x.Shape.Rank != weights.Shape.Rank || groups < 1 || (groups > 1 && (!channels.IsConstant || channels.Value % groups != 0)))
            throw c.Refuse($"{x.Type} and weights {weights.Type} in {groups} groups");
        var sliding = SlidingOf(c, axes, window);
        long[] extra = c.Ints("output_padding") ?? new long[axes];
        if (extra.Length != axes)
            throw c.Refuse($"output_padding has {extra.Length} numbers");
        var (low, high) = TransposedPadding(c, new([.. x.Shape.Skip(2)]), sliding, extra);
        int[] spatial = [.. Enumerable.Range(2, axes)];
        var split = b.Reshape(b.Emit(OpDefs.Reverse, Attrs.Of("axes", spatial), [weights])[0], new([groups, Dim.FloorDiv(channels, groups), .. weights.Shape.Skip(1)]));
        var turned = b.Reshape(b.Transpose(split, [0, 2, 1, .. spatial.Select(axis => axis + 1)]),
            new([each * groups, Dim.FloorDiv(channels, groups), .. weights.Shape.Skip(2)]));
        Shape before = new([.. low.Select((size, axis) => sliding.Extent(axis) - 1 - size)]);
        Shape after = new([.. high.Select((size, axis) => sliding.Extent(axis) - 1 - size + extra[axis])]);
        return WithOffset(c, b.Conv(x, turned, groups, Ones(axes), [.. sliding.Dilation], [.. sliding.Stride], before, after), c.Optional(2));
    }

    private static (Shape Low, Shape High) TransposedPadding(NodeReader c, Shape spatial, Sliding sliding, long[] extra)
    {
        string auto = c.Text("auto_pad", "NOTSET");
        long[]? wanted = c.Ints("output_shape");
        if (wanted is null && auto is not ("SAME_UPPER" or "SAME_LOWER"))
            return Padding(c, spatial, sliding);
        if (wanted is not null && wanted.Length != spatial.Rank)
            throw c.Refuse($"output_shape has {wanted.Length} numbers");
        Dim[] low = new Dim[spatial.Rank], high = new Dim[spatial.Rank];
        for (int axis = 0; axis < spatial.Rank; axis++)
        {
            Dim size = wanted is null ? spatial[axis] * sliding.Stride[axis] : wanted[axis];
            Dim natural = ((spatial[axis] - 1) * sliding.Stride[axis]) + extra[axis] + sliding.Extent(axis);
            Dim all = Dim.Max(natural - size, 0), less = Dim.FloorDiv(all, 2);
            (low[axis], high[axis]) = auto == "SAME_UPPER" ? (less, all - less) : (all - less, less);
            if (wanted is not null)
                c.Expect(size, SizeRelation.AtMost, natural);
        }

        return (new(low), new(high));
    }

    // (…, 2) are real and imaginary parts; (…, 1) are real.
    private static Value Fourier(NodeReader c, long at)
    {
        var b = c.Builder;
        Value x = c.X;
        int rank = x.Shape.Rank, axis = c.Axis(at, rank);
        if (c.Int("onesided", 0) != 0 || c.Has(1) || axis == rank - 1 || x.Shape[rank - 1] is not { IsConstant: true, Value: 1 or 2 })
            throw c.Refuse($"this form of it over axis {axis} of {x.Type}");
        bool inverse = c.Int("inverse", 0) != 0;
        int[] order = [.. Enumerable.Range(0, rank - 1).Where(i => i != axis), axis];
        Value Part(int i) => b.Transpose(b.Reshape(Slice(b, x, rank - 1, i, i + 1), new([.. x.Shape.SkipLast(1)])), order);
        var real = Part(0);
        var both = b.Emit(OpDefs.Fft, Attrs.Of("inverse", inverse), [real, x.Shape[rank - 1].Is(2) ? Part(1) : b.Zeros(real.Type)]);
        Value Back(Value part)
        {
            var placed = b.ExpandDims(b.TransposeBack(part, order), rank - 1);
            return inverse ? b.Div(placed, b.DimSize(x.Shape[axis], x.DType)) : placed;
        }

        return b.Emit(OpDefs.Concat, Attrs.Of("axis", (long)(rank - 1)), [Back(both[0]), Back(both[1])])[0];
    }
}
