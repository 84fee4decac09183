using TensorGraph.Ir;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>From a graph of a model to a graph as traced. Nodes are read in the order of the file, which is that of their computation.</summary>
internal sealed class GraphImporter(
    TensorReader tensors, ModelWeights weights, IReadOnlyDictionary<(string Domain, string Name), FunctionProto> functions, int nodes)
{
    public const string Step = "onnx_import";

    // Deeper nesting than any model has; a stack holds it.
    private const int MostDepth = 48;

    private readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal);

    // Functions that call functions must not make many nodes of few.
    private int _budget = 1000 + (50 * nodes);

    public Known Known { get; } = new(weights.ValueOf);

    public required TraceContext Trace { get; init; }

    public GraphBuilder Builder => Trace.Builder;

    /// <summary>TG1013 for a node.</summary>
    public GraphException Refused(NodeProto node, string problem, Exception? cause = null) => new(
        DiagnosticIds.NotFromOnnx, $"{Step}: operator {Label(node)} can't be in a graph: {problem}",
        "Export the model again with operators that docs/onnx.md lists, or with constants in place of what is computed.",
        SourceSpan.Capture(), cause);

    private static string Label(NodeProto node)
    {
        string name = node.Name.Length > 0 ? $"node '{node.Name}'" : $"the node of '{node.Output.FirstOrDefault("")}'";
        return $"{(node.Domain is "" or "ai.onnx" ? "" : $"{node.Domain}.")}{node.OpType} ({name})";
    }

    /// <summary>The item of a name.</summary>
    public Imported Find(ImportScope scope, string name) => scope.Find(name)
        ?? throw new InvalidDataException($"'{name}' is used before a node computes it, or nothing does");

    /// <summary>The value of an item, as the block under construction sees it.</summary>
    public Value Materialize(Imported item, NodeReader node)
    {
        if (item.IsUnsigned)
            throw node.Refuse("graphs have no unsigned integers of more than 8 bits");
        if (item.EmptyOf is not null)
            throw node.Refuse("the elements of the empty sequence have no known shape");
        if (item.Erased is { } erased)
            return OperatorRules.WithoutElement(node, erased.List, erased.Index);
        int before = Builder.Body.Count;
        var value = item.Make is { } make ? make() : item.Value!.Value;
        Note(before);
        return Seen(value);
    }

    /// <summary>A value as the block under construction sees it.</summary>
    public Value Seen(Value value)
    {
        var seen = Builder.InBlock(value);
        if (seen != value)
            Known.Same(value, seen);
        return seen;
    }

    /// <summary>Looks at the nodes of the block under construction from a number on.</summary>
    public void Note(int from)
    {
        for (int i = from; i < Builder.Body.Count; i++)
            Known.Note(Builder.Body[i]);
    }

    /// <summary>Adds the nodes of a graph.</summary>
    public void Body(ImportScope scope, GraphProto graph)
    {
        if (scope.Depth > MostDepth)
            throw new InvalidDataException($"graphs and functions are nested more than {MostDepth} deep");
        if (graph.SparseInitializer.Count > 0)
            throw new NotSupportedException("it has sparse weights");
        foreach (var tensor in graph.Initializer)
            Add(scope, tensor.Name, weights.Item(tensor.Name, tensors.Read(tensor, tensor.Name), Builder));
        foreach (var node in graph.Node)
            Emit(scope, node);
    }

    /// <summary>A constant that a node holds.</summary>
    public Value Constant(string name, Literal value) =>
        weights.Item(name, value, Builder) is { Make: { } make } ? make() : throw new InvalidOperationException(name);

    /// <summary>The tensor of an attribute.</summary>
    public Literal Read(TensorProto tensor, string name) => tensors.Read(tensor, name);

    public static void Add(ImportScope scope, string name, Imported item)
    {
        if (!scope.TryAdd(name, item))
            throw new InvalidDataException($"two values are called '{name}'");
    }

    private void Emit(ImportScope scope, NodeProto node)
    {
        if (--_budget < 0)
            throw new InvalidDataException("its functions call each other too often");
        string label = node.Name.Length > 0 ? node.Name : node.OpType;
        var around = Builder.Source;
        Builder.Source = SourceSpan.None with { Scope = label };
        int before = Builder.Body.Count;
        Dictionary<string, AttributeProto> attributes = Attributes(scope, node);
        if (functions.TryGetValue((Domain(node.Domain), node.OpType), out var function))
            Call(scope, node, function, attributes);
        else
            Emit(scope, node, attributes);
        Note(before);
        Builder.Source = around;
    }

    private void Emit(ImportScope scope, NodeProto node, Dictionary<string, AttributeProto> attributes)
    {
        string domain = Domain(node.Domain), name = domain.Length == 0 ? node.OpType : $"{domain}.{node.OpType}";
        if (domain is not ("" or OperatorRules.Contributed))
            throw Refused(node, "its domain is not that of ONNX itself, and the model has no function for it");
        long opset = scope.Opset("") ?? (domain.Length > 0 ? OperatorRules.LastOpset
            : throw new InvalidDataException("it does not say which version of the operators it uses"));
        if (OperatorRules.Find(name, domain.Length == 0 ? opset : 1) is not { } rule)
            throw Refused(node, OperatorRules.All.ContainsKey(name) ? $"opset {opset} has no such form of it" : "there is no rule for it");
        string[] known = rule.Attributes.Split(' ');
        if (attributes.Keys.FirstOrDefault(key => !known.Contains(key)) is { } other)
            throw Refused(node, $"attribute '{other}' does not import");
        var reader = new NodeReader(this, scope, node, attributes, opset);
        try
        {
            if (rule.Items is { } items)
                Bind(scope, node, items(reader));
            else
                Bind(scope, node, [.. rule.Emit(reader).Select(value => value is null ? null : new Imported(value))]);
            reader.CheckUnread();
        }
        catch (GraphException fault) when (fault.Id != DiagnosticIds.NotFromOnnx && fault.Id != DiagnosticIds.Internal)
        {
            throw reader.Refuse(fault.Problem, fault);
        }
        catch (IndexOutOfRangeException fault)
        {
            throw reader.Refuse("an input has fewer axes or elements than it takes", fault);
        }
        catch (Exception fault) when (fault is OverflowException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw reader.Refuse($"its inputs or attributes do not fit: {fault.Message.TrimEnd('.')}", fault);
        }
    }

    private void Bind(ImportScope scope, NodeProto node, Imported?[] results)
    {
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length == 0)
                continue;
            Add(scope, node.Output[i], i < results.Length && results[i] is { } result ? result : throw Refused(node, $"output {i}, '{node.Output[i]}', does not import"));
        }
    }

    // A function sees its inputs and the attributes of its call, nothing else.
    private void Call(ImportScope scope, NodeProto node, FunctionProto function, Dictionary<string, AttributeProto> attributes)
    {
        foreach (var attribute in function.AttributeProto)
            attributes.TryAdd(attribute.Name, attribute);
        var inner = new ImportScope(null, attributes, ModelFile.Opsets(function.OpsetImport)) { Depth = scope.Depth + 1 };
        if (node.Input.Count > function.Input.Count || node.Output.Count > function.Output.Count)
            throw Refused(node, $"the function has {function.Input.Count} inputs and {function.Output.Count} outputs");
        for (int i = 0; i < node.Input.Count; i++)
        {
            if (node.Input[i].Length > 0)
                Add(inner, function.Input[i], Find(scope, node.Input[i]));
        }

        var left = function.Input.Where(name => inner.Find(name) is null).ToHashSet(StringComparer.Ordinal);
        Body(inner, new GraphProto { Node = { left.Count == 0 ? function.Node : function.Node.Select(step => Without(step, left)) } });
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0)
                Add(scope, node.Output[i], Find(inner, function.Output[i]));
        }
    }

    // An input that the call leaves out is left out inside too.
    private static NodeProto Without(NodeProto node, HashSet<string> left)
    {
        if (!node.Input.Any(left.Contains))
            return node;
        var copy = node.Clone();
        for (int i = 0; i < copy.Input.Count; i++)
            copy.Input[i] = left.Contains(copy.Input[i]) ? "" : copy.Input[i];
        return copy;
    }

    private Dictionary<string, AttributeProto> Attributes(ImportScope scope, NodeProto node)
    {
        var all = new Dictionary<string, AttributeProto>(StringComparer.Ordinal);
        foreach (var attribute in node.Attribute)
        {
            // One that the call of the function does not have is left out.
            var value = attribute.RefAttrName.Length == 0 ? attribute : scope.Attributes.GetValueOrDefault(attribute.RefAttrName);
            if (value is not null && !all.TryAdd(attribute.Name, value))
                throw Refused(node, $"attribute '{attribute.Name}' is there twice");
        }

        return all;
    }

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>The type of an input; a size with a name, or of no known number, is open.</summary>
    public TensorType TypeOf(ValueInfoProto info, IReadOnlyDictionary<string, long> sizes)
    {
        if (info.Type?.TensorType is not { } tensor)
            throw new NotSupportedException($"input '{info.Name}' is no tensor");
        if (tensor.Shape is null)
            throw new NotSupportedException($"input '{info.Name}' does not say how many axes it has");
        var dtype = ElementTypes.Find(tensor.ElemType)
            ?? throw new NotSupportedException($"input '{info.Name}' has elements of type {ElementTypes.Name(tensor.ElemType)}");
        if (tensor.Shape.Dim.Count > TensorReader.MostAxes)
            throw new InvalidDataException($"input '{info.Name}' has {tensor.Shape.Dim.Count} axes");
        var type = new TensorType(dtype, new([.. tensor.Shape.Dim.Select((dim, axis) => SizeOf(dim, $"{info.Name}_{axis}", sizes))]));
        InferContext.CheckBytes(Step, type);
        return type;
    }

    private readonly Dictionary<string, Dim> _named = new(StringComparer.Ordinal);

    private Dim SizeOf(TensorShapeProto.Types.Dimension dim, string otherwise, IReadOnlyDictionary<string, long> sizes)
    {
        if (dim.HasDimValue && dim.DimValue >= 0)
            return dim.DimValue;
        string name = dim.HasDimParam && dim.DimParam.Length > 0 ? dim.DimParam : otherwise;
        if (sizes.TryGetValue(name, out long number))
        {
            Fixed.Add(name);
            return number >= 0 ? number : throw new NotSupportedException($"the size '{name}' can't be {number}");
        }

        if (_named.TryGetValue(name, out var known))
            return known;
        // Only letters and digits are in the text form of a graph.
        string plain = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : '_'));
        if (plain.Length == 0 || !(char.IsLetter(plain[0]) || plain[0] == '_'))
            plain = "_" + plain;
        int count = _sizes[plain] = _sizes.GetValueOrDefault(plain) + 1;
        return _named[name] = Dim.Symbol(count == 1 ? plain : $"{plain}_{count}_");
    }

    /// <summary>Names of sizes that were given a number.</summary>
    public HashSet<string> Fixed { get; } = new(StringComparer.Ordinal);

    /// <summary>An output of the model.</summary>
    public Tensor Result(ImportScope scope, string name)
    {
        var item = Find(scope, name);
        if ((item.Make is { } make ? make() : item.Value) is not { Type.IsList: false } value || item.IsUnsigned)
            throw new NotSupportedException($"output '{name}' is no tensor of an element type that graphs have");
        return Trace.TensorOf(value);
    }

    /// <summary>The size that a name of the file stands for; null when no input has it.</summary>
    public Dim? Named(string name) => _named.TryGetValue(name, out var size) ? size : null;
}
