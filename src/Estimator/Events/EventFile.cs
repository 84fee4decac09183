using System.Buffers.Binary;

namespace TensorGraph;

/// <summary>Reads the curves in an event file of TensorBoard, from where the last look ended.</summary>
internal sealed class EventFile(string path)
{
    private const int TimeField = 1, StepField = 2, SummaryField = 5, ValueField = 1, TagField = 1, NumberField = 2;
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private readonly List<Point> _points = [];
    private FileStamp _stamp;
    private long _end;

    /// <summary>All points so far. A damaged file counts up to the damage.</summary>
    public IReadOnlyList<Point> Points => _points;

    /// <summary>When it was written.</summary>
    public DateTime Written => _stamp.Written;

    /// <summary>Reads what was added; all of it where the file is another one.</summary>
    public void Update()
    {
        var stamp = FileStamp.Of(path);
        if (stamp == _stamp)
            return;
        if (stamp.Length <= _stamp.Length)
        {
            _points.Clear();
            _end = 0;
        }

        _stamp = stamp;
        if (!stamp.IsThere)
            return;
        byte[] bytes = DataFile.Try("events", path, () => ReadShared(path, _end));
        int at = 0;
        try
        {
            // A record: length, its checksum, the message, its checksum.
            while (at + 12 <= bytes.Length)
            {
                ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
                if (length > (ulong)(bytes.Length - at - 16 < 0 ? 0 : bytes.Length - at - 16))
                    break;
                AddEvent(bytes.AsSpan(at + 12, (int)length), _points);
                at += 16 + (int)length;
            }
        }
        catch (InvalidDataException)
        {
            // What comes before the damage counts.
        }

        _end += at;
    }

    // Another process may be writing it.
    private static byte[] ReadShared(string path, long from)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = from;
        byte[] bytes = new byte[Math.Max(0, file.Length - from)];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static void AddEvent(ReadOnlySpan<byte> message, List<Point> found)
    {
        long step = 0;
        double time = 0;
        var values = new List<(string, double)>();
        while (Next(ref message, out int field, out ulong number, out var content))
        {
            if (field == StepField)
                step = (long)number;
            else if (field == TimeField)
                time = BitConverter.UInt64BitsToDouble(number);
            else if (field == SummaryField)
                AddSummary(content, values);
        }

        found.AddRange(values.Select(value => new Point(time, step, value.Item1, value.Item2)));
    }

    private static void AddSummary(ReadOnlySpan<byte> summary, List<(string, double)> values)
    {
        while (Next(ref summary, out int field, out _, out var value))
        {
            if (field != ValueField)
                continue;
            string tag = "";
            double? point = null;
            while (Next(ref value, out int part, out ulong number, out var content))
            {
                if (part == TagField)
                    tag = System.Text.Encoding.UTF8.GetString(content);
                else if (part == NumberField)
                    point = BitConverter.UInt32BitsToSingle((uint)number);
            }

            if (point is { } known)
                values.Add((tag, known));
        }
    }

    private static bool Next(ref ReadOnlySpan<byte> message, out int field, out ulong number, out ReadOnlySpan<byte> content)
    {
        (field, number) = (0, 0);
        content = default;
        if (message.IsEmpty)
            return false;
        ulong key = Number(ref message);
        field = (int)(key >> 3);
        switch ((int)(key & 7))
        {
            case Varint:
                number = Number(ref message);
                return true;
            case Fixed64:
                number = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, sizeof(ulong)));
                return true;
            case Fixed32:
                number = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, sizeof(uint)));
                return true;
            case Bytes:
                content = Take(ref message, Number(ref message));
                return true;
            default:
                throw new InvalidDataException("an event has a field of an unknown kind");
        }
    }

    private static ulong Number(ref ReadOnlySpan<byte> message)
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(ref message, 1)[0];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return number;
        }

        throw new InvalidDataException("an event has a number that is too long");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> message, ulong count)
    {
        if (count > (ulong)message.Length)
            throw new InvalidDataException("an event is cut short");
        var taken = message[..(int)count];
        message = message[(int)count..];
        return taken;
    }

    /// <summary>A number of a curve.</summary>
    /// <param name="Time">Seconds since 1970.</param>
    /// <param name="Step">The step.</param>
    /// <param name="Name">Name of the curve.</param>
    /// <param name="Value">The number.</param>
    public readonly record struct Point(double Time, long Step, string Name, double Value);
}
