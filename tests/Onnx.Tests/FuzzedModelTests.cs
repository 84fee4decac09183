using System.Globalization;
using Google.Protobuf;
using TensorGraph.OnnxFormat;
using Xunit.Abstractions;
using static TensorGraph.Tests.Onnx;

namespace TensorGraph.Tests;

/// <summary>Thousands of changes of small models, in their bytes and in their parts, end in a model or in a typed error.</summary>
public sealed class FuzzedModelTests(ITestOutputHelper output)
{
    private const int Changes = 3000;

    // What reading and compiling one small model allocates, with room.
    private const long MostBytes = 64 << 20;

    private static readonly long[] Numbers = [0, 1, -1, 2, 3, 7, 13, 64, 1000, int.MaxValue, int.MinValue, 1L << 31, 1L << 40, long.MaxValue, long.MinValue];

    private static readonly string[] Operators = [.. OperatorRules.All.Keys, "Unknown", ""];

    private static ModelProto[] Bases()
    {
        var loop = Graph("i: i64[]; c: bool[]; s: f32[2]", "d t u", Node("Identity", "c", "d"), Node("Cast", "i", "f", ("to", 1L)), Node("Add", "s f", "t"), Node("Mul", "t t", "u"));
        var scan = Graph("s: f32[2]; r: f32[2]", "u v", Node("Add", "s r", "u"), Node("Mul", "u r", "v"));
        return
        [
            .. OperatorCases.All.Where((_, i) => i % 3 == 0).Select(each => each.Model(isOpen: each.MayBeOpen)),
            Model(Graph("m: i64[]; x: f32[2]", "y rows", Node("Loop", "m _ x", "y rows", ("body", loop)))),
            Model(Graph("h: f32[2]; x: f32[n, 2]", "y rows", Node("Scan", "h x", "y rows", ("num_scan_inputs", 1L), ("body", scan)))),
            Model(Graph("c: bool[]; x: f32[n, 2]", "y", Node("If", "c", "y", ("then_branch", Graph("", "a", Node("Concat", "x x", "a", ("axis", 0L)))), ("else_branch", Graph("", "b", Node("Neg", "x", "b")))))),
            Model(Graph("x: f32[n, m, 6]", "y", Node("Shape", "x", "s"), Number("one", 1), Node("Gather", "s one", "m"), List("axes", 0), Node("Unsqueeze", "m axes", "first"),
                List("rest", -1), Node("Concat", "first rest", "shape", ("axis", 0L)), Node("Reshape", "x shape", "y"))),
        ];
    }

    [Fact]
    public void Changed_models_are_read_or_refused()
    {
        var bases = Bases();
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int seed = 0; seed < Changes; seed++)
        {
            var random = new Random(seed);
            var model = bases[random.Next(bases.Length)].Clone();
            string end;
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                for (int i = random.Next(1, 4); i > 0; i--)
                    Change(random, model);
                if (random.Next(3) == 0)
                    model = ModelProto.Parser.ParseFrom(Change(random, model.ToByteArray()));
                ModelFile.Import(model);
                end = "read";
            }
            catch (InvalidProtocolBufferException)
            {
                end = "no protobuf";
            }
            catch (InvalidDataException)
            {
                end = DiagnosticIds.BadData;
            }
            catch (GraphException fault) when (fault.Id == DiagnosticIds.NotFromOnnx)
            {
                end = fault.Id;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {fault.GetType().Name}: {fault.Message}\n{model}"), fault);
            }

            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(bytes < MostBytes, $"seed {seed}: {bytes} bytes\n{model}");
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        output.WriteLine(string.Join(", ", ends.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(ends["read"] > Changes / 20);
    }

    private static byte[] Change(Random random, byte[] bytes)
    {
        switch (bytes.Length == 0 ? 3 : random.Next(4))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1: return bytes[..random.Next(bytes.Length)];
            case 2:
                int from = random.Next(bytes.Length), count = random.Next(1, 20);
                return [.. bytes[..from], .. bytes.Skip(random.Next(bytes.Length)).Take(count), .. bytes[from..]];
            default: return [.. bytes, (byte)random.Next(256), 0xff, 0xff, 0xff, 0xff, 0x0f];
        }
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private static void Change(Random random, ModelProto model)
    {
        var graph = model.Graph;
        var nodes = AllNodes(graph).ToArray();
        if (random.Next(12) == 0)
        {
            model.OpsetImport[0].Version = random.Next(5, 24);
            return;
        }

        if (graph.Initializer.Count > 0 && random.Next(4) == 0)
        {
            Change(random, Pick(random, graph.Initializer));
            return;
        }

        if (graph.Input.Count > 0 && random.Next(5) == 0)
        {
            var tensor = Pick(random, graph.Input).Type?.TensorType;
            if (tensor?.Shape is { } shape && shape.Dim.Count > 0 && random.Next(2) == 0)
                shape.Dim[random.Next(shape.Dim.Count)] = random.Next(3) == 0 ? new() { DimParam = "n" } : new() { DimValue = Pick(random, Numbers) };
            else if (tensor?.Shape is { } other && random.Next(2) == 0)
                other.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = Pick(random, Numbers) });
            else if (tensor is not null)
                tensor.ElemType = random.Next(18);
            return;
        }

