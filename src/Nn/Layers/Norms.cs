namespace TensorGraph;

/// <summary>
/// (x − mean) / √(variance + epsilon) · scale + offset over the last axis. Shape: (…, size), the same. DType: that of the layer. Errors: TG2001 size,
/// TG2002 dtype, TG2003 a scalar. Source: Ba et al. 2016, torch.nn.LayerNorm.
/// </summary>
public sealed class LayerNorm : Module
{
    private readonly double _epsilon;

    /// <summary>Makes the layer and its variables. Errors: TG2004 a setting out of range.</summary>
    /// <param name="size">Size of the last axis.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public LayerNorm(int size, double epsilon = 1e-5, DType dtype = DType.F32)
    {
        Check.AtLeast(1, size, "layer_norm");
        Check.Range(epsilon > 0 && double.IsFinite(epsilon), "layer_norm", nameof(epsilon), epsilon, "above 0");
        _epsilon = epsilon;
        Scale = Weights.Filled("scale", new Shape(size), 1, dtype);
        Offset = Weights.Filled("offset", new Shape(size), 0, dtype);
    }

    /// <summary>Factor of each element, (size).</summary>
    public Variable Scale { get; }

    /// <summary>The offset of each element, (size).</summary>
    public Variable Offset { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.LastAxis("layer_norm", x, Scale);
        return Ops.LayerNorm(x, Scale, Offset, epsilon: _epsilon);
    }
}

/// <summary>
/// x / √(mean of x² + epsilon) · scale over the last axis. Shape: (…, size), the same. DType: that of the layer. Errors: TG2001 size, TG2002 dtype,
/// TG2003 a scalar. Source: Zhang and Sennrich 2019, torch.nn.RMSNorm.
/// </summary>
public sealed class RMSNorm : Module
{
    private readonly double _epsilon;

    /// <summary>Makes the layer and its variable. Errors: TG2004 a setting out of range.</summary>
    /// <param name="size">Size of the last axis.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="dtype">Element type of the variable.</param>
    public RMSNorm(int size, double epsilon = 1e-6, DType dtype = DType.F32)
    {
        Check.AtLeast(1, size, "rms_norm");
        Check.Range(epsilon > 0 && double.IsFinite(epsilon), "rms_norm", nameof(epsilon), epsilon, "above 0");
        _epsilon = epsilon;
        Scale = Weights.Filled("scale", new Shape(size), 1, dtype);
    }

    /// <summary>Factor of each element, (size).</summary>
    public Variable Scale { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.LastAxis("rms_norm", x, Scale);
        return x * Ops.Rsqrt(Ops.Mean(x * x, [x.Rank - 1], keep: true) + _epsilon) * Scale;
    }
}

/// <summary>
/// (x − mean) / √(variance + epsilon) over each group of channels of an example, times scale plus offset of the channel. Shape: (n, channels, …), the
/// same. DType: that of the layer. Errors: TG2001 channels, TG2002 dtype, TG2003 rank. Source: Wu and He 2018, torch.nn.GroupNorm.
/// </summary>
public sealed class GroupNorm : Module
{
    private readonly int _groups;
    private readonly double _epsilon;

    /// <summary>Makes the layer and its variables. Errors: TG2004 a setting out of range, or channels that do not divide into the groups.</summary>
    /// <param name="groups">Number of groups; as many as channels for instance normalisation.</param>
    /// <param name="channels">Size of the second axis.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5, DType dtype = DType.F32)
    {
        Check.AtLeast(1, groups, "group_norm");
        Check.AtLeast(1, channels, "group_norm");
        Check.Range(epsilon > 0 && double.IsFinite(epsilon), "group_norm", nameof(epsilon), epsilon, "above 0");
        if (channels % groups != 0)
            Throw.Range("group_norm", $"{channels} channels do not divide into {groups} groups", "Use a multiple of the number of groups.");
        (_groups, _epsilon) = (groups, epsilon);
        Scale = Weights.Filled("scale", new Shape(channels), 1, dtype);
        Offset = Weights.Filled("offset", new Shape(channels), 0, dtype);
    }

    /// <summary>Factor of each channel.</summary>
    public Variable Scale { get; }

    /// <summary>The offset of each channel.</summary>
    public Variable Offset { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        if (Check.NotNull(x).Rank < 2)
            Throw.Rank("group_norm", $"got {x.Type}", "Pass (examples, channels, …).");
        Check.Size("group_norm", x, axis: 1, Scale.Shape[0], "channels", Scale);
        Dim[] sizes = [.. x.Shape];
        Dim inGroup = sizes[2..].Aggregate(Scale.Shape[0].Value / _groups, (Dim product, Dim size) => product * size);
        Tensor grouped = Ops.Reshape(x, sizes[0], _groups, inGroup);
        Tensor mean = Ops.Mean(grouped, [2], keep: true), variance = Ops.Variance(grouped, [2], keep: true);
        Tensor y = Ops.Reshape((grouped - mean) * Ops.Rsqrt(variance + _epsilon), sizes);
        return (y * Weights.PerChannel(Scale, x.Rank)) + Weights.PerChannel(Offset, x.Rank);
    }
}
