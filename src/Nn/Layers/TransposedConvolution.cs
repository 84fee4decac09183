namespace TensorGraph;

/// <summary>
/// The transpose of a convolution, which makes images larger. Shape: (n, inputs, spatial…) → (n, outputs, spatial′…) with
/// size′ = (size − 1)·stride − 2·padding + dilation·(window − 1) + outputPadding + 1 on each axis. DType: that of the layer.
/// Errors: TG2001 channels, TG2002 dtype, TG2003 rank.
/// </summary>
public abstract class TransposedConvolution : Module
{
    private readonly string _op;
    private readonly Func<Tensor, Tensor>? _activation;
    private readonly long[] _stride;
    private readonly long[] _dilation;
    private readonly int _groups;
    private readonly Shape _low;
    private readonly Shape _high;

    private protected TransposedConvolution(
        string op, int axes, int inputs, int outputs, PerAxis window, PerAxis? stride, PerAxis? padding, PerAxis? outputPadding, PerAxis? dilation,
        int groups, Func<Tensor, Tensor>? activation, bool bias, Initializer? initializer, RandomGenerator? random, DType dtype)
    {
        Check.AtLeast(1, inputs, op);
        Check.AtLeast(1, outputs, op);
        Check.AtLeast(1, groups, op);
        if (inputs % groups != 0 || outputs % groups != 0)
            Throw.Range(op, $"{inputs} and {outputs} channels do not divide into {groups} groups", "Use multiples of the number of groups.");
        long[] windows = Check.NotNull(window).For(axes, 1, op, nameof(window)), cut = (padding ?? 0).For(axes, 0, op, nameof(padding));
        long[] added = (outputPadding ?? 0).For(axes, 0, op, nameof(outputPadding));
        (_op, _activation, _groups) = (op, activation, groups);
        (_stride, _dilation) = ((stride ?? 1).For(axes, 1, op, nameof(stride)), (dilation ?? 1).For(axes, 1, op, nameof(dilation)));
        long[] edges = [.. windows.Zip(_dilation, (size, distance) => distance * (size - 1))];
        for (int axis = 0; axis < axes; axis++)
        {
            Check.Range(cut[axis] <= edges[axis], op, nameof(padding), cut[axis], "at most dilation · (window − 1)");
            Check.Range(added[axis] < Math.Max(_stride[axis], _dilation[axis]), op, nameof(outputPadding), added[axis],
                "at least 0, and less than the stride or the dilation");
        }

        _low = new([0, 0, .. edges.Zip(cut, (edge, less) => edge - less)]);
        _high = new([0, 0, .. edges.Zip(cut, (edge, less) => edge - less).Zip(added, (size, more) => size + more)]);
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
        Tensor y = Ops.Conv(Ops.Pad(Spread(x), _low, _high), Flipped(), dilation: _dilation, groups: _groups);
        if (Bias is not null)
            y = y + Weights.PerChannel(Bias, y.Rank);
        return _activation is null ? y : _activation(y);
    }

    // stride − 1 zeros between neighbours: an axis of size 1 after each one, padded, joined again, and the end cut off.
    private Tensor Spread(Tensor x)
    {
        if (_stride.All(stride => stride == 1))
            return x;
        Dim[] sizes = [.. x.Shape], spatial = sizes[2..];
        Tensor apart = Ops.Reshape(x, [sizes[0], sizes[1], .. spatial.SelectMany(size => new Dim[] { size, 1 })]);
        long[] high = [0, 0, .. _stride.SelectMany(stride => new[] { 0, stride - 1 })];
        Tensor padded = Ops.Pad(apart, new Shape(new long[high.Length]), new Shape(high));
        Tensor joined = Ops.Reshape(padded, [sizes[0], sizes[1], .. spatial.Zip(_stride, (size, stride) => size * stride)]);
        return Ops.Slice(joined, new Shape(new long[x.Rank]),
            Shape.Create([sizes[0], sizes[1], .. spatial.Zip(_stride, (size, stride) => (size * stride) - (stride - 1))]));
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
    int inputs, int outputs, PerAxis window, PerAxis? stride = null, PerAxis? padding = null, PerAxis? outputPadding = null,
    PerAxis? dilation = null, int groups = 1, Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null,
    RandomGenerator? random = null, DType dtype = DType.F32)
    : TransposedConvolution("conv_transpose1d", 1, inputs, outputs, window, stride, padding, outputPadding, dilation, groups, activation, bias,
        initializer, random, dtype);

/// <summary>Transposed convolution of images. Shape: (n, inputs, h, w) → (n, outputs, h′, w′). The rest as
/// <see cref="TransposedConvolution"/>. Source: torch.nn.ConvTranspose2d.</summary>
/// <param name="inputs">Channels of the input.</param>
/// <param name="outputs">Channels of the output.</param>
/// <param name="window">Size of the window: one number, or one for each spatial axis, <c>(3, 1)</c>.</param>
/// <param name="stride">Distance of the outputs of neighbouring inputs, one number or one for each axis; 1 when null.</param>
/// <param name="padding">What is cut off both sides of the axes, at most dilation · (window − 1), one number or one for each axis; 0 when null.</param>
/// <param name="outputPadding">What is added at the end of the axes, one number or one for each axis; 0 when null.</param>
/// <param name="dilation">Distance of the window's elements, one number or one for each axis; 1 when null.</param>
/// <param name="groups">Channels are split into so many groups that do not mix.</param>
/// <param name="activation">Applied to the result; null for none.</param>
/// <param name="bias">False leaves the bias out.</param>
/// <param name="initializer">What the kernel starts from; <see cref="Initializers.GlorotUniform"/> when null.</param>
/// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
/// <param name="dtype">Element type of the variables.</param>
public sealed class ConvTranspose2D(
    int inputs, int outputs, PerAxis window, PerAxis? stride = null, PerAxis? padding = null, PerAxis? outputPadding = null,
    PerAxis? dilation = null, int groups = 1, Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null,
    RandomGenerator? random = null, DType dtype = DType.F32)
    : TransposedConvolution("conv_transpose2d", 2, inputs, outputs, window, stride, padding, outputPadding, dilation, groups, activation, bias,
        initializer, random, dtype);

/// <summary>Transposed convolution of volumes. Shape: (n, inputs, d, h, w) → (n, outputs, d′, h′, w′). The rest as
/// <see cref="TransposedConvolution"/>. Source: torch.nn.ConvTranspose3d.</summary>
/// <inheritdoc cref="ConvTranspose2D" path="/param"/>
public sealed class ConvTranspose3D(
    int inputs, int outputs, PerAxis window, PerAxis? stride = null, PerAxis? padding = null, PerAxis? outputPadding = null,
    PerAxis? dilation = null, int groups = 1, Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null,
    RandomGenerator? random = null, DType dtype = DType.F32)
    : TransposedConvolution("conv_transpose3d", 3, inputs, outputs, window, stride, padding, outputPadding, dilation, groups, activation, bias,
        initializer, random, dtype);
