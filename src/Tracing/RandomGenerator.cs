using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A stream of random numbers: a key (the seed) and a counter kept in a variable, so that a graph draws new numbers on every call and one seed
/// gives one sequence, imperatively and traced, on any number of threads. Source: Philox4x32-10.
/// </summary>
public sealed class RandomGenerator
{
    private const int WordsPerBlock = 4;

    /// <summary>A generator with its own seed.</summary>
    public RandomGenerator(long seed) => State = new Variable(new[] { seed, 0L }, "random", trainable: false);

    /// <summary>The generator that ops use when none is given; seeded by chance until <see cref="SetSeed"/>.</summary>
    public static RandomGenerator Default { get; } = new(BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)));

    /// <summary>Key and counter, i64[2]; save it to continue a sequence.</summary>
    public Variable State { get; }

    /// <summary>Starts the sequence of a seed.</summary>
    public void SetSeed(long seed) => State.Assign(new[] { seed, 0L });

    /// <summary>32 random bits per element, as i32.</summary>
    public Tensor Bits(Shape shape)
    {
        Tensor state = State.Value;
        Tensor key = state[0], counter = state[1];
        var blocks = Dim.FloorDiv(shape.ElementCount + (WordsPerBlock - 1), WordsPerBlock);
        Tensor used = blocks.IsConstant ? blocks.Value : Dispatch.Run(Op.DimSize, Attrs.Of("dim", blocks));
        State.Assign(Ops.Stack([key, counter + used]));
        return Dispatch.Run(Op.RandomBits, Attrs.Of("shape", shape), key, counter);
    }

    /// <summary>Uniform in [low, high), f32 with 24 random bits.</summary>
    public Tensor Uniform(Shape shape, double low = 0, double high = 1)
    {
        var unit = Ops.Cast(Ops.ShiftRightLogical(Bits(shape), 8), DType.F32) * (1.0 / (1 << 24));
        return low == 0 && high == 1 ? unit : (unit * (high - low)) + low;
    }

    /// <summary>Normal with mean and deviation, f32, by Box and Muller's transform.</summary>
    public Tensor Normal(Shape shape, double mean = 0, double deviation = 1)
    {
        // 1 − u lies in (0, 1], so that the logarithm is finite.
        var radius = Ops.Sqrt(Ops.Log(1 - Uniform(shape)) * -2);
        return (radius * Ops.Cos(Uniform(shape, 0, 2 * Math.PI)) * deviation) + mean;
    }
}
