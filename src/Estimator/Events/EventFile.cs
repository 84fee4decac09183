using System.Buffers.Binary;

namespace TensorGraph;

/// <summary>Reads the curves in event files of TensorBoard.</summary>
internal static class EventFile
{
    private const int StepField = 2, SummaryField = 5, ValueField = 1, TagField = 1, NumberField = 2;
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    /// <summary>
    /// Numbers by step and name, of all files of a folder in the order in which they were written; of one point that was written twice the later one.
    /// Empty where there is no folder. A damaged file counts up to the damage.
    /// </summary>
    public static SortedDictionary<long, Dictionary<string, double>> ReadFolder(string folder)
    {
        var points = new SortedDictionary<long, Dictionary<string, double>>();
        if (!Directory.Exists(folder))
            return points;
        foreach (string file in DataFile.Try("events", folder, () => Directory.GetFiles(folder, "*tfevents*"))
            .OrderBy(File.GetLastWriteTimeUtc).ThenBy(path => path, StringComparer.Ordinal))
        {
            foreach (var (step, name, value) in Read(file))
            {
                if (!points.TryGetValue(step, out var numbers))
                    points[step] = numbers = new(StringComparer.Ordinal);
                numbers[name] = value;
            }
        }

        return points;
    }

    private static List<(long Step, string Name, double Value)> Read(string path)
    {
        var found = new List<(long, string, double)>();
        byte[] bytes = DataFile.Try("events", path, () => ReadShared(path));
        try
        {
            // A record: length, its checksum, the message, its checksum.
            for (int at = 0; at + 12 <= bytes.Length;)
            {
                ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
                if (length > (ulong)(bytes.Length - at - 16 < 0 ? 0 : bytes.Length - at - 16))
                    break;
                AddEvent(bytes.AsSpan(at + 12, (int)length), found);
                at += 16 + (int)length;
            }
        }
        catch (InvalidDataException)
        {
            // What comes before the damage counts.
        }

        return found;
    }

    // Another process may be writing it.
    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static void AddEvent(ReadOnlySpan<byte> message, List<(long, string, double)> found)
    {
        long step = 0;
        var values = new List<(string, double)>();
        while (Next(ref message, out int field, out ulong number, out var content))
        {
            if (field == StepField)
                step = (long)number;
            else if (field == SummaryField)
                AddSummary(content, values);
        }

        found.AddRange(values.Select(value => (step, value.Item1, value.Item2)));
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
}
