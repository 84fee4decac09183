using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Windows that slide over all axes: one size, step and padding for each axis; missing steps are 1, missing padding is 0.</summary>
public static partial class Ops
{
    /// <summary>Sum of each window. Errors: TG2001 when it does not fit. Source: lax.reduce_window.</summary>
    public static Tensor WindowSum(Tensor x, long[] window, long[]? stride = null, long[]? padding = null) =>
        Dispatch.Run(OpDefs.WindowSum, Windows(x, window, stride, padding), x);

    /// <summary>Largest element of each window; padding never wins; NaN does. Errors: TG2001 when it does not fit. Source: ONNX MaxPool.</summary>
    public static Tensor WindowMax(Tensor x, long[] window, long[]? stride = null, long[]? padding = null) =>
        Dispatch.Run(OpDefs.WindowMax, Windows(x, window, stride, padding), x);

    /// <summary>
    /// Mean of each window's elements that are not padding. DType: floats. Errors: TG2001 when it does not fit. Source: ONNX AveragePool.
    /// </summary>
    public static Tensor WindowMean(Tensor x, long[] window, long[]? stride = null, long[]? padding = null) =>
        Dispatch.Run(OpDefs.WindowMean, Windows(x, window, stride, padding), x);

    private static Attrs Windows(Tensor x, long[] window, long[]? stride, long[]? padding)
    {
        int rank = Check.NotNull(x).Rank;
        long[] ones = [.. Enumerable.Repeat(1L, rank)];
        var pad = new Shape(padding ?? new long[rank]);
        return Attrs.Of(("window", Check.NotNull(window)), ("stride", stride ?? ones), ("dilation", ones), ("low", pad), ("high", pad));
    }
}
