using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends;

/// <summary>
/// A tensor's value: row-major elements from an offset of a buffer on. Values never change, so tensors may share buffers. The layout is known without
/// the data.
/// </summary>
public sealed class TensorData
{
    /// <summary>Elements that are in a buffer.</summary>
    /// <param name="layout">Type and sizes.</param>
    /// <param name="buffer">Memory, text or a list.</param>
    /// <param name="offset">Where the elements start, in bytes.</param>
    public TensorData(TensorLayout layout, Buffer buffer, long offset = 0)
    {
        Layout = layout;
        Buffer = buffer;
        Offset = offset;
    }

    /// <summary>Type and sizes.</summary>
    public TensorLayout Layout { get; }

    /// <summary>The memory that the elements are in.</summary>
    public Buffer Buffer { get; }

    /// <summary>The first element's position in the buffer, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Element type and shape; every size is a number.</summary>
    public TensorType Type => Layout.Type;

    /// <summary>The device that it is on; null for text, which is on the host whatever the device.</summary>
    public Device? Device => Buffer.Device;

    /// <summary>True when a device can use it as it is.</summary>
    internal bool IsOn(Device device) => Buffer.Device == device || Buffer.Device is null;

    /// <summary>The elements of a string tensor, else null.</summary>
    public string[]? Strings => (Buffer as TextBuffer)?.Elements;

    /// <summary>The elements of a list, else null. A list has the layout of no elements.</summary>
    internal TensorList? List => (Buffer as ListBuffer)?.List;

    /// <summary>Copies elements to the current device.</summary>
    public static TensorData From<T>(TensorType type, ReadOnlySpan<T> elements)
        where T : unmanaged => Device.Current.From(type, elements);

    /// <summary>Copies a host value to the current device.</summary>
    public static TensorData From(Literal literal) => Device.Current.From(literal);

    /// <summary>Copies the value to the host.</summary>
    public Literal ToLiteral()
    {
        if (List is { } list) return Literal.FromElements(Type, [.. Enumerable.Range(0, list.Count).Select(i => list[i].ToLiteral())]);
        Literal result = Literal.Zeros(Type);
        if (Strings is { } strings) strings.CopyTo(result.Data, 0);
        else Buffer.Read(Offset, result.Bytes());
        return result;
    }

    /// <summary>Copies the elements out; the length must be the element count.</summary>
    public void CopyTo<T>(Span<T> elements)
        where T : unmanaged
    {
        if (Type.DType.Clr() != typeof(T) || elements.Length != Layout.Count)
            throw new ArgumentException($"{elements.Length} elements of {typeof(T).Name} can't take {Type}", nameof(elements));
        Buffer.Read(Offset, MemoryMarshal.AsBytes(elements));
    }

    /// <summary>One element, by its row-major number.</summary>
    public T Element<T>(long index)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Layout.Count);
        if (Unsafe.SizeOf<T>() != Type.DType.Size()) throw new ArgumentException($"{typeof(T).Name} is not the element type of {Type}", nameof(
            index));
        T value = default;
        Buffer.Read(Offset + index * Unsafe.SizeOf<T>(), MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    internal void Retain() => Buffer.Retain();

    internal void Release() => Buffer.Release();

    /// <summary>The same elements under another shape.</summary>
    internal TensorData As(TensorLayout layout)
    {
        Retain();
        return new TensorData(layout, Buffer, Offset);
    }

    /// <summary>Entry <paramref name="index"/> along the first axis, which shares memory with this tensor.</summary>
    internal TensorData Row(long index, TensorLayout layout)
    {
        if (Strings is { } strings) return new TensorData(layout,
            new TextBuffer(strings[(int)(index * layout.Count)..(int)((index + 1) * layout.Count)]));
        Retain();
        return new TensorData(layout, Buffer, Offset + index * layout.Bytes);
    }
}
