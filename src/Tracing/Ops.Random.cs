namespace TensorGraph;

/// <summary>Random numbers from <see cref="RandomGenerator.Default"/>.</summary>
public static partial class Ops
{
    /// <summary>Starts the default generator's sequence of a seed.</summary>
    public static void SetSeed(long seed) => RandomGenerator.Default.SetSeed(seed);

    /// <summary>Uniform in [low, high).</summary>
    public static Tensor RandomUniform(Shape shape, double low = 0, double high = 1, DType dtype = DType.F32) =>
        RandomGenerator.Default.Uniform(shape, low, high, dtype);

    /// <summary>Normal.</summary>
    public static Tensor RandomNormal(Shape shape, double mean = 0, double deviation = 1, DType dtype = DType.F32) =>
        RandomGenerator.Default.Normal(shape, mean, deviation, dtype);
}
