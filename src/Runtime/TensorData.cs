using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends;

/// <summary>
/// A tensor's value: row-major elements from an offset of a buffer on. Values never change, so tensors may share buffers. The layout is known without
/// the data, which a call that is not finished has yet to give: whatever needs it waits.
/// </summary>
public sealed class TensorData
{
    private const long NotReady = -1;

    private Buffer _buffer;
    private long _offset;

    /// <summary>Elements that are in a buffer.</summary>
    /// <param name="layout">Type and sizes.</param>
    /// <param name="buffer">Memory, text or a list.</param>
    /// <param name="offset">Where the elements start, in bytes.</param>
    public TensorData(TensorLayout layout, Buffer buffer, long offset = 0)
    {
        Layout = layout;
        _buffer = buffer;
        _offset = offset;
    }

    /// <summary>Elements that a call gives.</summary>
    internal TensorData(TensorLayout layout, QueuedCall producer)
    {
        Layout = layout;
        _buffer = new PendingBuffer(producer);
        _offset = NotReady;
    }

    /// <summary>Type and sizes.</summary>
    public TensorLayout Layout { get; }

    /// <summary>The memory that the elements are in.</summary>
    public Buffer Buffer => IsReady ? _buffer : Wait();

    /// <summary>The first element's position in the buffer, in bytes.</summary>
    public long Offset
    {
        get
        {
            if (!IsReady) Wait();
            return _offset;
        }
    }

    /// <summary>True when the data is there.</summary>
    public bool IsReady => Volatile.Read(ref _offset) >= 0;

    /// <summary>True when the data of all of them is there.</summary>
    internal static bool AreReady(ReadOnlySpan<TensorData> tensors)
    {
        foreach (TensorData tensor in tensors)
        {
            if (!tensor.IsReady) return false;
        }
        return true;
    }

    /// <summary>True when one of them is in memory of another library.</summary>
    internal static bool AnyBorrowed(ReadOnlySpan<TensorData> tensors)
    {
        foreach (TensorData tensor in tensors)
        {
            if (Volatile.Read(ref tensor._buffer).IsBorrowed) return true;
        }
        return false;
    }

    /// <summary>Element type and shape; every size is a number.</summary>
    public TensorType Type => Layout.Type;

    /// <summary>The device that it is on; null for text, which is on the host whatever the device.</summary>
    public Device? Device => _buffer.Device;

    /// <summary>True when a device can use it as it is.</summary>
    internal bool IsOn(Device device) => _buffer.Device is not { } own || own == device;

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
        Wait();
        Device?.ThrowIfLost("read");
        if (List is { } list) return Literal.FromElements(Type, [.. Enumerable.Range(0, list.Count).Select(i => list[i].ToLiteral())]);
        Literal result = Literal.Zeros(Type);
        if (Strings is { } strings) strings.CopyTo(result.Data, 0);
        else foreach (var (offset, count) in result.Parts()) Buffer.Read(Offset + offset, result.Bytes(offset, count));
        return result;
    }

    /// <summary>Copies the elements out; the length must be the element count.</summary>
    public void CopyTo<T>(Span<T> elements)
        where T : unmanaged
    {
        if (Type.DType.Clr() != typeof(T) || elements.Length != Layout.Count)
            throw new ArgumentException($"{elements.Length} elements of {typeof(T).Name} can't take {Type}", nameof(elements));
        Wait();
        Device?.ThrowIfLost("read");
        // Bytes of a span end at 2 GB.
        const int Part = 1 << 27;
        for (int i = 0; i < elements.Length; i += Math.Min(Part, elements.Length - i))
            Buffer.Read(Offset + (long)i * Unsafe.SizeOf<T>(), MemoryMarshal.AsBytes(elements.Slice(i, Math.Min(Part, elements.Length - i))));
    }

    /// <summary>One element, by its row-major number.</summary>
    public T Element<T>(long index)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Layout.Count);
        if (Unsafe.SizeOf<T>() != Type.DType.Size()) throw new ArgumentException($"{typeof(T).Name} is not the element type of {Type}", nameof(
            index));
        Wait();
        Device?.ThrowIfLost("read");
        T value = default;
        Buffer.Read(Offset + index * Unsafe.SizeOf<T>(), MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>The call that has yet to give the data; null when it is there.</summary>
    internal QueuedCall? Producer => IsReady ? null : (Volatile.Read(ref _buffer) as PendingBuffer)?.Producer;

    /// <summary>Done when the data is there, on the device too, or failed.</summary>
    public async Task Completion()
    {
        if (Volatile.Read(ref _buffer) is PendingBuffer { Producer: var producer }) await producer.Stream.Completion(producer).ConfigureAwait(false);
        if (IsReady && _buffer.Work is { } work) await work.WaitAsync(default).ConfigureAwait(false);
    }

    /// <summary>Waits for the data.</summary>
    /// <exception cref="Exception">What the call failed of that had to give it.</exception>
    public Buffer Wait()
    {
        if (!IsReady && Volatile.Read(ref _buffer) is PendingBuffer { Producer: var producer })
        {
            producer.Wait();
            if (!IsReady) producer.ThrowFailure();
        }
        return IsReady ? _buffer : throw new InvalidOperationException("the call that gives this tensor has ended without it");
    }

    /// <summary>Takes over the data of a result, with its holder.</summary>
    internal void Fill(TensorData result)
    {
        if (result.Layout != Layout) Throw.Internal($"a queued call gives {result.Type}, {Type} was expected");
        // Whoever got this tensor before its data relies on the device.
        if (!result.IsOn(Device!)) throw Device!.Mixed("queued call", result, result.Device!);
        var pending = (PendingBuffer)_buffer;
        lock (pending)
        {
            for (; pending.Holders > 0; pending.Holders--) result.Retain();
            for (; pending.Holders < 0; pending.Holders++) result.Release();
            Volatile.Write(ref _buffer, result._buffer);
            Volatile.Write(ref _offset, result._offset);
        }
    }

    internal void Retain() => Hold(1);

    /// <summary>With one more holder, for longer than a call: what another library may write to is copied.</summary>
    internal TensorData Keep()
    {
        if (IsReady && Buffer.IsBorrowed) return Device!.From(ToLiteral());
        Retain();
        return this;
    }

    internal void Release() => Hold(-1);

    // Who holds a tensor whose data is not there yet is counted until it is.
    private void Hold(int change)
    {
        if (!IsReady && Volatile.Read(ref _buffer) is PendingBuffer pending)
        {
            lock (pending)
            {
                if (!IsReady)
                {
                    pending.Holders += change;
                    return;
                }
            }
        }
        Buffer buffer = Buffer;
        if (change > 0) buffer.Retain();
        else buffer.Release();
    }

    /// <summary>Stands for the data that a queued call gives.</summary>
    private sealed class PendingBuffer(QueuedCall producer) : Buffer(producer.Stream.Device)
    {
        public QueuedCall Producer => producer;

        public int Holders { get; set; }

        public override long Bytes => 0;
    }

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
