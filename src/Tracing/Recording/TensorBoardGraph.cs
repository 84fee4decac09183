using System.Globalization;
using TensorGraph.Ir;

namespace TensorGraph.Recording;

/// <summary>A graph as TensorBoard's <c>GraphDef</c>. A block is a name scope of the node that owns it.</summary>
internal sealed class TensorBoardGraph
{
    // Fields of GraphDef, NodeDef, AttrValue and TensorShapeProto.
    private const int GraphNode = 1, GraphVersions = 4, VersionsProducer = 1;
    private const int NodeName = 1, NodeOp = 2, NodeInput = 3, NodeAttr = 5;
    private const int EntryKey = 1, EntryValue = 2;
    private const int ValueList = 1, ValueText = 2, ListShape = 7, ShapeDim = 2, DimSize = 1;
    private const int Producer = 1;

    private readonly ProtoWriter _graph = new();
    private readonly Dictionary<Value, string> _names = [];
    private readonly Dictionary<string, int> _uses = [];

    private TensorBoardGraph()
    {
    }

    /// <summary>The message.</summary>
    public static byte[] Of(Ir.Graph graph)
    {
        var writer = new TensorBoardGraph();
        writer.Add(graph.Entry, "");
        writer._graph.Add(GraphVersions, new ProtoWriter().Add(VersionsProducer, Producer));
        return writer._graph.ToArray();
    }

    private void Add(Region region, string scope)
    {
        foreach (var parameter in region.Parameters)
            Add(parameter, scope, parameter.Attrs.Get("name", "") is { Length: > 0 } name ? name : "parameter", "Placeholder");
        foreach (var node in region.Body)
        {
            string name = Add(node, scope, node.Op.Name, node.Op.Name);
            foreach (var (i, inner) in node.Regions.Index())
                Add(inner, $"{name}/{node.Op.Regions?.NameOf(i) ?? "body"}_{i}/");
        }

        foreach (var (i, result) in region.Results.Index())
        {
            var message = new ProtoWriter().Add(NodeName, Unique(scope + "result")).Add(NodeOp, "Identity").Add(NodeInput, _names[result]);
            AddShapes(message, [result.Type]);
            _graph.Add(GraphNode, message);
        }
    }

    private string Add(Node node, string scope, string called, string op)
    {
        string name = Unique(scope + new string([.. called.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '/' ? c : '_')]));
        var message = new ProtoWriter().Add(NodeName, name).Add(NodeOp, op);
        foreach (var input in node.Inputs)
            message.Add(NodeInput, _names[input]);
        AddShapes(message, [.. node.Types]);
        AddText(message, "types", string.Join(", ", node.Types));
        if (node.Source.IsKnown)
            AddText(message, "source", node.Source.ToString());
        foreach (var (key, value) in node.Attrs.Where(attr => attr.Value is not Literal { Count: > 1 }))
            AddText(message, key, $"{value}");
        _graph.Add(GraphNode, message);
        for (int i = 0; i < node.Types.Length; i++)
            _names[node[i]] = i == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{i}");
        return name;
    }

    private static void AddShapes(ProtoWriter message, TensorType[] types)
    {
        var list = new ProtoWriter();
        foreach (var type in types)
        {
            var shape = new ProtoWriter();
            foreach (var dim in type.Shape)
                shape.Add(ShapeDim, new ProtoWriter().Add(DimSize, dim.ValueOr(-1)));
            list.Add(ListShape, shape);
        }

        message.Add(NodeAttr, new ProtoWriter().Add(EntryKey, "_output_shapes").Add(EntryValue, new ProtoWriter().Add(ValueList, list)));
    }

    private static void AddText(ProtoWriter message, string key, string text) =>
        message.Add(NodeAttr, new ProtoWriter().Add(EntryKey, key).Add(EntryValue, new ProtoWriter().Add(ValueText, text)));

    private string Unique(string name)
    {
        int use = _uses[name] = _uses.GetValueOrDefault(name, -1) + 1;
        return use == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}_{use}");
    }
}
