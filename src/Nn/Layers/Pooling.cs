namespace TensorGraph;

/// <summary>
/// Windows that slide over the axes after the first two. Shape: (n, c, spatial…) → (n, c, spatial′…) with
/// size′ = ⌊(size + 2·padding − window) / stride⌋ + 1 on each axis. Errors: TG2001 when the window does not fit, TG2003 rank.
/// </summary>
public abstract class Pooling : Module
{
    private readonly string _op;
    private readonly long[] _window;
    private readonly long[] _stride;
    private readonly long[] _padding;

    private protected Pooling(string op, int axes, PerAxis window, PerAxis? stride, PerAxis? padding)
    {
        long[] sizes = Check.NotNull(window).For(axes, 1, op, nameof(window)), added = (padding ?? 0).For(axes, 0, op, nameof(padding));
        foreach (var (size, more) in sizes.Zip(added))
            Check.Range(more <= size / 2, op, nameof(padding), more, "from 0 to half of the window");
        (_op, _window, _stride) = (op, [1, 1, .. sizes], [1, 1, .. (stride ?? window).For(axes, 1, op, nameof(stride))]);
        _padding = [0, 0, .. added];
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.Rank(_op, x, _window.Length, $"(examples, channels, {_window.Length - 2} spatial axes)");
        return Pool(x, _window, _stride, _padding);
    }

    private protected abstract Tensor Pool(Tensor x, long[] window, long[] stride, long[] padding);
}

/// <summary>Largest element of each window; padding never wins. DType: numbers. The rest as <see cref="Pooling"/>.</summary>
public abstract class MaxPooling : Pooling
{
    private protected MaxPooling(string op, int axes, PerAxis window, PerAxis? stride, PerAxis? padding)
        : base(op, axes, window, stride, padding)
    {
    }

    private protected override Tensor Pool(Tensor x, long[] window, long[] stride, long[] padding) => Ops.WindowMax(x, window, stride, padding);
}

/// <summary>Mean of each window, of the elements that are not padding. DType: floats. The rest as <see cref="Pooling"/>.</summary>
public abstract class AveragePooling : Pooling
{
    private protected AveragePooling(string op, int axes, PerAxis window, PerAxis? stride, PerAxis? padding)
        : base(op, axes, window, stride, padding)
    {
    }

    private protected override Tensor Pool(Tensor x, long[] window, long[] stride, long[] padding) => Ops.WindowMean(x, window, stride, padding);
}

/// <summary>Largest element of each window of (n, c, length). Source: torch.nn.MaxPool1d.</summary>
/// <inheritdoc cref="MaxPool2D" path="/param"/>
public sealed class MaxPool1D(PerAxis window, PerAxis? stride = null, PerAxis? padding = null)
    : MaxPooling("max_pool1d", 1, window, stride, padding);

/// <summary>Largest element of each window of (n, c, h, w). Source: torch.nn.MaxPool2d.</summary>
/// <param name="window">Size of the window: one number, or one for each spatial axis, <c>(3, 1)</c>.</param>
/// <param name="stride">Step of the window, one number or one for each axis; the window itself when null.</param>
/// <param name="padding">What is added on both sides of the axes, at most half of the window, one number or one for each axis; 0 when null.</param>
public sealed class MaxPool2D(PerAxis window, PerAxis? stride = null, PerAxis? padding = null)
    : MaxPooling("max_pool2d", 2, window, stride, padding);

/// <summary>Largest element of each window of (n, c, d, h, w). Source: torch.nn.MaxPool3d.</summary>
/// <inheritdoc cref="MaxPool2D" path="/param"/>
public sealed class MaxPool3D(PerAxis window, PerAxis? stride = null, PerAxis? padding = null)
    : MaxPooling("max_pool3d", 3, window, stride, padding);

/// <summary>Mean of each window of (n, c, length). Source: torch.nn.AvgPool1d with count_include_pad=False.</summary>
/// <inheritdoc cref="MaxPool2D" path="/param"/>
public sealed class AveragePool1D(PerAxis window, PerAxis? stride = null, PerAxis? padding = null)
    : AveragePooling("average_pool1d", 1, window, stride, padding);

/// <summary>Mean of each window of (n, c, h, w). Source: torch.nn.AvgPool2d with count_include_pad=False.</summary>
/// <inheritdoc cref="MaxPool2D" path="/param"/>
public sealed class AveragePool2D(PerAxis window, PerAxis? stride = null, PerAxis? padding = null)
    : AveragePooling("average_pool2d", 2, window, stride, padding);

/// <summary>Mean of each window of (n, c, d, h, w). Source: torch.nn.AvgPool3d with count_include_pad=False.</summary>
/// <inheritdoc cref="MaxPool2D" path="/param"/>
public sealed class AveragePool3D(PerAxis window, PerAxis? stride = null, PerAxis? padding = null)
    : AveragePooling("average_pool3d", 3, window, stride, padding);

/// <summary>
/// Largest element of each channel. Shape: (n, c, spatial…) → (n, c). DType: numbers. Errors: TG2003 fewer than three axes. Source:
/// tf.keras.layers.GlobalMaxPooling2D.
/// </summary>
public sealed class GlobalMaxPool : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => Ops.ReduceMax(x, GlobalPool.Axes("global_max_pool", x));
}

/// <summary>
/// Mean of each channel. Shape: (n, c, spatial…) → (n, c). DType: floats. Errors: TG2003 fewer than three axes. Source:
/// tf.keras.layers.GlobalAveragePooling2D.
/// </summary>
public sealed class GlobalAveragePool : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => Ops.Mean(x, GlobalPool.Axes("global_average_pool", x));
}

internal static class GlobalPool
{
    public static int[] Axes(string op, Tensor x)
    {
        if (Check.NotNull(x).Rank < 3)
            Throw.Rank(op, $"got {x.Type}", "Pass (examples, channels, spatial axes).");
        return [.. Enumerable.Range(2, x.Rank - 2)];
    }
}
