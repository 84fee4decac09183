namespace TensorGraph;

/// <summary>
/// Entries of a tensor that <see cref="Tensor.At"/> names. A tensor does not change: each method gives a new one. Source: jax.numpy.ndarray.at.
/// </summary>
public readonly ref struct TensorPlace
{
    private readonly Tensor _tensor;
    private readonly TensorIndex[] _indices;

    internal TensorPlace(Tensor tensor, TensorIndex[] indices) => (_tensor, _indices) = (tensor, indices);

    /// <summary>
    /// The tensor with a value at the place. Shape: the value broadcasts to the place. Errors: TG2001; TG2002 another dtype; TG2003 a tensor of
    /// several positions; TG2004, at run time where the index is data. Gradient: to both.
    /// </summary>
    public Tensor Set(Tensor value) => _tensor.Put(_indices, Check.NotNull(value));

    /// <summary>The tensor with a C# number at the place. Errors: TG2005 when its dtype cannot hold it.</summary>
    public Tensor Set(Scalar value) => Set(value.Like(_tensor));

    /// <summary>The tensor with a value added at the place. Errors: as for <see cref="Set(Tensor)"/>.</summary>
    public Tensor Add(Tensor value)
    {
        if (Check.NotNull(value).DType != _tensor.DType)
            Throw.DType("add at a place", $"the tensor is {_tensor.GraphType}, the value {value.GraphType}",
                $"Cast the value to DType.{_tensor.DType}.");
        return Set(_tensor.Pick(_indices) + value);
    }

    /// <summary>The tensor with a C# number added at the place. Errors: TG2005 when its dtype cannot hold it.</summary>
    public Tensor Add(Scalar value) => Add(value.Like(_tensor));
}
