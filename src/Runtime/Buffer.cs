namespace TensorGraph.Backends;

/// <summary>
/// Memory of a device, counted by its holders. It is free again when its last holder has released it or, where a user's tensor is the holder, when
/// the garbage collector has found that gone: nothing needs to be disposed of. There is no pointer here: a device unwraps its own buffers.
/// </summary>
/// <param name="device">The owner; null for what belongs to the host on every device.</param>
public abstract class Buffer(Device? device)
{
    /// <summary>The owner; null for text, which is on the host whatever the device.</summary>
    public Device? Device { get; } = device;

    /// <summary>Size.</summary>
    public abstract long Bytes { get; }

    /// <summary>
    /// True for memory that another library uses too and may write to between calls: a call on it is finished when it returns, and what outlives the
    /// call is copied.
    /// </summary>
    public bool IsBorrowed { get; protected set; }

    /// <summary>True when it is known that nobody but the caller holds it, so that its memory may be written over.</summary>
    public virtual bool IsUnique => false;

    /// <summary>The device's work after which the bytes are there; null when they are, and where it is not known.</summary>
    internal virtual IDeviceWork? Work => null;

    /// <summary>One more holder.</summary>
    public virtual void Retain()
    {
    }

    /// <summary>One holder fewer.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Copies bytes to the host, when all that writes them has run.</summary>
    public virtual void Read(long offset, Span<byte> to) => Throw.Internal($"a {GetType().Name} has no bytes");

    /// <summary>Copies bytes from the host.</summary>
    public virtual void Write(long offset, ReadOnlySpan<byte> from) => Throw.Internal($"a {GetType().Name} has no bytes");
}

/// <summary>Text, which is on the host whatever the device.</summary>
internal sealed class TextBuffer(string[] elements) : Buffer(null)
{
    public string[] Elements => elements;

    public override long Bytes => 0;
}

/// <summary>A list: references to tensors of one device.</summary>
internal sealed class ListBuffer(Device device, TensorList list) : Buffer(device)
{
    public TensorList List => list;

    public override long Bytes => 0;
}
