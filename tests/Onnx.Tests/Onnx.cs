using TensorGraph.OnnxFormat;

namespace TensorGraph.Tests;

/// <summary>Short names for parts of models.</summary>
internal static class Onnx
{
    /// <summary>A node; names are apart by spaces, and an underscore is an input or output that is left out.</summary>
    public static NodeProto Node(string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = op };
        node.Input.AddRange(Names(inputs));
        node.Output.AddRange(Names(outputs));
        node.Attribute.AddRange(attributes.Select(attribute => OperatorCase.Of(attribute.Name, attribute.Value)));
        return node;
    }

    /// <summary>A graph; inputs are <c>x: f32[n, 2]</c> with a semicolon between them.</summary>
    public static GraphProto Graph(string inputs, string outputs, params NodeProto[] nodes)
    {
        var graph = new GraphProto { Name = "graph" };
        foreach (string input in inputs.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var spec = TensorSpec.Parse(input[(input.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            graph.Input.Add(new ValueInfoProto { Name = input[..input.IndexOf(':', StringComparison.Ordinal)], Type = ElementTypes.Of(new TensorType(spec.DType, spec.Shape)) });
        }

        graph.Output.AddRange(Names(outputs).Select(name => new ValueInfoProto { Name = name }));
        graph.Node.AddRange(nodes);
        return graph;
    }

    public static GraphProto With(this GraphProto graph, string name, Literal value)
    {
        graph.Initializer.Add(TensorWriter.Of(name, value));
        return graph;
    }

    public static ModelProto Model(GraphProto graph, long opset = 17) => OperatorCase.Of(graph, opset);

    public static NodeProto Constant(string name, Literal value) => Node("Constant", "", name, ("value", value));

    public static NodeProto Number(string name, long value) => Constant(name, Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => value));

    public static NodeProto List(string name, params long[] values) => Constant(name, new(new(DType.I64, [values.Length]), values));

    private static IEnumerable<string> Names(string names) =>
        names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name == "_" ? "" : name);
}
