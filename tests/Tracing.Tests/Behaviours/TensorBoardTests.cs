using System.Buffers.Binary;
using System.Text;

namespace TensorGraph.Tests.Behaviours;

/// <summary>Event files are read back by the published record format, and their messages by the numbers of their fields.</summary>
[Collection(ProcessState.Name)]
public sealed partial class TensorBoardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-board-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_checksum_of_this_test_is_the_published_one() => Assert.Equal(0xe3069283u, Crc(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Scalars_are_events_with_tag_step_and_value()
    {
        var events = Written(writer =>
        {
            writer.AddScalar("train/loss", 2.5, 1);
            writer.AddScalar("train/loss", double.NaN, 300);
        });
        Assert.Equal("brain.Event:2", Text(events[0], 3));
        Assert.InRange(BitConverter.Int64BitsToDouble((long)(ulong)events[0][1].Single()), 1.6e9, 1e11);
        Assert.Equal([1L, 300], events.Skip(1).Select(line => (long)(ulong)line[2].Single()));
        var values = events.Skip(1).Select(line => Message(Bytes(Message(Bytes(line, 5)), 1))).ToArray();
        Assert.All(values, value => Assert.Equal("train/loss", Text(value, 1)));
        Assert.Equal([2.5f, float.NaN], values.Select(value => BitConverter.UInt32BitsToSingle((uint)(ulong)value[2].Single())));
    }

    [Fact]
    public void A_graph_is_one_node_each_with_op_inputs_shapes_and_source()
    {
        Halved(Ops.Ones(2, 3), 3f);
        var graph = GraphFunction.Of(Halved).ConcreteFunctions[0].Graph;
        var events = Written(writer => writer.AddGraph(graph));
        var definition = Message(Bytes(events[1], 4));
        var nodes = definition[1].Select(node => Message((byte[])node)).ToArray();
        string[] names = [.. nodes.Select(node => Text(node, 1))];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Contains("while/body_1/mul", names);
        // Each input is a node that comes before.
        for (int i = 0; i < nodes.Length; i++)
            Assert.All(nodes[i][3].Select(input => Encoding.UTF8.GetString((byte[])input).Split(':')[0]), input => Assert.Contains(input, names.Take(i)));
        var x = nodes.Single(node => Text(node, 1) == "x");
        Assert.Equal("Placeholder", Text(x, 2));
        var attributes = x[5].Select(entry => Message((byte[])entry)).ToDictionary(entry => Text(entry, 1), entry => Message(Bytes(entry, 2)));
        var shape = Message(Bytes(Message(Bytes(attributes["_output_shapes"], 1)), 7));
        Assert.Equal([2ul, 3], shape[2].Select(dim => (ulong)Message((byte[])dim)[1].Single()));
        Assert.Contains(nodes, node => node[5].Select(entry => Message((byte[])entry)).Any(entry => Text(entry, 1) == "source"
            && Text(Message(Bytes(entry, 2)), 2).StartsWith("TensorBoardTests.cs:", StringComparison.Ordinal)));
    }

    [GraphFunction]
    private static Tensor Halved(Tensor x, Tensor count)
    {
        for (Tensor i = 0f; i < count; i += 1)
            x = x * 0.5f;
        return x;
    }

    private ILookup<int, object>[] Written(Action<TensorBoardWriter> write)
    {
        string path;
        using (var writer = GraphRecorder.TensorBoard(_folder))
        {
            path = writer.Path;
            write(writer);
        }

        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(path), StringComparison.Ordinal);
        byte[] file = File.ReadAllBytes(path);
        var events = new List<ILookup<int, object>>();
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] message = file.AsSpan(at + 12, length).ToArray();
            Assert.Equal(Masked(message), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            events.Add(Message(message));
            at += 16 + length;
        }

        return [.. events];
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
        }

        return ~crc;
    }

    // By field number: numbers as ulong, the rest as bytes.
    private static ILookup<int, object> Message(byte[] bytes)
    {
        var fields = new List<(int Field, object Value)>();
        int at = 0;
        while (at < bytes.Length)
        {
            ulong key = Number();
            object value = (key & 7) switch
            {
                0 => Number(),
                1 => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
                2 => Take((int)Number()),
                5 => (ulong)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
                _ => throw new InvalidDataException($"wire type {key & 7}"),
            };
            fields.Add(((int)(key >> 3), value));
        }

        return fields.ToLookup(field => field.Field, field => field.Value is ulong number ? (object)number : field.Value);

        byte[] Take(int count) => bytes[at..(at += count)];

        ulong Number()
        {
            ulong number = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = bytes[at++];
                number |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    return number;
            }
        }
    }

    private static byte[] Bytes(ILookup<int, object> message, int field) => (byte[])message[field].Single();

    private static string Text(ILookup<int, object> message, int field) => Encoding.UTF8.GetString(Bytes(message, field));
}
