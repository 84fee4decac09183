namespace TensorGraph.Backends.Torch;

/// <summary>A tensor of LibTorch over memory that is not its own, for the time of a call.</summary>
internal readonly unsafe ref struct TorchView(nint handle)
{
    /// <summary>Its handle.</summary>
    public nint Handle { get; } = handle;

    /// <summary>Elements from an address on.</summary>
    public static TorchView Of(byte* data, DType dtype, scoped ReadOnlySpan<long> sizes, scoped ReadOnlySpan<long> strides)
    {
        fixed (long* size = sizes, stride = strides)
        {
            Native.Check(Native.FromBlob(
                data, sizes.Length, size, stride, 0, TorchTypes.NumberOf(dtype), 0, 0, out nint handle, Native.Strided(), null, 0));
            return new(handle);
        }
    }

    /// <summary>Row-major elements from an address on.</summary>
    public static TorchView Of(byte* data, DType dtype, scoped ReadOnlySpan<long> sizes)
    {
        Span<long> strides = stackalloc long[sizes.Length];
        RowMajor(sizes, strides);
        return Of(data, dtype, sizes, strides);
    }

    /// <summary>The strides of row-major elements.</summary>
    public static void RowMajor(ReadOnlySpan<long> sizes, Span<long> strides)
    {
        long stride = 1;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(sizes[axis], 1);
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (Handle != 0) Native.Check(Native.Delete(Handle));
    }
}
