namespace TensorGraph;

/// <summary>
/// The transpose of a convolution, which makes images larger. Shape: (n, inputs, spatial…) → (n, outputs, spatial′…) with
/// size′ = (size − 1)·stride − 2·padding + dilation·(window − 1) + outputPadding + 1. DType: that of the layer.
/// Errors: TG2001 channels, TG2002 dtype, TG2003 rank.
/// </summary>
public abstract class TransposedConvolution : Module
{
    private readonly string _op;
    private readonly Func<Tensor, Tensor>? _activation;
    private readonly int _stride;
    private readonly int _dilation;
    private readonly int _groups;
    private readonly long _low;
    private readonly long _high;

    private protected TransposedConvolution(
        string op, int axes, int inputs, int outputs, int window, int stride, int padding, int outputPadding, int dilation, int groups,
        Func<Tensor, Tensor>? activation, bool bias, Initializer? initializer, RandomGenerator? random, DType dtype)
    {
        foreach (int size in new[] { inputs, outputs, window, stride, dilation, groups })
            Check.AtLeast(1, size, op);
        Check.AtLeast(0, padding, op);
        if (inputs % groups != 0 || outputs % groups != 0)
            Throw.Range(op, $"{inputs} and {outputs} channels do not divide into {groups} groups", "Use multiples of the number of groups.");
        long edge = (long)dilation * (window - 1);
        Check.Range(padding <= edge, op, nameof(padding), padding, "at most dilation · (window − 1)");
        Check.Range(outputPadding >= 0 && outputPadding < Math.Max(stride, dilation), op, nameof(outputPadding), outputPadding,
            "at least 0, and less than the stride or the dilation");
        (_op, _activation, _stride, _dilation, _groups) = (op, activation, stride, dilation, groups);
        (_low, _high) = (edge - padding, edge - padding + outputPadding);
        long[] windows = [.. Enumerable.Repeat((long)window, axes)];
        long taps = windows.Aggregate(1L, (product, size) => product * size);
        Kernel = Weights.Initial("kernel", initializer ?? Initializers.GlorotUniform, new Shape([inputs, outputs / groups, .. windows]),
            inputs / groups * taps, outputs / groups * taps, random, dtype);
        Bias = bias ? Weights.Filled("bias", new Shape(outputs), 0, dtype) : null;
    }

    /// <summary>Weights, (inputs, outputs / groups, window…).</summary>
    public Variable Kernel { get; }

    /// <summary>The offset of each channel, (outputs), or null.</summary>
    public Variable? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.Rank(_op, x, Kernel.Shape.Rank, "(examples, channels, spatial axes)");
        Check.Size(_op, x, axis: 1, Kernel.Shape[0], "channels", Kernel);
        int axes = x.Rank - 2;
        Shape low = new([0, 0, .. Enumerable.Repeat(_low, axes)]), high = new([0, 0, .. Enumerable.Repeat(_high, axes)]);
        Tensor y = Ops.Conv(Ops.Pad(Spread(x), low, high), Flipped(), dilation: [.. Enumerable.Repeat((long)_dilation, axes)], groups: _groups);
        if (Bias is not null)
            y = y + Weights.PerChannel(Bias, y.Rank);
        return _activation is null ? y : _activation(y);
    }

    // stride − 1 zeros between neighbours: an axis of size 1 after each one, padded, joined again, and the end cut off.
    private Tensor Spread(Tensor x)
    {
        if (_stride == 1)
            return x;
        Dim[] sizes = [.. x.Shape], spatial = sizes[2..];
        Tensor apart = Ops.Reshape(x, [sizes[0], sizes[1], .. spatial.SelectMany(size => new Dim[] { size, 1 })]);
        long[] high = [0, 0, .. spatial.SelectMany(_ => new long[] { 0, _stride - 1 })];
        Tensor padded = Ops.Pad(apart, new Shape(new long[high.Length]), new Shape(high));
        Tensor joined = Ops.Reshape(padded, [sizes[0], sizes[1], .. spatial.Select(size => size * _stride)]);
        return Ops.Slice(joined, new Shape(new long[x.Rank]),
            Shape.Create([sizes[0], sizes[1], .. spatial.Select(size => (size * _stride) - (_stride - 1))]));
    }

    // (inputs, outputs / groups, window…) as the weights of a convolution, back to front: (outputs, inputs / groups, window…).
    private Tensor Flipped()
    {
        long[] sizes = Kernel.Shape.ToArray(), window = sizes[2..];
        Tensor grouped = Ops.Reshape(Kernel, [_groups, sizes[0] / _groups, sizes[1], .. window.Select(size => (Dim)size)]);
        Tensor swapped = Ops.Transpose(grouped, [0, 2, 1, .. Enumerable.Range(3, window.Length)]);
        Tensor weights = Ops.Reshape(swapped, [sizes[1] * _groups, sizes[0] / _groups, .. window.Select(size => (Dim)size)]);
        return Ops.Reverse(weights, [.. Enumerable.Range(2, window.Length)]);
    }
}

/// <summary>Transposed convolution of sequences. Shape: (n, inputs, length) → (n, outputs, length′). The rest as
/// <see cref="TransposedConvolution"/>. Source: torch.nn.ConvTranspose1d.</summary>
/// <inheritdoc cref="ConvTranspose2D" path="/param"/>
public sealed class ConvTranspose1D(
    int inputs, int outputs, int window, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1,
    Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null, RandomGenerator? random = null,
    DType dtype = DType.F32)
    : TransposedConvolution("conv_transpose1d", 1, inputs, outputs, window, stride, padding, outputPadding, dilation, groups, activation, bias,
        initializer, random, dtype);

/// <summary>Transposed convolution of images. Shape: (n, inputs, h, w) → (n, outputs, h′, w′). The rest as
/// <see cref="TransposedConvolution"/>. Source: torch.nn.ConvTranspose2d.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="window">Size of the window along each spatial axis.</param>
/// <param name="stride">Distance of the outputs of neighbouring inputs.</param>
/// <param name="padding">How much is cut off each side, at most dilation · (window − 1).</param>
/// <param name="outputPadding">How much is added at the end of each spatial axis.</param>
/// <param name="dilation">Distance of the window's elements.</param>
/// <param name="groups">Channels are split into so many groups that do not mix.</param>
/// <param name="activation">Applied to the result; null for none.</param>
/// <param name="bias">False leaves the bias out.</param>
/// <param name="initializer">What the kernel starts from; <see cref="Initializers.GlorotUniform"/> when null.</param>
/// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
/// <param name="dtype">Element type of the variables.</param>
public sealed class ConvTranspose2D(
    int inputs, int outputs, int window, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1,
    Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null, RandomGenerator? random = null,
    DType dtype = DType.F32)
    : TransposedConvolution("conv_transpose2d", 2, inputs, outputs, window, stride, padding, outputPadding, dilation, groups, activation, bias,
        initializer, random, dtype);

/// <summary>Transposed convolution of volumes. Shape: (n, inputs, d, h, w) → (n, outputs, d′, h′, w′). The rest as
/// <see cref="TransposedConvolution"/>. Source: torch.nn.ConvTranspose3d.</summary>
/// <inheritdoc cref="ConvTranspose2D" path="/param"/>
public sealed class ConvTranspose3D(
    int inputs, int outputs, int window, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1,
    Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null, RandomGenerator? random = null,
    DType dtype = DType.F32)
    : TransposedConvolution("conv_transpose3d", 3, inputs, outputs, window, stride, padding, outputPadding, dilation, groups, activation, bias,
        initializer, random, dtype);
