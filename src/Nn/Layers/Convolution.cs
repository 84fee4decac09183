namespace TensorGraph;

/// <summary>
/// Convolution (cross-correlation) over the axes after the first two, plus bias and activation. Shape: (n, inputs, spatial…) →
/// (n, outputs, spatial′…) with size′ = ⌊(size + 2·padding − dilation·(window − 1) − 1) / stride⌋ + 1 on each axis. DType: that of the layer.
/// Errors: TG2001 channels or window do not fit, TG2002 dtype, TG2003 rank.
/// </summary>
public abstract class Convolution : Module
{
    private readonly string _op;
    private readonly Func<Tensor, Tensor>? _activation;
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly long[] _dilation;
    private readonly int _groups;

    private protected Convolution(
        string op, int axes, int inputs, int outputs, PerAxis window, PerAxis? stride, PerAxis? padding, PerAxis? dilation, int groups,
        Func<Tensor, Tensor>? activation, bool bias, Initializer? initializer, RandomGenerator? random, DType dtype)
    {
        Check.AtLeast(1, inputs, op);
        Check.AtLeast(1, outputs, op);
        Check.AtLeast(1, groups, op);
        if (inputs % groups != 0 || outputs % groups != 0)
            Throw.Range(op, $"{inputs} and {outputs} channels do not divide into {groups} groups", "Use multiples of the number of groups.");
        (_op, _activation, _groups) = (op, activation, groups);
        long[] windows = Check.NotNull(window).For(axes, 1, op, nameof(window));
        _stride = (stride ?? 1).For(axes, 1, op, nameof(stride));
        _padding = (padding ?? 0).For(axes, 0, op, nameof(padding));
        _dilation = (dilation ?? 1).For(axes, 1, op, nameof(dilation));
        long taps = windows.Aggregate(1L, (product, size) => product * size);
        Kernel = Weights.Initial("kernel", initializer ?? Initializers.GlorotUniform, new Shape([outputs, inputs / groups, .. windows]),
            inputs / groups * taps, outputs / groups * taps, random, dtype);
        Bias = bias ? Weights.Filled("bias", new Shape(outputs), 0, dtype) : null;
    }

    /// <summary>Weights, (outputs, inputs / groups, window…).</summary>
    public Variable Kernel { get; }

    /// <summary>The offset of each channel, (outputs), or null.</summary>
    public Variable? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.Rank(_op, x, Kernel.Shape.Rank, "(examples, channels, spatial axes)");
        Check.Size(_op, x, axis: 1, Kernel.Shape[1] * _groups, "channels", Kernel);
        Tensor y = Ops.Conv(x, Kernel, _stride, _padding, _dilation, _groups);
        if (Bias is not null)
            y = y + Weights.PerChannel(Bias, y.Rank);
        return _activation is null ? y : _activation(y);
    }
}

/// <summary>Convolution of sequences. Shape: (n, inputs, length) → (n, outputs, length′). The rest as <see cref="Convolution"/>.
/// Source: torch.nn.Conv1d.</summary>
/// <inheritdoc cref="Conv2D" path="/param"/>
public sealed class Conv1D(
    int inputs, int outputs, PerAxis window, PerAxis? stride = null, PerAxis? padding = null, PerAxis? dilation = null, int groups = 1,
    Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null, RandomGenerator? random = null,
    DType dtype = DType.F32)
    : Convolution("conv1d", 1, inputs, outputs, window, stride, padding, dilation, groups, activation, bias, initializer, random, dtype);

/// <summary>Convolution of images. Shape: (n, inputs, h, w) → (n, outputs, h′, w′). The rest as <see cref="Convolution"/>.
/// Source: torch.nn.Conv2d.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="window">Size of the window: one number, or one for each spatial axis, <c>(3, 1)</c>.</param>
/// <param name="stride">Step of the window, one number or one for each axis; 1 when null.</param>
/// <param name="padding">Zeros on both sides of the axes, one number or one for each axis; 0 when null.</param>
/// <param name="dilation">Distance of the window's elements, one number or one for each axis; 1 when null.</param>
/// <param name="groups">Channels are split into so many groups that do not mix.</param>
/// <param name="activation">Applied to the result, e.g. <c>Ops.Relu</c>; null for none.</param>
/// <param name="bias">False leaves the bias out.</param>
/// <param name="initializer">What the kernel starts from; <see cref="Initializers.GlorotUniform"/> when null. The bias starts at 0.</param>
/// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
/// <param name="dtype">Element type of the variables.</param>
public sealed class Conv2D(
    int inputs, int outputs, PerAxis window, PerAxis? stride = null, PerAxis? padding = null, PerAxis? dilation = null, int groups = 1,
    Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null, RandomGenerator? random = null,
    DType dtype = DType.F32)
    : Convolution("conv2d", 2, inputs, outputs, window, stride, padding, dilation, groups, activation, bias, initializer, random, dtype);

/// <summary>Convolution of volumes. Shape: (n, inputs, d, h, w) → (n, outputs, d′, h′, w′). The rest as <see cref="Convolution"/>.
/// Source: torch.nn.Conv3d.</summary>
/// <inheritdoc cref="Conv2D" path="/param"/>
public sealed class Conv3D(
    int inputs, int outputs, PerAxis window, PerAxis? stride = null, PerAxis? padding = null, PerAxis? dilation = null, int groups = 1,
    Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null, RandomGenerator? random = null,
    DType dtype = DType.F32)
    : Convolution("conv3d", 3, inputs, outputs, window, stride, padding, dilation, groups, activation, bias, initializer, random, dtype);

/// <summary>Convolution of each channel by itself. Shape: (n, inputs, h, w) → (n, inputs · multiplier, h′, w′). The rest as
/// <see cref="Convolution"/>. Source: tf.keras.layers.DepthwiseConv2D; torch.nn.Conv2d with groups = inputs.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="window">Size of the window: one number, or one for each spatial axis, <c>(3, 1)</c>.</param>
/// <param name="multiplier">Channels of the output for each one of the input.</param>
/// <param name="stride">Step of the window, one number or one for each axis; 1 when null.</param>
/// <param name="padding">Zeros on both sides of the axes, one number or one for each axis; 0 when null.</param>
/// <param name="dilation">Distance of the window's elements, one number or one for each axis; 1 when null.</param>
/// <param name="activation">Applied to the result; null for none.</param>
/// <param name="bias">False leaves the bias out.</param>
/// <param name="initializer">What the kernel starts from; <see cref="Initializers.GlorotUniform"/> when null.</param>
/// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
/// <param name="dtype">Element type of the variables.</param>
public sealed class DepthwiseConv2D(
    int inputs, PerAxis window, int multiplier = 1, PerAxis? stride = null, PerAxis? padding = null, PerAxis? dilation = null,
    Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null, RandomGenerator? random = null,
    DType dtype = DType.F32)
    : Convolution("depthwise_conv2d", 2, inputs, Check.Product(inputs, multiplier, "depthwise_conv2d"), window, stride, padding, dilation,
        inputs, activation, bias, initializer, random, dtype);
