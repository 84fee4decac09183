using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Sums of products. f16 and bf16 are summed in f32; integers wrap.</summary>
public static partial class OpDefs
{
    /// <summary>
    /// Sums products over the axes <c>left_contract</c> of the left and <c>right_contract</c> of the right operand, pair by pair, for each index
    /// of the axes <c>left_batch</c> and <c>right_batch</c>. Shape: batch axes, the rest of left, the rest of right.
    /// </summary>
    [Op("dot", "?", Inputs = 2, Source = "lax.dot_general")]
    public static readonly OpDef Dot = new()
    {
        Eval = EvalDot,
        Vjp = c =>
        {
            var d = TypeRules.DotAxes.Of(c.Attrs);
            int batch = d.LeftBatch.Length, left = c.X(0).Shape.Rank, right = c.X(1).Shape.Rank;
            int[] leftFree = d.LeftFree(left), rightFree = d.RightFree(right), batches = [.. Enumerable.Range(0, batch)];
            int[] leftInG = [.. Enumerable.Range(batch, leftFree.Length)], rightInG =
                [.. Enumerable.Range(batch + leftFree.Length, rightFree.Length)];
            // g · rightᵀ has axes (batch, left's rest, right's contracted axes in ascending order); bring them to left's order. Likewise for right.
            var byLeft = c.Builder.Dot(c.G, c.X(1), rightInG, rightFree, batches, d.RightBatch);
            int[] leftOrder = [.. d.LeftBatch, .. leftFree, .. d.LeftContract.Zip(d.RightContract).OrderBy(pair => pair.Second)
                .Select(pair => pair.First)];
            var byRight = c.Builder.Dot(c.G, c.X(0), leftInG, leftFree, batches, d.LeftBatch);
            int[] rightOrder = [.. d.RightBatch, .. rightFree, .. d.RightContract.Zip(d.LeftContract).OrderBy(pair => pair.Second)
                .Select(pair => pair.First)];
            return [c.Builder.TransposeBack(byLeft, leftOrder), c.Builder.TransposeBack(byRight, rightOrder)];
        },
    };

    /// <summary>
    /// Cross-correlation, as neural networks use it. Inputs: x (n, c, spatial…) and weights (o, c / groups, window…), in any number of spatial axes.
    /// Attributes: <c>groups</c>; for each spatial axis <c>stride</c>, <c>dilation</c> of the window, <c>input_dilation</c> (zeros put
    /// between elements of x), padding <c>low</c> and <c>high</c> by zeros (negative takes away). Result: (n, o, positions…).
    /// </summary>
    [Op("conv", "?", Inputs = 2, Source = "lax.conv_general_dilated, ONNX Conv")]
    public static readonly OpDef Conv = new()
    {
        Eval = EvalConv,
        Vjp = c => [ConvByInput(c), ConvByWeights(c)],
    };

    private static Literal[] EvalDot(EvalContext c)
    {
        Literal left = c.Inputs[0], right = c.Inputs[1];
        var d = TypeRules.DotAxes.Of(c.Attrs);
        int[] leftFree = d.LeftFree(left.Type.Rank), rightFree = d.RightFree(right.Type.Rank);
        int batch = d.LeftBatch.Length;
        var result = Rules.Result(c, new Shape(
            [.. d.LeftBatch.Concat(leftFree).Select(axis => left.Type.Shape[axis]), .. rightFree.Select(axis => right.Type.Shape[axis])]));
        Shape inner = new([.. d.LeftContract.Select(axis => left.Type.Shape[axis])]);
        long[] inLeft = new long[left.Type.Rank], inRight = new long[right.Type.Rank];
        foreach (var (i, index) in Rules.Indices(result.Type.Shape))
        {
            Place(inLeft, d.LeftBatch, index, 0);
            Place(inRight, d.RightBatch, index, 0);
            Place(inLeft, leftFree, index, batch);
            Place(inRight, rightFree, index, batch + leftFree.Length);
            var sum = new Accumulator(left.Type.DType);
            foreach (var (_, k) in Rules.Indices(inner))
            {
                Place(inLeft, d.LeftContract, k, 0);
                Place(inRight, d.RightContract, k, 0);
                sum.Add(left, Rules.Offset(left, inLeft), right, Rules.Offset(right, inRight));
            }

            sum.Store(result, i);
        }

        return [result];
    }

    private static void Place(long[] target, int[] axes, long[] index, int first)
    {
        for (int i = 0; i < axes.Length; i++)
            target[axes[i]] = index[first + i];
    }

    // A sum of products in double precision or in 64-bit integers.
    private struct Accumulator(DType dtype)
    {
        private readonly bool _floats = dtype.IsFloat();
        private double _sum;
        private long _integers;

        public void Add(Literal a, long i, Literal b, long j)
        {
            if (_floats)
                _sum += a.GetDouble(i) * b.GetDouble(j);
            else
                _integers = unchecked(_integers + (a.GetLong(i) * b.GetLong(j)));
        }

