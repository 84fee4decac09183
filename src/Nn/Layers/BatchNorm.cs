namespace TensorGraph;

/// <summary>
/// (x − mean) / √(variance + epsilon) · scale + offset for each channel. While training, mean and variance are those of the batch, and moving
/// averages of them (with the unbiased variance) are kept for later; an empty batch leaves these. Shape: (n, channels, …), the same. DType: that of
/// the layer. Errors: TG2001 channels, TG2002 dtype, TG2003 rank. Source: Ioffe and Szegedy 2015, torch.nn.BatchNorm2d.
/// </summary>
public sealed class BatchNorm : Module
{
    private readonly double _momentum;
    private readonly double _epsilon;

    /// <summary>Makes the layer and its variables. Errors: TG2004 a setting out of range.</summary>
    /// <param name="channels">Size of the second axis.</param>
    /// <param name="momentum">Share of a new batch in the moving averages, in (0, 1]; Keras counts the other share.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="affine">False leaves scale and offset out.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public BatchNorm(int channels, double momentum = 0.1, double epsilon = 1e-5, bool affine = true, DType dtype = DType.F32)
    {
        Check.AtLeast(1, channels, "batch_norm");
        Check.Range(momentum is > 0 and <= 1, "batch_norm", nameof(momentum), momentum, "in (0, 1]");
        Check.Range(epsilon > 0 && double.IsFinite(epsilon), "batch_norm", nameof(epsilon), epsilon, "above 0");
        (_momentum, _epsilon) = (momentum, epsilon);
        var shape = new Shape(channels);
        Scale = affine ? Weights.Filled("scale", shape, 1, dtype) : null;
        Offset = affine ? Weights.Filled("offset", shape, 0, dtype) : null;
        MovingMean = Weights.Filled("moving_mean", shape, 0, dtype, trainable: false);
        MovingVariance = Weights.Filled("moving_variance", shape, 1, dtype, trainable: false);
    }

    /// <summary>Factor of each channel, or null.</summary>
    public Variable? Scale { get; }

    /// <summary>The offset of each channel, or null.</summary>
    public Variable? Offset { get; }

    /// <summary>Mean of each channel over past batches.</summary>
    public Variable MovingMean { get; }

    /// <summary>Variance of each channel over past batches.</summary>
    public Variable MovingVariance { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        if (Check.NotNull(x).Rank < 2)
            Throw.Rank("batch_norm", $"got {x.Type}", "Pass (examples, channels, …).");
        Check.Size("batch_norm", x, axis: 1, MovingMean.Shape[0], "channels", MovingMean);
        int rank = x.Rank;
        if (!training)
            return Normalised(x, MovingMean, MovingVariance);
        int[] axes = [0, .. Enumerable.Range(2, rank - 2)];
        Tensor mean = Ops.Mean(x, axes), variance = Ops.Variance(x, axes);
        // In f64: a count of more than 65504 is beyond f16.
        Tensor count = axes.Select(axis => Ops.Size(x, axis)).Aggregate((product, size) => product * size).Cast(DType.F64);
        Tensor unbiased = variance * (count / Ops.Max(count - 1, 1)).Cast(x.DType);
        Tensor isEmpty = count == 0;
        Follow(MovingMean, mean, isEmpty);
        Follow(MovingVariance, unbiased, isEmpty);
        return Normalised(x, mean, variance);
    }

    // A batch without examples has no mean.
    private void Follow(Variable moving, Tensor batch, Tensor isEmpty) =>
        moving.Assign(Ops.Where(isEmpty, moving, (moving * (1 - _momentum)) + (Ops.StopGradient(batch) * _momentum)));

    private Tensor Normalised(Tensor x, Tensor mean, Tensor variance)
    {
        Tensor factor = Ops.Rsqrt(variance + _epsilon);
        if (Scale is not null)
            factor = factor * Scale;
        Tensor y = (x - Weights.PerChannel(mean, x.Rank)) * Weights.PerChannel(factor, x.Rank);
        return Offset is null ? y : y + Weights.PerChannel(Offset, x.Rank);
    }
}
