namespace TensorGraph;

/// <summary>
/// The same elements of each example under another shape. Shape: (n, …) → (n, sizes). DType: any. Errors: TG2001 when the number of elements
/// differs. Source: tf.keras.layers.Reshape.
/// </summary>
/// <param name="sizes">Sizes of one example.</param>
public sealed class Reshape(params long[] sizes) : Module
{
    private readonly Dim[] _sizes = [.. Check.NotNull(sizes).Select(size => (Dim)size)];

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        if (Check.NotNull(x).Rank == 0)
            Throw.Rank("reshape", $"got {x.Type}", "The first axis counts the examples.");
        return Ops.Reshape(x, [x.Shape[0], .. _sizes]);
    }
}

/// <summary>
/// The elements of each example in one axis. Shape: (n, …) → (n, product of the rest). DType: any. Errors: TG2003 for a scalar. Source:
/// tf.keras.layers.Flatten.
/// </summary>
public sealed class Flatten : Module
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        if (Check.NotNull(x).Rank == 0)
            Throw.Rank("flatten", $"got {x.Type}", "The first axis counts the examples.");
        return Ops.Reshape(x, x.Shape[0], x.Shape.Without([0]).ElementCount);
    }
}
