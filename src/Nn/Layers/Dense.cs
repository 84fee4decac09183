namespace TensorGraph;

/// <summary>
/// y = activation(x · kernel + bias). Shape: (…, inputs) → (…, outputs). DType: that of the layer. Errors: TG2001 when the last axis of x is not
/// <c>inputs</c>, TG2002 when its dtype differs. Source: tf.keras.layers.Dense, torch.nn.Linear.
/// </summary>
public sealed class Dense : Module
{
    private readonly Func<Tensor, Tensor>? _activation;

    /// <summary>Makes the layer and its variables. Errors: TG2004 when a size is below 1.</summary>
    /// <param name="inputs">Size of the last axis of the input.</param>
    /// <param name="outputs">Size of the last axis of the output.</param>
    /// <param name="activation">Applied to the result, e.g. <c>Ops.Relu</c>; null for none.</param>
    /// <param name="bias">False leaves the bias out.</param>
    /// <param name="initializer">What the kernel starts from; <see cref="Initializers.GlorotUniform"/> when null. The bias starts at 0.</param>
    /// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public Dense(
        int inputs, int outputs, Func<Tensor, Tensor>? activation = null, bool bias = true, Initializer? initializer = null,
        RandomGenerator? random = null, DType dtype = DType.F32)
    {
        Check.AtLeast(1, inputs, "dense");
        Check.AtLeast(1, outputs, "dense");
        _activation = activation;
        Kernel = Weights.Initial(
            "kernel", initializer ?? Initializers.GlorotUniform, new Shape(inputs, outputs), inputs, outputs, random, dtype);
        Bias = bias ? Weights.Filled("bias", new Shape(outputs), 0, dtype) : null;
    }

    /// <summary>Weights, (inputs, outputs).</summary>
    public Variable Kernel { get; }

    /// <summary>The offset of each output, (outputs), or null.</summary>
    public Variable? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        if (Check.NotNull(x).Rank > 0)
            Check.Size("dense", x, axis: x.Rank - 1, Kernel.Shape[0], "features", Kernel);
        Tensor y = Ops.MatMul(x, Kernel);
        if (Bias is not null)
            y = y + Bias;
        return _activation is null ? y : _activation(y);
    }
}
