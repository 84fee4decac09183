using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Windows that slide over all axes. Attributes, one number for each axis: <c>window</c> sizes, <c>stride</c>, <c>dilation</c> (distance of
/// a window's elements), <c>low</c> and <c>high</c> padding (negative takes elements away). Padding never counts as an element.
/// </summary>
public static partial class OpDefs
{
    /// <summary>Sum of each window.</summary>
    [Op("window_sum", "?", Source = "lax.reduce_window")]
    public static readonly OpDef WindowSum = new()
    {
        Eval = c =>
        {
            var x = c.Inputs[0];
            var result = Rules.Result(c, c.ResultType().Shape);
            foreach (var (i, taps) in Window.All(c, result.Type.Shape))
            {
                if (x.Type.DType.IsFloat())
                    result.SetDouble(i, taps.Sum(x.GetDouble));
                else
                    result.SetLong(i, taps.Aggregate(0L, (sum, tap) => unchecked(sum + x.GetLong(tap))));
            }

            return [result];
        },
        // An element's gradient is the sum over the windows that contain it: again windows, over g spread by the stride.
        Vjp = c =>
        {
            ImmutableArray<long> window = c.Attrs.Longs("window"), stride = c.Attrs.Longs("stride"), dilation = c.Attrs.Longs("dilation");
            Shape low = c.Attrs.Get<Shape>("low"), x = c.X().Shape, zero = new(new long[x.Rank]);
            var padding = x.Select((size, axis) => Window.Transposed(size, low[axis], window[axis], dilation[axis], c.Y().Shape[axis], stride[axis],
                1)).ToArray();
            var spread = stride.All(by => by == 1) ? c.G : c.Builder.Pad(c.G, zero, zero, [.. stride.Select(by => by - 1)]);
            return [c.Builder.Emit(WindowSum, Attrs.Of(
                ("window", window), ("stride", x.Select(_ => 1L).ToArray()), ("dilation", dilation),
                ("low", new Shape([.. padding.Select(pad => pad.Low)])), ("high", new Shape([.. padding.Select(pad => pad.High)]))), [spread])[0]];
        },
    };

    /// <summary>
    /// Largest element of each window, NaN if there is one; of a window that lies in the padding −∞ or the smallest integer.
    /// Gradient: to the first element of the window that is largest.
    /// </summary>
    [Op("window_max", "?", Source = "lax.reduce_window, ONNX MaxPool")]
    public static readonly OpDef WindowMax = new()
    {
        Eval = c =>
        {
            var x = c.Inputs[0];
            var result = Rules.Result(c, c.ResultType().Shape);
            foreach (var (i, taps) in Window.All(c, result.Type.Shape))
            {
                if (taps.Count > 0)
                    result.Copy(i, x, First(x, taps));
                else if (x.Type.DType.IsFloat())
                    result.SetDouble(i, double.NegativeInfinity);
                else
                    result.SetLong(i, Smallest(x.Type.DType));
            }

            return [result];
        },
        Vjp = c =>
        {
            Value places = c.Builder.Emit(WindowArgMax, c.Attrs, [c.X()])[0], none = c.Builder.Scalar(0, places);
            var inside = c.Builder.Emit(GreaterEqual, places, none);
            Shape flat = new([c.Y().Shape.ElementCount]), all = new([c.X().Shape.ElementCount]);
            var sum = c.Builder.ScatterAdd(
                c.Builder.Zeros(new(c.G.DType, all)), c.Builder.Reshape(c.Builder.Emit(Max, places, none), flat),
                c.Builder.Reshape(c.Builder.Select(inside, c.G, c.Builder.Scalar(0, c.G)), flat), axis: 0);
            return [c.Builder.Reshape(sum, c.X().Shape)];
        },
    };

    /// <summary>
    /// i64 place of the largest element of each window among all elements of the input in row-major order: of equal ones the first, of NaNs
    /// the first NaN; −1 for a window that lies in the padding.
    /// </summary>
    [Op("window_arg_max", "?", Traits = Traits.NoGradient, Source = "ONNX MaxPool, Indices")]
    public static readonly OpDef WindowArgMax = new()
    {
        Infer = c => [new(DType.I64, Window.InferAll(c))],
        Eval = c =>
        {
            var result = Rules.Result(c, c.ResultType().Shape);
            foreach (var (i, taps) in Window.All(c, result.Type.Shape))
                result.SetLong(i, taps.Count == 0 ? -1 : First(c.Inputs[0], taps));
            return [result];
        },
    };

    // The first tap that no other one exceeds; NaN exceeds everything.
    private static long First(Literal x, IReadOnlyList<long> taps)
    {
        long best = taps[0];
        foreach (long tap in taps)
        {
            bool wins = x.Type.DType.IsFloat()
                ? !double.IsNaN(x.GetDouble(best)) && (double.IsNaN(x.GetDouble(tap)) || x.GetDouble(tap) > x.GetDouble(best))
                : x.GetLong(tap) > x.GetLong(best);
            best = wins ? tap : best;
        }

        return best;
    }
}
