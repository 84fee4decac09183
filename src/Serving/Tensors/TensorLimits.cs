namespace TensorGraph.Serving;

/// <summary>Sizes that a request may ask for.</summary>
/// <param name="TensorBytes">The most bytes of one tensor; for text, of its references.</param>
internal sealed record TensorLimits(long TensorBytes)
{
    // A tensor of few bytes on the wire that stands for many must not take the memory of the machine.
    private const long MostFilled = 64L << 20;
    private const int BytesOfReference = 8;

    /// <summary>The number of elements of a shape, of which a message gives some and the rest is filled up.</summary>
    /// <exception cref="ServingException">A size is negative, or there are too many elements.</exception>
    public int Count(string alias, DType dtype, IReadOnlyList<long> shape, long given)
    {
        Int128 count = 1;
        foreach (long size in shape)
        {
            if (size < 0)
                throw ServingException.Invalid($"tensor parsing error: {alias}: a size is {size}");
            // Sizes after a zero count for nothing; the product stays below 2 to the 127th.
            count = Int128.Min(count * size, long.MaxValue);
        }

        long bytesOfElement = dtype == DType.String ? BytesOfReference : dtype.Size();
        if (count * bytesOfElement > TensorBytes)
            throw ServingException.Invalid($"tensor parsing error: {alias}: its shape has more than the {TensorBytes} bytes that the server accepts");
        if (given < count && count * bytesOfElement > MostFilled)
            throw ServingException.Invalid($"tensor parsing error: {alias}: {given} values are there for {count} elements");
        return (int)Int128.Min(count, Array.MaxLength);
    }
}
