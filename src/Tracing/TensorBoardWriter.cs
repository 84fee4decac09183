using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using TensorGraph.Recording;

namespace TensorGraph;

/// <summary>Writes graphs and scalars into an event file that TensorBoard reads. Made by <see cref="GraphRecorder.TensorBoard"/>.</summary>
public sealed class TensorBoardWriter : IDisposable
{
    // Fields of Event, Summary and Summary.Value.
    private const int EventTime = 1, EventStep = 2, EventVersion = 3, EventGraph = 4, EventSummary = 5;
    private const int SummaryValue = 1, ValueTag = 1, ValueNumber = 2;
    private const string Version = "brain.Event:2";
    private const double MillisecondsOfSecond = 1000;

    private static int s_files;

    private readonly Lock _gate = new();
    private readonly FileStream _file;

    internal TensorBoardWriter(string folder)
    {
        Directory.CreateDirectory(folder);
        long seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture,
            $"events.out.tfevents.{seconds}.tensorgraph.{Environment.ProcessId}.{Interlocked.Increment(ref s_files)}"));
        _file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        Write(Event(DateTimeOffset.UtcNow, 0).Add(EventVersion, Version));
    }

    private TensorBoardWriter(FileStream file) => (Path, _file) = (file.Name, file);

    /// <summary>Goes on at the end of a file that a writer has closed.</summary>
    internal static TensorBoardWriter Reopen(string path) => new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Adds a point to a curve.</summary>
    /// <param name="tag">Name of the curve; a part before a slash groups it.</param>
    /// <param name="value">The value.</param>
    /// <param name="step">The step.</param>
    public void AddScalar(string tag, double value, long step) => AddScalar(tag, value, step, DateTimeOffset.UtcNow);

    /// <summary>Adds a graph; TensorBoard shows one for each folder.</summary>
    public void AddGraph(Ir.Graph graph) => Write(Event(DateTimeOffset.UtcNow, 0).Add(EventGraph, TensorBoardGraph.Of(Check.NotNull(graph))));

    /// <summary>Writes what is buffered to the disk.</summary>
    public void Flush()
    {
        lock (_gate)
            _file.Flush();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
            _file.Dispose();
    }

    internal void AddScalar(string tag, double value, long step, DateTimeOffset time) => Write(Event(time, step).Add(
        EventSummary, new ProtoWriter().Add(SummaryValue, new ProtoWriter().Add(ValueTag, Check.NotNull(tag)).Add(ValueNumber, (float)value))));

    private static ProtoWriter Event(DateTimeOffset time, long step) =>
        new ProtoWriter().Add(EventTime, time.ToUnixTimeMilliseconds() / MillisecondsOfSecond).Add(EventStep, step);

    // A record: length, its checksum, the message, its checksum.
    private void Write(ProtoWriter message)
    {
        byte[] bytes = message.ToArray();
        byte[] record = new byte[sizeof(ulong) + sizeof(uint) + bytes.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), Checksum(record.AsSpan(0, sizeof(ulong))));
        bytes.CopyTo(record, sizeof(ulong) + sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), Checksum(bytes));
        lock (_gate)
            _file.Write(record);
    }

    // CRC-32C, rotated and shifted, so that a checksum of data that holds checksums is a good one.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