        if (nodes.Length > 0)
            Change(random, Pick(random, nodes), graph);
    }

    private static IEnumerable<NodeProto> AllNodes(GraphProto graph) =>
        graph.Node.SelectMany(node => node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => AllNodes(attribute.G)).Prepend(node));

    private static void Change(Random random, TensorProto tensor)
    {
        switch (random.Next(4))
        {
            case 0 when tensor.Dims.Count > 0: tensor.Dims[random.Next(tensor.Dims.Count)] = Pick(random, Numbers); break;
            case 1: tensor.Dims.Add(Pick(random, Numbers)); break;
            case 2: tensor.DataType = random.Next(18); break;
            default:
                // Other elements of the same length: numbers where there were sizes.
                byte[] raw = tensor.RawData.ToByteArray();
                if (raw.Length >= 8)
                    BitConverter.GetBytes(Pick(random, Numbers)).CopyTo(raw, random.Next(raw.Length / 8) * 8);
                tensor.RawData = ByteString.CopyFrom(raw);
                break;
        }
    }

    private static void Change(Random random, NodeProto node, GraphProto graph)
    {
        string[] names = [.. graph.Input.Select(input => input.Name), .. graph.Initializer.Select(tensor => tensor.Name), .. graph.Node.SelectMany(each => each.Output), ""];
        switch (random.Next(9))
        {
            case 0: node.OpType = Pick(random, Operators); break;
            case 1 when node.Input.Count > 0: node.Input[random.Next(node.Input.Count)] = Pick(random, names); break;
            case 2: node.Input.Add(Pick(random, names)); break;
            case 3 when node.Input.Count > 0: node.Input.RemoveAt(random.Next(node.Input.Count)); break;
            case 4: node.Output.Add($"z{random.Next(3)}"); break;
            case 5 when node.Attribute.Count > 0: node.Attribute.RemoveAt(random.Next(node.Attribute.Count)); break;
            case 6: graph.Node.Insert(random.Next(graph.Node.Count + 1), node.Clone()); break;
            case 7: node.Attribute.Add(OperatorCase.Of(Pick(random, ["axis", "axes", "keepdims", "perm", "pads", "to", "k"]), random.Next(2) == 0 ? Pick(random, Numbers) : new[] { Pick(random, Numbers) })); break;
            default:
                if (node.Attribute.Count > 0)
                    Change(random, Pick(random, node.Attribute));
                break;
        }
    }

    private static void Change(Random random, AttributeProto attribute)
    {
        switch (attribute.Type)
        {
            case AttributeProto.Types.AttributeType.Int: attribute.I = Pick(random, Numbers); break;
            case AttributeProto.Types.AttributeType.Float: attribute.F = Pick(random, [0, -1, float.NaN, float.PositiveInfinity, float.MaxValue]); break;
            case AttributeProto.Types.AttributeType.Ints when attribute.Ints.Count > 0: attribute.Ints[random.Next(attribute.Ints.Count)] = Pick(random, Numbers); break;
            case AttributeProto.Types.AttributeType.Ints: attribute.Ints.Add(Pick(random, Numbers)); break;
            case AttributeProto.Types.AttributeType.String: attribute.S = ByteString.CopyFromUtf8(Pick(random, ["", "SAME_UPPER", "linear", "none", "ij->", "...,->ij"])); break;
            case AttributeProto.Types.AttributeType.Tensor when attribute.T is not null: Change(random, attribute.T); break;
            case AttributeProto.Types.AttributeType.Graph when attribute.G?.Input.Count > 0 && random.Next(2) == 0: attribute.G.Input.RemoveAt(0); break;
            case AttributeProto.Types.AttributeType.Graph when attribute.G?.Output.Count > 0: attribute.G.Output.Add(attribute.G.Output[0].Clone()); break;
            default: attribute.Type = (AttributeProto.Types.AttributeType)random.Next(9); break;
        }
    }
}
