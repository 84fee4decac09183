using System.Buffers.Binary;
using System.Text;

namespace TensorGraph.Recording;

/// <summary>A message of protocol buffers under construction.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5;

    private readonly MemoryStream _bytes = new();

    /// <summary>The message.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>A field that is a number.</summary>
    public ProtoWriter Add(int field, long value)
    {
        Number(((ulong)field << 3) | Varint);
        Number((ulong)value);
        return this;
    }

    /// <summary>A field that is a double.</summary>
    public ProtoWriter Add(int field, double value)
    {
        Number(((ulong)field << 3) | Fixed64);
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A field that is a float.</summary>
    public ProtoWriter Add(int field, float value)
    {
        Number(((ulong)field << 3) | Fixed32);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A field that is text.</summary>
    public ProtoWriter Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A field that is a message.</summary>
    public ProtoWriter Add(int field, ProtoWriter message) => Add(field, message.ToArray());

    /// <summary>A field that is bytes.</summary>
    public ProtoWriter Add(int field, byte[] value)
    {
        Number(((ulong)field << 3) | Length);
        Number((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
