using System.Runtime.InteropServices;

namespace TensorGraph.Backends;

/// <summary>
/// A tensor's value: row-major elements in memory of the device, or strings on the host. Values never change, so tensors
/// may share them.
/// </summary>
public sealed unsafe class TensorData
{
    private readonly MemoryBlock? _block;
    private readonly byte* _data;

    internal TensorData(TensorLayout layout, MemoryBlock block, byte* data)
    {
        Layout = layout;
        _block = block;
        _data = data;
    }

    private TensorData(TensorLayout layout, string[] strings)
    {
        Layout = layout;
        Strings = strings;
    }

    internal TensorData(TensorLayout layout, TensorList list)
    {
        Layout = layout;
        List = list;
    }

    /// <summary>Type and sizes.</summary>
    public TensorLayout Layout { get; }

    /// <summary>Element type and shape; every size is a number.</summary>
    public TensorType Type => Layout.Type;

    /// <summary>The elements of a string tensor, else null.</summary>
    public string[]? Strings { get; }

    /// <summary>The elements of a list, else null. A list has the layout of no elements.</summary>
    internal TensorList? List { get; }

    internal byte* Data => _data;

    /// <summary>A tensor whose elements are yet to be written by the caller.</summary>
    internal static TensorData Allocate(TensorLayout layout)
    {
        if (layout.Type.DType == DType.String) return new TensorData(layout, new string[layout.Count]);
        MemoryBlock block = MemoryBlock.Allocate(layout.Bytes, out byte* data);
        return new TensorData(layout, block, data);
    }

    /// <summary>Copies elements in.</summary>
    public static TensorData From<T>(TensorType type, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        if (type.DType.Clr() != typeof(T) || type.Shape.ElementCount.Value != elements.Length)
            throw new ArgumentException($"{elements.Length} elements of {typeof(T).Name} can't fill {type}", nameof(elements));
        TensorData result = Allocate(TensorLayout.Of(type));
        elements.CopyTo(new Span<T>(result._data, elements.Length));
        return result;
    }

    /// <summary>Copies a host value to the device.</summary>
    public static TensorData From(Literal literal)
    {
        TensorData result = Allocate(TensorLayout.Of(literal.Type));
        if (result.Strings is { } strings) literal.Data.CopyTo(strings, 0);
        else Bytes(literal.Data, result.Layout.Bytes).CopyTo(new Span<byte>(result._data, checked((int)result.Layout.Bytes)));
        return result;
    }

    /// <summary>Copies the value to the host.</summary>
    public Literal ToLiteral()
    {
        Literal result = Literal.Zeros(Type);
        if (Strings is { } strings) strings.CopyTo(result.Data, 0);
        else new ReadOnlySpan<byte>(_data, checked((int)Layout.Bytes)).CopyTo(Bytes(result.Data, Layout.Bytes));
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>Copies the elements out; the length must be the element count.</summary>
    public void CopyTo<T>(Span<T> elements)
        where T : unmanaged
    {
        if (Type.DType.Clr() != typeof(T) || elements.Length != Layout.Count)
            throw new ArgumentException($"{elements.Length} elements of {typeof(T).Name} can't take {Type}", nameof(elements));
        new ReadOnlySpan<T>(_data, elements.Length).CopyTo(elements);
        GC.KeepAlive(this);
    }

    /// <summary>One element, by its row-major number.</summary>
    public T Element<T>(long index)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Layout.Count);
        if (sizeof(T) != Type.DType.Size()) throw new ArgumentException($"{typeof(T).Name} is not the element type of {Type}", nameof(index));
        T value = ((T*)_data)[index];
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>True when it is known that nobody but the caller sees the memory.</summary>
    internal bool HasOneHolder => _block is { HasOneHolder: true };

    internal void Retain() => _block?.Retain();

    internal void Release() => _block?.Release();

    /// <summary>The same elements under another shape.</summary>
    internal TensorData As(TensorLayout layout)
    {
        if (Strings is { } strings) return new TensorData(layout, strings);
        if (List is { } list) return new TensorData(layout, list);
        Retain();
        return new TensorData(layout, _block!, _data);
    }

    /// <summary>Entry <paramref name="index"/> along the first axis, which shares memory with this tensor.</summary>
    internal TensorData Row(long index, TensorLayout layout)
    {
        if (Strings is { } strings) return new TensorData(layout, strings[(int)(index * layout.Count)..(int)((index + 1) * layout.Count)]);
        Retain();
        return new TensorData(layout, _block!, _data + index * layout.Bytes);
    }

    private static Span<byte> Bytes(Array data, long count) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(data), checked((int)count));
}
