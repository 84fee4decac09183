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
    public static Initializer GlorotUniform { get; } = (shape, fanIn, fanOut, random) => Uniform(shape, 6.0 / (fanIn + fanOut), random);

    /// <summary>Normal with variance 2 / (fan in + fan out). Source: Glorot and Bengio 2010.</summary>
    public static Initializer GlorotNormal { get; } = (shape, fanIn, fanOut, random) => random.Normal(shape, 0, Math.Sqrt(2.0 / (fanIn + fanOut)));

    /// <summary>Uniform in ±√(6 / fan in), which keeps the variance of ReLU units. Source: He et al. 2015.</summary>
    public static Initializer HeUniform { get; } = (shape, fanIn, _, random) => Uniform(shape, 6.0 / fanIn, random);

    /// <summary>Normal with variance 2 / fan in. Source: He et al. 2015.</summary>
    public static Initializer HeNormal { get; } = (shape, fanIn, _, random) => random.Normal(shape, 0, Math.Sqrt(2.0 / fanIn));

    /// <summary>0 everywhere.</summary>
    public static Initializer Zeros { get; } = (shape, _, _, _) => Ops.Full(shape, 0);

    /// <summary>1 everywhere.</summary>
    public static Initializer Ones { get; } = (shape, _, _, _) => Ops.Full(shape, 1);

    private static Tensor Uniform(Shape shape, double squareOfLimit, RandomGenerator random) =>
        random.Uniform(shape, -Math.Sqrt(squareOfLimit), Math.Sqrt(squareOfLimit));
}
