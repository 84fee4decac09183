namespace TensorGraph;

/// <summary>
/// Adds a learned vector for each position. Shape: (n, length, size), the same. DType: that of the layer. Errors: TG2001 size, TG2002 dtype, TG2003
/// rank, TG2004 more positions than the layer has, as it runs. Source: Gehring et al. 2017, BERT.
/// </summary>
public sealed class PositionEmbedding : Module
{
    /// <summary>Makes the layer and its table. Errors: TG2004 a size below 1.</summary>
    /// <param name="length">Most positions.</param>
    /// <param name="size">Features of an entry.</param>
    /// <param name="initializer">What the table starts from; normal numbers of deviation 0.02 when null.</param>
    /// <param name="random">Numbers for the initialiser; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the table.</param>
    public PositionEmbedding(int length, int size, Initializer? initializer = null, RandomGenerator? random = null, DType dtype = DType.F32)
    {
        const double Deviation = 0.02;
        Check.AtLeast(1, length, "position_embedding");
        Check.AtLeast(1, size, "position_embedding");
        Table = Weights.Initial("table", initializer ?? Initializers.Normal(Deviation), new Shape(length, size), length, size, random, dtype);
    }

    /// <summary>One row for each position, (length, size).</summary>
    public Variable Table { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.Rank("position_embedding", x, 3, "(examples, length, features)");
        Check.Size("position_embedding", x, axis: 2, Table.Shape[1], "features", Table);
        return x + Ops.Gather(Table, Ops.Iota(x.Shape[1]));
    }
}

/// <summary>
/// Adds sines and cosines of the position: sin(p / 10000^(2i/size)) to feature 2i and the cosine to feature 2i + 1. Shape: (n, length, size), the
/// same, for an even size. DType: floats. Errors: TG2001 an odd size, TG2002 dtype, TG2003 rank. Source: Vaswani et al. 2017.
/// </summary>
public sealed class SinusoidalPositions : Module
{
    private const double LongestWave = 10_000;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.Rank("sinusoidal_positions", x, 3, "(examples, length, features)");
        Check.Float("sinusoidal_positions", x);
        long size = x.Shape[2].Value;
        if (size % 2 != 0)
            Throw.Shape("sinusoidal_positions", $"got {x.Type}, with an odd number of features", "Use an even number of features.");
        double[] rates = [.. Enumerable.Range(0, (int)(size / 2)).Select(i => Math.Pow(LongestWave, -2.0 * i / size))];
        // In f64: the angle of a late position has few good digits in f16.
        Tensor angles = Ops.ExpandDims(Ops.Iota(x.Shape[1], DType.F64), -1) * rates;
        return x + Ops.Reshape(Ops.Stack([Ops.Sin(angles), Ops.Cos(angles)], axis: 2), x.Shape[1], size).Cast(x.DType);
    }
}
