namespace TensorGraph;

/// <summary>
/// 2-D convolution (cross-correlation) plus bias and activation. Shape: (n, inputs, h, w) → (n, outputs, h′, w′) with
/// h′ = ⌊(h + 2·padding − dilation·(window − 1) − 1) / stride⌋ + 1. DType: that of the layer. Errors: TG2001 channels or window do not fit,
/// TG2002 dtype, TG2003 rank. Source: torch.nn.Conv2d.
/// </summary>
public sealed class Conv2D : Module
{
    private readonly Func<Tensor, Tensor>? _activation;
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly long[] _dilation;
    private readonly int _groups;

    /// <summary>Makes the layer and its variables. Errors: TG2004 when a size is too small or channels do not divide into the groups.</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="window">Height and width of the window.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="padding">Rows and columns of zeros on each side.</param>
    /// <param name="dilation">Distance of the window's elements.</param>
    /// <param name="groups">Channels are split into so many groups that do not mix.</param>
    /// <param name="activation">Applied to the result, e.g. <c>Ops.Relu</c>; null for none.</param>
    /// <param name="bias">False leaves the bias out.</param>
    /// <param name="initializer">What the kernel starts from; <see cref="Initializers.GlorotUniform"/> when null. The bias starts at 0.</param>
    /// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public Conv2D(
        int inputs, int outputs, int window, int stride = 1, int padding = 0, int dilation = 1, int groups = 1,
        Func<Tensor, Tensor>? activation = null,
        bool bias = true, Initializer? initializer = null, RandomGenerator? random = null, DType dtype = DType.F32)
    {
        foreach (int size in new[] { inputs, outputs, window, stride, dilation, groups })
            Check.AtLeast(1, size, "conv2d");
        Check.AtLeast(0, padding, "conv2d");
        if (inputs % groups != 0 || outputs % groups != 0)
            Throw.Range("conv2d", $"{inputs} and {outputs} channels do not divide into {groups} groups", "Use multiples of the number of groups.");
        (_activation, _groups) = (activation, groups);
        (_stride, _padding, _dilation) = ([stride, stride], [padding, padding], [dilation, dilation]);
        long taps = (long)window * window;
        var kernel = (initializer ?? Initializers.GlorotUniform)(
            new Shape(outputs, inputs / groups, window, window), inputs / groups * taps, outputs / groups * taps, random ?? RandomGenerator.Default);
        Kernel = new Variable(Check.NotNull(kernel, "what the initializer gives").Cast(dtype), "kernel");
        Bias = bias ? new Variable(Ops.Full(new Shape(outputs, 1, 1), 0, dtype), "bias") : null;
    }

    /// <summary>Weights, (outputs, inputs / groups, window, window).</summary>
    public Variable Kernel { get; }

    /// <summary>What is added to each channel, (outputs, 1, 1), or null.</summary>
    public Variable? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        if (Check.NotNull(x).Rank == 4)
            Check.Size("conv2d", x, axis: 1, Kernel.Shape[1] * _groups, "channels", Kernel);
        Tensor y = Ops.Conv(x, Kernel, _stride, _padding, _dilation, _groups);
        if (Bias is not null)
            y = y + Bias;
        return _activation is null ? y : _activation(y);
    }
}