        public readonly void Store(Literal result, long i)
        {
            if (_floats)
                result.SetDouble(i, _sum);
            else
                result.SetLong(i, _integers);
        }
    }

    private static Literal[] EvalConv(EvalContext c)
    {
        Literal x = c.Inputs[0], weights = c.Inputs[1];
        var result = Rules.Result(c, c.ResultType().Shape);
        ImmutableArray<long> stride = c.Attrs.Longs("stride"), dilation = c.Attrs.Longs("dilation"), spread = c.Attrs.Longs("input_dilation");
        long[] low = c.Bind(c.Attrs.Get<Shape>("low")).ToArray(), inX = new long[x.Type.Rank], inWeights = new long[x.Type.Rank];
        Shape taps = new(weights.Type.Shape.Dims.RemoveAt(0));
        long perGroup = result.Type.Shape[1].Value / c.Attrs.Get<long>("groups");
        foreach (var (i, index) in Rules.Indices(result.Type.Shape))
        {
            var sum = new Accumulator(x.Type.DType);
            foreach (var (_, tap) in Rules.Indices(taps))
            {
                inX[0] = index[0];
                inX[1] = (index[1] / perGroup * taps[0].Value) + tap[0];
                bool inside = true;
                for (int axis = 2; axis < inX.Length; axis++)
                {
                    inX[axis] = Window.Tap(index[axis], tap[axis - 1], stride[axis - 2], dilation[axis - 2], low[axis - 2], spread[axis - 2],
                        x.Type.Shape[axis].Value);
                    inside &= inX[axis] >= 0;
                }

                inWeights[0] = index[1];
                tap.CopyTo(inWeights, 1);
                if (inside)
                    sum.Add(x, Rules.Offset(x, inX), weights, Rules.Offset(weights, inWeights));
            }

            sum.Store(result, i);
        }

        return [result];
    }

    // The transposed convolution: g spread by the stride, weights reversed and their channel axes exchanged within each group.
    private static Value ConvByInput(VjpContext c)
    {
        Shape x = c.X(0).Shape, w = c.X(1).Shape, y = c.Y().Shape, low = c.Attrs.Get<Shape>("low");
        ImmutableArray<long> stride = c.Attrs.Longs("stride"), dilation = c.Attrs.Longs("dilation"), spread = c.Attrs.Longs("input_dilation");
        long groups = c.Attrs.Get<long>("groups");
        int spatial = x.Rank - 2;
        int[] window = [.. Enumerable.Range(2, spatial)];
        Dim perGroup = Dim.FloorDiv(w[0], groups);
        var padding = window.Select(i => Window.Transposed(x[i], low[i - 2], w[i], dilation[i - 2], y[i], stride[i - 2], spread[i - 2])).ToArray();
        var reversed = c.Builder.Emit(Reverse, Attrs.Of("axes", window), [c.X(1)])[0];
        var split = c.Builder.Reshape(reversed, new([groups, perGroup, .. w.Skip(1)]));
        var exchanged = c.Builder.Reshape(
            c.Builder.Transpose(split, [0, 2, 1, .. window.Select(i => i + 1)]), new([w[1] * groups, perGroup, .. w.Skip(2)]));
        return c.Builder.Conv(c.G, exchanged, groups, spread, dilation, stride, new([.. padding.Select(pad => pad.Low)]),
            new([.. padding.Select(pad => pad.High)]));
    }

    // Batch and channels change places: x is the input with n as its channels, g the window that moves over it, by the dilation, with the
    // stride between its elements; the high padding is what makes as many positions as the window had elements.
    private static Value ConvByWeights(VjpContext c)
    {
        Shape x = c.X(0).Shape, w = c.X(1).Shape, y = c.Y().Shape, low = c.Attrs.Get<Shape>("low");
        ImmutableArray<long> stride = c.Attrs.Longs("stride"), dilation = c.Attrs.Longs("dilation"), spread = c.Attrs.Longs("input_dilation");
        long groups = c.Attrs.Get<long>("groups");
        int spatial = x.Rank - 2;
        int[] window = [.. Enumerable.Range(2, spatial)];
        var high = window.Select(i => ((w[i] - 1) * dilation[i - 2])
            + Window.Dilated(y[i], stride[i - 2]) - Window.Dilated(x[i], spread[i - 2]) - low[i - 2]);
        // (n, groups·c, …) → (c, groups·n, …)
        var split = c.Builder.Reshape(c.X(0), new([x[0], groups, w[1], .. x.Skip(2)]));
        var input = c.Builder.Reshape(c.Builder.Transpose(split, [2, 1, 0, .. window.Select(i => i + 1)]), new([w[1], x[0] * groups, .. x.Skip(2)]));
        var taps = c.Builder.Transpose(c.G, [1, 0, .. window]);
        var sums = c.Builder.Conv(input, taps, groups, dilation, stride, spread, low, new([.. high]));
        return c.Builder.Transpose(sums, [1, 0, .. window]);
    }
}
