namespace TensorGraph;

/// <summary>
/// One recurrent layer along a sequence and one against it, outputs side by side. Shape: (n, length, inputs) → (n, both units), or
/// (n, length, both units). DType: that of the layers. Errors: those of the layers. With several pairs each one reads all outputs of both layers of
/// the one before; variables of those after the first are in <see cref="Upper"/>. Source: Schuster and Paliwal 1997, tf.keras.layers.Bidirectional.
/// </summary>
public sealed class Bidirectional : Module
{
    /// <summary>Two layers that return alike. Errors: TG1002 null, TG2004 when one returns sequences and the other does not, or a setting is
    /// out of range.</summary>
    /// <param name="along">Goes from the first entry to the last.</param>
    /// <param name="against">Goes from the last entry to the first.</param>
    /// <param name="layers">How many pairs of such layers, each along the outputs of the pair before; the two then have one layer each.</param>
    /// <param name="dropout">Share of the outputs between pairs that is dropped while training.</param>
    /// <param name="random">Numbers for the pairs after the first and for what is dropped; <see cref="RandomGenerator.Default"/> when null.</param>
    public Bidirectional(Recurrent along, Recurrent against, int layers = 1, double dropout = 0, RandomGenerator? random = null)
    {
        (Along, Against) = (Check.NotNull(along), Check.NotNull(against));
        if (along.ReturnSequences != against.ReturnSequences)
            Throw.Range("bidirectional", "one layer returns sequences, the other the last output", "Make both with the same returnSequences.");
        Check.AtLeast(1, layers, "bidirectional");
        if (layers > 1 && along.Upper.Count + against.Upper.Count > 0)
            Throw.Range("bidirectional", $"{layers} pairs of layers that are several themselves", "Make the two with one layer each.");
        Between = Recurrent.Dropped("bidirectional", layers, dropout, random);
        int inputs = layers == 1 ? 0 : checked(along.Units + against.Units);
        Upper = [.. Enumerable.Range(2, layers - 1).Select(layer =>
        {
            bool all = layer < layers || along.ReturnSequences;
            return new Bidirectional(along.Like(inputs, all, random), against.Like(inputs, all, random));
        })];
    }

    /// <summary>Goes from the first entry to the last.</summary>
    public Recurrent Along { get; }

    /// <summary>Goes from the last entry to the first.</summary>
    public Recurrent Against { get; }

    /// <summary>The pairs of layers after this one; none unless it was made with several.</summary>
    public IReadOnlyList<Bidirectional> Upper { get; }

    /// <summary>Drops outputs between two pairs while training; null for nothing.</summary>
    public Dropout? Between { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => Both(x, null, training);

    /// <summary>The same on sequences of different lengths, padded to one: each is walked back from its own end.</summary>
    /// <param name="x">Sequences, padded to one length.</param>
    /// <param name="lengths">How many entries of each one count, i32 or i64.</param>
    /// <param name="training">True while training: outputs between layers are dropped.</param>
    public Tensor Run(Tensor x, Tensor lengths, TrainingFlag training = default)
    {
        using var scope = OpenScope();
        return Both(x, Check.NotNull(lengths), training);
    }

    private Tensor Both(Tensor x, Tensor? lengths, TrainingFlag training)
    {
        var (along, against) = (Along.Run(x, lengths, training: training), Against.Run(x, lengths, reverse: true, training: training));
        if (Upper.Count == 0)
            return Ops.Concat([Along.Chosen(along), Against.Chosen(against)], axis: -1);
        Tensor y = Ops.Concat([along.Outputs, against.Outputs], axis: -1);
        foreach (var pair in Upper)
        {
            Tensor between = Between is null ? y : Between.Call(y, training);
            y = lengths is null ? pair.Call(between) : pair.Run(between, lengths);
        }

        return y;
    }
}
