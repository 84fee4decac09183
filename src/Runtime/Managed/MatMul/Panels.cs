namespace TensorGraph.Backends.Managed;

/// <summary>The right operand of a product, as the source of slivers: a strided matrix. Strides count elements.</summary>
internal readonly unsafe struct Panels<T>(T* data, nint rowStride, nint columnStride, T* packed, nint rows, bool pack)
    where T : unmanaged
{
    /// <summary>Rows that can be read in place, or null when every sliver must be packed.</summary>
    public T* InPlace => pack ? null : data;

    public nint RowStride => rowStride;

    /// <summary>All slivers, packed before; null when there are none.</summary>
    public T* Packed => packed;

    /// <summary>The place of a row in the packed sliver that begins at a column.</summary>
    public T* Sliver(nint row, nint column, int width) => packed + column * rows + row * width;

    /// <summary>to[k·width + i] = element (row + k, column + i), zeros from count to width.</summary>
    public void Pack(T* to, nint row, int depth, nint column, int count, int width) =>
        Packing.Pack(data + row * rowStride + column * columnStride, columnStride, rowStride, to, count, width, depth);
}
