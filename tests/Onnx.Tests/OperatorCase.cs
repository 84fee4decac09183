using Google.Protobuf;
using TensorGraph.OnnxFormat;
using Kind = TensorGraph.OnnxFormat.AttributeProto.Types.AttributeType;

namespace TensorGraph.Tests;

/// <summary>An input of an operator.</summary>
/// <param name="Value">What it is; null where it is left out.</param>
/// <param name="IsConstant">True for one that the model has itself.</param>
internal sealed record Arg(Literal? Value, bool IsConstant = false)
{
    public static implicit operator Arg(Literal value) => new(value);

    /// <summary>An input that is left out.</summary>
    public static Arg None { get; } = new(null);

    public static Arg Const(Literal value) => new(value, IsConstant: true);

    /// <summary>A constant list of integers.</summary>
    public static Arg List(params long[] numbers) => Const(new(new(DType.I64, [numbers.Length]), numbers));

    /// <summary>A constant list of floats.</summary>
    public static Arg Floats(params float[] numbers) => Const(new(new(DType.F32, [numbers.Length]), numbers));

    /// <summary>A constant number.</summary>
    public static Arg Number(DType dtype, double number) => Const(Literal.Scalar(dtype, number));
}

/// <summary>A model of one operator, with values for its inputs.</summary>
internal sealed record OperatorCase(long Opset, string Operator, Arg[] Inputs, params (string Name, object Value)[] Attributes)
{
    /// <summary>How many results are asked for.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>False where the size of the first axis must be known when the model is read.</summary>
    public bool MayBeOpen { get; init; } = true;

    public Literal[] Given => [.. Inputs.Where(input => input is { Value: not null, IsConstant: false }).Select(input => input.Value!)];

    /// <summary>The model, with a name in place of the first size of the first input if that is to be open.</summary>
    public ModelProto Model(bool isOpen)
    {
        var graph = new GraphProto { Name = "case" };
        // The domain is in front of the name; rules of it have one version.
        int dot = Operator.LastIndexOf('.');
        var node = new NodeProto { OpType = Operator[(dot + 1)..], Domain = dot < 0 ? "" : Operator[..dot], Name = "node" };
        foreach (var (i, (value, isConstant)) in Inputs.Select(input => (input.Value, input.IsConstant)).Index())
        {
            node.Input.Add(value is null ? "" : $"x{i}");
            if (value is null)
                continue;
            if (isConstant)
                graph.Initializer.Add(TensorWriter.Of($"x{i}", value));
            else
                graph.Input.Add(new ValueInfoProto { Name = $"x{i}", Type = ElementTypes.Of(Open(value.Type, isOpen && graph.Input.Count == 0)) });
        }

        for (int i = 0; i < Outputs; i++)
        {
            node.Output.Add($"y{i}");
            graph.Output.Add(new ValueInfoProto { Name = $"y{i}" });
        }

        node.Attribute.AddRange(Attributes.Select(attribute => Of(attribute.Name, attribute.Value)));
        graph.Node.Add(node);
        if (dot < 0)
            return Of(graph, Opset);
        var model = Of(graph, 17);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Operator[..dot], Version = Opset });
        return model;
    }

    public static ModelProto Of(GraphProto graph, long opset) =>
        new() { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset } } };

    public static AttributeProto Of(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case float number:
                return TensorGraph.Attributes.Of(name, (double)number);
            case float[] numbers:
                attribute.Type = Kind.Floats;
                attribute.Floats.AddRange(numbers);
                return attribute;
            case string[] texts:
                attribute.Type = Kind.Strings;
                attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                return attribute;
            case Literal literal:
                (attribute.Type, attribute.T) = (Kind.Tensor, TensorWriter.Of(name, literal));
                return attribute;
            default:
                return TensorGraph.Attributes.Of(name, value);
        }
    }

    private static TensorType Open(TensorType type, bool isOpen) => isOpen && type.Rank > 0 ? type.As(type.Shape.With(0, Dim.Symbol("n"))) : type;

    public override string ToString() => $"{Operator} {Opset} ({string.Join(", ", Inputs.Select(Text))}) "
        + string.Join(" ", Attributes.Select(attribute => $"{attribute.Name}={Text(attribute.Value)}"));

    private static string Text(Arg input) => input.Value is { Type.DType: DType.I64, Count: < 9 } list ? $"{list.Type} {list}" : $"{input.Value?.Type}";

    private static string Text(object value) => value is System.Collections.IEnumerable list and not string and not Google.Protobuf.IMessage
        ? $"[{string.Join(", ", list.Cast<object>())}]" : $"{value}";
}
