using System.Buffers.Binary;
using System.Numerics;
using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>Files of records: length, checksum of the length, bytes, checksum of the bytes.</summary>
internal static class TensorflowRecords
{
    private const int LengthBytes = sizeof(ulong), ChecksumBytes = sizeof(uint);

    /// <summary>Reads all records.</summary>
    /// <exception cref="ServingException">The file is damaged.</exception>
    public static IEnumerable<byte[]> Read(Stream stream)
    {
        byte[] head = new byte[LengthBytes + ChecksumBytes], tail = new byte[ChecksumBytes];
        while (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) is > 0 and var read)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(head);
            if (read < head.Length || !IsChecksum(head.AsSpan(LengthBytes), head.AsSpan(0, LengthBytes)) || length > int.MaxValue
                || (stream.CanSeek && (long)length > stream.Length - stream.Position))
            {
                throw Damaged();
            }

            byte[] record = new byte[length];
            if (stream.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) < record.Length
                || stream.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false) < tail.Length || !IsChecksum(tail, record))
            {
                throw Damaged();
            }

            yield return record;
        }
    }

    /// <summary>Writes one record.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> record)
    {
        Span<byte> length = stackalloc byte[LengthBytes], checksum = stackalloc byte[ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)record.Length);
        stream.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Masked(length));
        stream.Write(checksum);
        stream.Write(record);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Masked(record));
        stream.Write(checksum);
    }

    private static bool IsChecksum(ReadOnlySpan<byte> written, ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(written) == Masked(bytes);

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        const uint Delta = 0xa282ead8;
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + Delta);
    }

    private static ServingException Damaged() => new(StatusCode.DataLoss, "The file of warm-up requests is damaged.");
}
