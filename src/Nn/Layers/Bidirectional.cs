namespace TensorGraph;

/// <summary>
/// One recurrent layer along a sequence and one against it, outputs side by side. Shape: (n, length, inputs) → (n, both units), or
/// (n, length, both units). DType: that of the layers. Errors: those of the layers. Source: Schuster and Paliwal 1997, tf.keras.layers.Bidirectional.
/// </summary>
public sealed class Bidirectional : Module
{
    /// <summary>Two layers that return alike. Errors: TG1002 null, TG2004 when one returns sequences and the other does not.</summary>
    /// <param name="along">Goes from the first entry to the last.</param>
    /// <param name="against">Goes from the last entry to the first.</param>
    public Bidirectional(Recurrent along, Recurrent against)
    {
        (Along, Against) = (Check.NotNull(along), Check.NotNull(against));
        if (along.ReturnSequences != against.ReturnSequences)
            Throw.Range("bidirectional", "one layer returns sequences, the other the last output", "Make both with the same returnSequences.");
    }

    /// <summary>Goes from the first entry to the last.</summary>
    public Recurrent Along { get; }

    /// <summary>Goes from the last entry to the first.</summary>
    public Recurrent Against { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => Both(x, null);

    /// <summary>The same on sequences of different lengths, padded to one: each is walked back from its own end.</summary>
    /// <param name="x">Sequences, padded to one length.</param>
    /// <param name="lengths">How many entries of each one count, i32 or i64.</param>
    public Tensor Run(Tensor x, Tensor lengths)
    {
        using var scope = OpenScope();
        return Both(x, Check.NotNull(lengths));
    }

    private Tensor Both(Tensor x, Tensor? lengths)
    {
        Tensor first = Along.Chosen(Along.Run(x, lengths)), second = Against.Chosen(Against.Run(x, lengths, reverse: true));
        return Ops.Concat([first, second], axis: -1);
    }
}
