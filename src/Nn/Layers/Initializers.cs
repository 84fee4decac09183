namespace TensorGraph;

/// <summary>Makes the tensor that a weight starts from.</summary>
/// <param name="shape">Shape of the weight.</param>
/// <param name="fanIn">How many inputs one output sums.</param>
/// <param name="fanOut">How many outputs one input goes to.</param>
/// <param name="random">Where random numbers come from.</param>
public delegate Tensor Initializer(Shape shape, long fanIn, long fanOut, RandomGenerator random);

/// <summary>The usual initialisers. Shape: the one asked for. DType: f32.</summary>
public static class Initializers
{
    /// <summary>Uniform in ±√(6 / (fan in + fan out)), which keeps the variance of tanh-like units. Source: Glorot and Bengio 2010.</summary>
    public static Initializer GlorotUniform { get; } = (shape, fanIn, fanOut, random) => Within(shape, 6.0 / (fanIn + fanOut), random);

    /// <summary>Normal with variance 2 / (fan in + fan out). Source: Glorot and Bengio 2010.</summary>
    public static Initializer GlorotNormal { get; } = (shape, fanIn, fanOut, random) => random.Normal(shape, 0, Math.Sqrt(2.0 / (fanIn + fanOut)));

    /// <summary>Uniform in ±√(6 / fan in), which keeps the variance of ReLU units. Source: He et al. 2015.</summary>
    public static Initializer HeUniform { get; } = (shape, fanIn, _, random) => Within(shape, 6.0 / fanIn, random);

    /// <summary>Normal with variance 2 / fan in. Source: He et al. 2015.</summary>
    public static Initializer HeNormal { get; } = (shape, fanIn, _, random) => random.Normal(shape, 0, Math.Sqrt(2.0 / fanIn));

    /// <summary>Uniform in ±√(3 / fan in), for self-normalising units. Source: LeCun et al. 1998.</summary>
    public static Initializer LecunUniform { get; } = (shape, fanIn, _, random) => Within(shape, 3.0 / fanIn, random);

    /// <summary>Normal with variance 1 / fan in. Source: LeCun et al. 1998.</summary>
    public static Initializer LecunNormal { get; } = (shape, fanIn, _, random) => random.Normal(shape, 0, Math.Sqrt(1.0 / fanIn));

    /// <summary>Uniform in ±√(1 / fan in): what torch.nn.Linear and Conv2d start from.</summary>
    public static Initializer TorchDefault { get; } = (shape, fanIn, _, random) => Within(shape, 1.0 / fanIn, random);

    /// <summary>0 everywhere.</summary>
    public static Initializer Zeros { get; } = Constant(0);

    /// <summary>1 everywhere.</summary>
    public static Initializer Ones { get; } = Constant(1);

    /// <summary>One number everywhere.</summary>
    /// <param name="value">The number.</param>
    public static Initializer Constant(double value) => (shape, _, _, _) => Ops.Full(shape, value);

    /// <summary>Uniform in ±<paramref name="limit"/>. Errors: TG2004 a limit that is no number of at least 0.</summary>
    /// <param name="limit">The largest number.</param>
    public static Initializer Uniform(double limit = 0.05)
    {
        Check.Range(limit >= 0 && double.IsFinite(limit), "uniform", nameof(limit), limit, "at least 0");
        return (shape, _, _, random) => random.Uniform(shape, -limit, limit);
    }

    /// <summary>Normal with mean 0. Errors: TG2004 a deviation that is no number of at least 0.</summary>
    /// <param name="deviation">Standard deviation.</param>
    public static Initializer Normal(double deviation = 1)
    {
        Check.Range(deviation >= 0 && double.IsFinite(deviation), "normal", nameof(deviation), deviation, "at least 0");
        return (shape, _, _, random) => random.Normal(shape, 0, deviation);
    }

    /// <summary>
    /// Normal with mean 0, without the numbers beyond two deviations, which are drawn anew. Errors: TG2004 as above. Source:
    /// tf.keras.initializers.TruncatedNormal.
    /// </summary>
    /// <param name="deviation">Standard deviation before the cut.</param>
    public static Initializer TruncatedNormal(double deviation = 0.05)
    {
        const double Widest = 2;
        // One number in 20 is beyond; of a million none is after five draws.
        const int Draws = 5;
        Check.Range(deviation >= 0 && double.IsFinite(deviation), "truncated_normal", nameof(deviation), deviation, "at least 0");
        return (shape, _, _, random) =>
        {
            Tensor value = random.Normal(shape);
            for (int draw = 1; draw < Draws; draw++)
                value = Ops.Where(Ops.Abs(value) < Widest, value, random.Normal(shape));
            return Ops.Clip(value, -Widest, Widest) * deviation;
        };
    }

    /// <summary>
    /// Orthonormal rows or columns, whichever are fewer, of the weight as a matrix of its first axis by the others; all such are equally likely.
    /// Errors: TG2003 a weight with fewer than two axes; TG2004 a gain that is no number. Source: Saxe et al. 2014, torch.nn.init.orthogonal_.
    /// </summary>
    /// <param name="gain">Length of each of them.</param>
    public static Initializer Orthogonal(double gain = 1)
    {
        Check.Range(double.IsFinite(gain), "orthogonal", nameof(gain), gain, "a number");
        return (shape, _, _, random) =>
        {
            if (shape.Rank < 2)
                Throw.Rank("orthogonal", $"the weight has shape {shape}", "Use it for weights with at least two axes.");
            long rows = shape[0].Value, columns = shape.ElementCount.Value / Math.Max(1, rows);
            var (q, _) = Ops.Qr(random.Normal([Math.Max(rows, columns), Math.Min(rows, columns)]));
            return Ops.Reshape(rows < columns ? q.Transpose(1, 0) : q, [.. shape]) * gain;
        };
    }

    private static Tensor Within(Shape shape, double squareOfLimit, RandomGenerator random) =>
        random.Uniform(shape, -Math.Sqrt(squareOfLimit), Math.Sqrt(squareOfLimit));
}
