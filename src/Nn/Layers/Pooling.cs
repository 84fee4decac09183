namespace TensorGraph;

/// <summary>
/// Largest element of each window of the last two axes. Shape: (n, c, h, w) → (n, c, h′, w′) with h′ = ⌊(h − window) / stride⌋ + 1. DType: numbers.
/// Errors: TG2001 when the window does not fit, TG2003 rank. Source: torch.nn.MaxPool2d.
/// </summary>
/// <param name="window">Height and width of the window.</param>
/// <param name="stride">Step of the window; the window itself when null.</param>
public sealed class MaxPool2D(int window, int? stride = null) : Module
{
    private readonly Pooling _pooling = new("max_pool2d", window, stride);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        return Ops.WindowMax(_pooling.Check(x), _pooling.Window, _pooling.Stride);
    }
}

/// <summary>
/// Mean of each window of the last two axes. Shape: as for <see cref="MaxPool2D"/>. DType: floats. Errors: TG2001 when the window does not fit,
/// TG2002 dtype, TG2003 rank. Source: torch.nn.AvgPool2d.
/// </summary>
/// <param name="window">Height and width of the window.</param>
/// <param name="stride">Step of the window; the window itself when null.</param>
public sealed class AveragePool2D(int window, int? stride = null) : Module
{
    private readonly Pooling _pooling = new("average_pool2d", window, stride);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        return Ops.WindowMean(_pooling.Check(x), _pooling.Window, _pooling.Stride);
    }
}

/// <summary>Windows over height and width of (n, c, h, w).</summary>
internal sealed class Pooling
{
    private readonly string _layer;

    public Pooling(string layer, int window, int? stride)
    {
        int step = stride ?? window;
        TensorGraph.Check.AtLeast(1, window, layer);
        TensorGraph.Check.AtLeast(1, step, layer, "stride");
        (_layer, Window, Stride) = (layer, [1, 1, window, window], [1, 1, step, step]);
    }

    public long[] Window { get; }

    public long[] Stride { get; }

    public Tensor Check(Tensor x)
    {
        if (TensorGraph.Check.NotNull(x).Rank != 4)
            Throw.Rank(_layer, $"got {x.Type}", "Pass (examples, channels, height, width).");
        return x;
    }
}
