using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A stream of random numbers: a key (the seed) and a counter kept in a variable, so that a graph draws new numbers on every call and one seed
/// gives one sequence, imperatively and traced, on any number of worker threads. Threads that draw from one generator at the same time never get the
/// same numbers; which of them gets which is by chance, so give each its own where a seed shall repeat a run. Source: Philox4x32-10.
/// </summary>
/// <example>
/// <code>
/// var first = new RandomGenerator(seed: 1).Normal([2]);
/// var again = new RandomGenerator(seed: 1).Normal([2]);
/// Console.WriteLine((bool)Ops.All(Ops.Equal(first, again))); // True
/// </code>
/// </example>
public sealed class RandomGenerator
{
    private const int WordsPerBlock = 4;

    private readonly Attrs _attrs;

    /// <summary>A generator with its own seed.</summary>
    public RandomGenerator(long seed)
    {
        State = new Variable(new[] { seed, 0L }, "random", trainable: false);
        _attrs = Attrs.Of("var", State.Resource);
    }

    /// <summary>The generator that ops use when none is given; seeded by chance until <see cref="SetSeed"/>.</summary>
    public static RandomGenerator Default { get; } = new(BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)));

    /// <summary>Key and counter, i64[2]; save it to continue a sequence.</summary>
    public Variable State { get; }

    /// <summary>Starts the sequence of a seed.</summary>
    public void SetSeed(long seed) => State.Assign(new[] { seed, 0L });

    /// <summary>32 random bits per element, as i32.</summary>
    public Tensor Bits(Shape shape) => Draw(OpDefs.RandomBits, Attrs.Of("shape", shape), shape, 1);

    /// <summary>Uniform in [low, high), with as many random bits as the dtype has precision.</summary>
    public Tensor Uniform(Shape shape, double low = 0, double high = 1, DType dtype = DType.F32)
    {
        var unit = Draw(OpDefs.RandomUniform, Attrs.Of(("shape", shape), ("dtype", dtype)), shape, OpDefs.RandomWords(OpDefs.RandomUniform, dtype));
        return low == 0 && high == 1 ? unit : (unit * (high - low)) + low;
    }

    /// <summary>Normal with mean and deviation.</summary>
    public Tensor Normal(Shape shape, double mean = 0, double deviation = 1, DType dtype = DType.F32)
    {
        var standard = Draw(OpDefs.RandomNormal, Attrs.Of(("shape", shape), ("dtype", dtype)), shape, OpDefs.RandomWords(OpDefs.RandomNormal, dtype));
        return mean == 0 && deviation == 1 ? standard : (standard * deviation) + mean;
    }

    private Tensor Draw(OpDef op, Attrs attrs, Shape shape, int wordsPerNumber)
    {
        var blocks = Dim.FloorDiv((shape.ElementCount * wordsPerNumber) + (WordsPerBlock - 1), WordsPerBlock);
        Tensor state = Dispatch.Run(OpDefs.AdvanceRandom, _attrs, Ops.SizeOf(blocks));
        return Dispatch.Run(op, attrs, state[0], state[1]);
    }
}
