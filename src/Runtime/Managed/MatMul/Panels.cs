namespace TensorGraph.Backends.Managed;

/// <summary>The right operand of a product, as the source of slivers.</summary>
internal unsafe interface IPanels<T>
    where T : unmanaged
{
    /// <summary>Rows that can be read in place, or null when every sliver must be packed.</summary>
    T* InPlace { get; }

    /// <summary>Distance of the rows of <see cref="InPlace"/>, in elements.</summary>
    nint RowStride { get; }

    /// <summary>to[k·width + i] = element (row + k, column + i), zeros from count to width.</summary>
    void Pack(T* to, nint row, int depth, nint column, int count, int width);
}

/// <summary>A strided matrix.</summary>
internal readonly unsafe struct MatrixPanels<T>(T* data, nint rowStride, nint columnStride, bool pack) : IPanels<T>
    where T : unmanaged
{
    public T* InPlace => pack ? null : data;

    public nint RowStride => rowStride;

    public void Pack(T* to, nint row, int depth, nint column, int count, int width) =>
        Packing.Pack(data + row * rowStride + column * columnStride, columnStride, rowStride, to, count, width, depth);
}
