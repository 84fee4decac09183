using System.Collections.Immutable;
using TensorGraph.Ir;
using TensorGraph.OnnxFormat;
using TensorGraph.Passes;

namespace TensorGraph;

/// <summary>From a graph as traced to a model in the format of ONNX.</summary>
internal sealed class GraphExporter
{
    public const string Step = "onnx_export";

    // Opset 21 is what this version of the format goes with.
    private const long FormatVersion = 10;

    public const long Opset = 21;

    private static readonly ImmutableArray<Pass> Passes =
    [
        Inline.Pass,
        new("unwrap", "puts regions in place of nodes that only run them", graph => new Unwrap().Map(graph)),
        ExpandComposites.Pass(IsSpelled),
        Widen.Pass,
        Canonicalize.Pass,
        FoldConstants.Pass,
        SimplifyControl.Pass,
        CommonSubexpressions.Pass,
        DeadCode.Pass,
    ];

    private readonly ModelParts _parts = new();

    /// <summary>The model of a graph.</summary>
    /// <param name="graph">The graph as traced.</param>
    /// <param name="captures">Values of its last parameters.</param>
    /// <param name="outputs">Names of the results, in order; null for <c>output_0</c>, <c>output_1</c>, ….</param>
    public static ModelProto Export(Ir.Graph graph, IReadOnlyList<Tensor> captures, IReadOnlyList<string>? outputs = null) =>
        new GraphExporter().Model(graph, captures, outputs);

    /// <summary>The refusal of a node.</summary>
    public static GraphException Refused(Node node, string reason) => new(
        DiagnosticIds.NotInOnnx, $"{Step}: op '{node.Name}' can't be in an ONNX model: {reason}",
        "Export a function without it; docs/onnx.md lists what exports.", node.Source);

    private ModelProto Model(Ir.Graph graph, IReadOnlyList<Tensor> captures, IReadOnlyList<string>? outputs)
    {
        graph = Pipeline.Run(graph, Passes, Flags.Verify).Graph;
        var main = new GraphWriter(_parts);
        var parameters = graph.Entry.Parameters;
        int given = parameters.Length - captures.Count;
        if (outputs is not null)
            Check(outputs, graph.Entry.Results.Length);
        string[] names = [.. graph.Entry.Results.Select((_, i) => _parts.Unique(outputs?[i] ?? $"output_{i}"))];
        for (int i = 0; i < given; i++)
        {
            var type = parameters[i].Types[0];
            string name = main.Input(parameters[i].Attrs.Get("name", "") is { Length: > 0 } own ? own : $"input_{i}", type);
            main.Name(parameters[i][0], name);
            for (int axis = 0; axis < type.Rank && !type.IsList; axis++)
            {
                if (type.Shape[axis].IsSymbol)
                    main.Bind(type.Shape[axis].ToString(), name, axis);
            }
        }

        foreach (var (parameter, tensor) in parameters.Skip(given).Zip(captures))
            main.Name(parameter[0], _parts.Weight(tensor, "captured", tensor.Type, tensor.ToLiteral));
        foreach (var node in graph.Entry.Body)
            Write(main, node);
        foreach (var (result, name) in graph.Entry.Results.Zip(names))
            main.Output(main.NameOf(result), result.Type, name);
        main.Proto.Name = graph.Name;
        main.Proto.Initializer.AddRange(_parts.Initializers);
        return new()
        {
            IrVersion = FormatVersion, ProducerName = "TensorGraph", Graph = main.Proto,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        };
    }

    private static void Check(IReadOnlyList<string> outputs, int results)
    {
        string? problem = outputs.Count != results ? $"the function gives {results} tensors and names {outputs.Count}"
            : outputs.Any(string.IsNullOrEmpty) ? "an output has no name"
            : outputs.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice
                ? $"two outputs are called '{twice.Key}'" : null;
        if (problem is not null)
            throw new GraphException(DiagnosticIds.NotInOnnx, $"{Step}: {problem}", "Give each result a name.", SourceSpan.Capture());
    }

    /// <summary>Adds the nodes of a region, given the names of its parameters; returns the names of its results.</summary>
    public static string[] WriteBody(GraphWriter graph, Region region, IReadOnlyList<string> parameters)
    {
        foreach (var (parameter, name) in region.Parameters.Zip(parameters))
            graph.Name(parameter[0], name);
        foreach (var node in region.Body)
            Write(graph, node);
        return [.. region.Results.Select(graph.NameOf)];
    }

    private static void Write(GraphWriter graph, Node node)
    {
        graph.Label = node.Name;
        if (Spellings.Find(node.Op) is not { } spelling)
            throw Refused(node, Spellings.WhyNot(node.Op));
        if (spelling.Fits?.Invoke(node) == false)
            throw Refused(node, $"ONNX has no such form of it: {node}");
        foreach (var (i, name) in spelling.Emit(new NodeWriter(graph, node)).Index())
            graph.Name(node[i], name);
    }

    private static bool IsSpelled(Node node) => Spellings.Find(node.Op) is { } spelling && spelling.Fits?.Invoke(node) != false;

    /// <summary>Nodes that mean what their one region, or their input, means.</summary>
    private sealed class Unwrap : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node) =>
            node.Op == OpDefs.Checkpoint || node.Op == OpDefs.OnDevice ? Builder.Inline(node.Regions[0], node.Inputs.AsSpan())
            : node.Op == OpDefs.ToDevice || node.Op == OpDefs.StopGradient ? node.Inputs
            : null;
    }
}
