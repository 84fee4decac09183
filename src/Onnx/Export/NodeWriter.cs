using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Adds to a graph of the file what a node becomes; returns the names of its results.</summary>
internal delegate string[] Spell(NodeWriter node);

/// <summary>A spelling of an op in ONNX.</summary>
/// <param name="Emit">Adds the nodes.</param>
/// <param name="Fits">Whether a node can be spelled so; a composite that can't is given by simpler ops. Null: each can.</param>
internal sealed record Spelling(Spell Emit, Func<Node, bool>? Fits = null)
{
    public static implicit operator Spelling(Spell emit) => new(emit);
}

/// <summary>A node that is being written, and short names for what spellings write all the time.</summary>
internal sealed class NodeWriter(GraphWriter graph, Node node)
{
    public GraphWriter Graph => graph;

    public Node Node => node;

    public Attrs Attrs => node.Attrs;

    public string X => In(0);

    public string Y => In(1);

    public DType DType => node.Inputs[0].DType;

    /// <summary>Shape of an input.</summary>
    public Shape ShapeOf(int input = 0) => node.Inputs[input].Shape;

    /// <summary>Shape of a result.</summary>
    public Shape Result(int index = 0) => node.Types[index].Shape;

    /// <summary>Name of an input.</summary>
    public string In(int index) => graph.NameOf(node.Inputs[index]);

    /// <summary>Names of all inputs.</summary>
    public IEnumerable<string> Inputs => node.Inputs.Select(graph.NameOf);

    public int Axis => (int)node.Attrs.Get<long>("axis");

    public string Add(string op, params IEnumerable<string> inputs) => graph.Add(op, inputs);

    public string Add(string op, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) => graph.Add(op, inputs, attributes);

    public string Cast(string value, DType dtype) => graph.Add("Cast", [value], ("to", (long)ElementTypes.Of(dtype)));

    /// <summary>A number of the dtype of the first input.</summary>
    public string Number(double number) => graph.Scalar(DType, number);

    public string Reshape(string value, IEnumerable<Dim> shape)
    {
        Dim[] sizes = [.. shape];
        // One open size is what is left, when no other size is 0.
        if (sizes.Count(size => !size.IsConstant) == 1 && !sizes.Any(size => size.Is(0)))
            return Add("Reshape", [value, graph.Numbers(sizes.Select(size => size.IsConstant ? size.Value : -1))]);
        return Add("Reshape", [value, graph.Sizes(sizes)], ("allowzero", 1));
    }

    public string Transpose(string value, IReadOnlyList<int> order) =>
        order.Index().All(entry => entry.Index == entry.Item) ? value : Add("Transpose", [value], ("perm", order.Select(axis => (long)axis)));

    /// <summary>Undoes a transposition: axis i becomes axis order[i].</summary>
    public string TransposeBack(string value, IReadOnlyList<int> order) =>
        Transpose(value, [.. Enumerable.Range(0, order.Count).Select(axis => order.Index().First(entry => entry.Item == axis).Index)]);

    public string Unsqueeze(string value, params IEnumerable<long> axes) => Add("Unsqueeze", value, graph.Numbers(axes));

    /// <summary>A list of one number as a number without axes.</summary>
    public string Squeeze(string value) => Add("Squeeze", value, graph.Numbers(0));

    /// <summary>A refusal of this node.</summary>
    public GraphException Refuse(string reason) => GraphExporter.Refused(node, reason);
}
