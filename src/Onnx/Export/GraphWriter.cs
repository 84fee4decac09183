using TensorGraph.Ir;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>
/// One graph of a model under construction: its nodes in order, and the name of each value in the file. An inner graph, the body of a loop or a
/// branch, sees the names of the graphs around it, so that captures need no inputs.
/// </summary>
internal sealed class GraphWriter(ModelParts parts, GraphWriter? outer = null)
{
    private readonly Dictionary<Value, string> _names = [];
    private readonly Dictionary<string, string> _sizes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private int _first;

    /// <summary>The graph.</summary>
    public GraphProto Proto { get; } = new() { Name = outer is null ? "main" : parts.Unique("inner") };

    /// <summary>Names and constants of the model.</summary>
    public ModelParts Parts => parts;

    /// <summary>Name that new nodes get: the user's scopes and the op.</summary>
    public string Label { get; set; } = outer?.Label ?? "";

    /// <summary>The name of a value.</summary>
    public string NameOf(Value value) => _names.TryGetValue(value, out string? name) ? name
        : outer?.NameOf(value) ?? throw new InvalidOperationException($"{value.Node} is not in the file yet");

    /// <summary>Says under which name a value is in the file.</summary>
    public void Name(Value value, string name) => _names[value] = name;

    /// <summary>An inner graph.</summary>
    public GraphWriter Inner() => new(parts, this);

    /// <summary>Adds a node with one output; returns its name.</summary>
    public string Add(string op, IEnumerable<string> inputs, params (string Name, object Value)[] attributes) => Add(op, 1, inputs, attributes)[0];

    /// <summary>Adds a node; returns the names of its outputs.</summary>
    public string[] Add(string op, int outputs, IEnumerable<string> inputs, params (string Name, object Value)[] attributes)
    {
        var node = NodeOf(op, outputs, inputs, attributes);
        Proto.Node.Add(node);
        return [.. node.Output];
    }

    private NodeProto NodeOf(string op, int outputs, IEnumerable<string> inputs, (string Name, object Value)[] attributes)
    {
        string label = Label.Length == 0 ? op : Label;
        var node = new NodeProto { OpType = op, Name = parts.Unique($"{label}/{op}") };
        node.Input.AddRange(inputs);
        for (int i = 0; i < outputs; i++)
        {
            node.Output.Add(parts.Unique(label));
            _made.Add(node.Output[i]);
        }

        node.Attribute.AddRange(attributes.Select(attribute => Attributes.Of(attribute.Name, attribute.Value)));
        return node;
    }

    /// <summary>Adds an input.</summary>
    public string Input(string wanted, TensorType type)
    {
        string name = parts.Unique(wanted);
        Proto.Input.Add(new ValueInfoProto { Name = name, Type = ElementTypes.Of(type) });
        return name;
    }

    /// <summary>Adds an output. A value that this graph does not compute, or gives twice, is copied to a name of its own.</summary>
    public void Output(string value, TensorType type, string? wanted = null)
    {
        string name = value;
        if (wanted is not null || !_made.Remove(value))
        {
            name = wanted ?? parts.Unique("output");
            Proto.Node.Add(new NodeProto { OpType = "Identity", Name = parts.Unique($"{name}/Identity"), Input = { value }, Output = { name } });
        }

        Proto.Output.Add(new ValueInfoProto { Name = name, Type = ElementTypes.Of(type) });
    }

    /// <summary>A list of numbers, i64.</summary>
    public string Numbers(params IEnumerable<long> numbers)
    {
        long[] all = [.. numbers];
        return parts.Constant(new Literal(new(DType.I64, [all.Length]), all));
    }

    /// <summary>A number without axes.</summary>
    public string Scalar(DType dtype, double number) => parts.Constant(Literal.Scalar(dtype, number));

    /// <summary>Says that a name of a size is the only number of a list.</summary>
    public void Bind(string symbol, string list) => _sizes[symbol] = list;

    /// <summary>Says that a name of a size is that of an axis of an input of this graph.</summary>
    public void Bind(string symbol, string input, int axis)
    {
        if (_sizes.ContainsKey(symbol))
            return;
        var node = NodeOf("Shape", 1, [input], [("start", axis), ("end", axis + 1)]);
        Proto.Node.Insert(_first++, node);
        _sizes[symbol] = node.Output[0];
    }

    /// <summary>A size as a list of one number, i64.</summary>
    public string Size(Dim size)
    {
        string text = size.ToString();
        return Known(text) ?? (_sizes[text] = size.Fold(new DimAlgebra<string>(
            number => Numbers(number),
            symbol => Known(symbol) ?? throw new InvalidOperationException($"size '{symbol}' is not in the file"),
            (a, b) => Add("Add", [a, b]),
            (a, b) => Add("Mul", [a, b]),
            (function, a, b) => function switch
            {
                DimFunction.Max => Add("Max", [a, b]),
                DimFunction.Min => Add("Min", [a, b]),
                // Div rounds toward 0; Mod has the sign of the divisor.
                _ => Add("Div", [Add("Sub", [a, Add("Mod", [a, b])]), b]),
            })));
    }

    /// <summary>Sizes as a list, i64.</summary>
    public string Sizes(IEnumerable<Dim> shape)
    {
        Dim[] sizes = [.. shape];
        if (sizes.All(size => size.IsConstant))
            return Numbers(sizes.Select(size => size.Value));
        var list = new List<string>();
        for (int i = 0; i < sizes.Length;)
        {
            int end = i;
            while (end < sizes.Length && sizes[end].IsConstant)
                end++;
            list.Add(end > i ? Numbers(sizes[i..end].Select(size => size.Value)) : Size(sizes[i]));
            i = Math.Max(end, i + 1);
        }

        return list.Count == 1 ? list[0] : Add("Concat", list, ("axis", 0));
    }

    private string? Known(string text) => _sizes.GetValueOrDefault(text) ?? outer?.Known(text);
}
