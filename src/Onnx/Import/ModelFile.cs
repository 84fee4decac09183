using Google.Protobuf.Collections;
using TensorGraph.Ir;
using TensorGraph.OnnxFormat;
using TensorGraph.Passes;

namespace TensorGraph;

/// <summary>Reads a model. All that is wrong with a file is TG1006, an operator that graphs do not have is TG1013.</summary>
internal static class ModelFile
{
    public static SavedModel Read(string path, IReadOnlyDictionary<string, long>? sizes) => DataFile.Try(GraphImporter.Step, path, () =>
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        return Import(model, Path.GetDirectoryName(Path.GetFullPath(path)), sizes);
    });

    /// <summary>A model as a graph with its weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Where its files of external data are; null for none.</param>
    /// <param name="sizes">Numbers for sizes that have names.</param>
    /// <exception cref="InvalidDataException">The model is damaged.</exception>
    /// <exception cref="GraphException">TG1013 for what does not import.</exception>
    public static SavedModel Import(ModelProto model, string? folder = null, IReadOnlyDictionary<string, long>? sizes = null)
    {
        try
        {
            return Read(model, folder, sizes ?? new Dictionary<string, long>());
        }
        catch (NotSupportedException fault)
        {
            throw new GraphException(DiagnosticIds.NotFromOnnx, $"{GraphImporter.Step}: the model does not import: {fault.Message.TrimEnd('.')}",
                "Export the model again in a form that docs/onnx.md lists.", SourceSpan.Capture(), fault);
        }
        catch (GraphException fault) when (fault.Id is not (DiagnosticIds.NotFromOnnx or DiagnosticIds.Internal))
        {
            throw new InvalidDataException($"its graph does not fit together: {fault.Problem}", fault);
        }
    }

    /// <summary>The version of the operators of each domain.</summary>
    public static Func<string, long?> Opsets(RepeatedField<OperatorSetIdProto> imports)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var import in imports)
            versions[import.Domain == "ai.onnx" ? "" : import.Domain] = import.Version;
        if (versions.TryGetValue("", out long opset) && opset is < OperatorRules.FirstOpset or > OperatorRules.LastOpset)
            throw new NotSupportedException($"it uses opset {opset}; opsets {OperatorRules.FirstOpset} to {OperatorRules.LastOpset} import");
        return domain => versions.TryGetValue(domain, out long version) ? version : null;
    }

    // Which floats decide about the graph itself is known when it is read: those are constants, and it is read again.
    private static SavedModel Read(ModelProto model, string? folder, IReadOnlyDictionary<string, long> sizes)
    {
        const int MostReadings = 3;
        var constants = new HashSet<string>(StringComparer.Ordinal);
        for (int reading = 1; ; reading++)
        {
            var weights = new ModelWeights(constants);
            var read = Read(model, new(folder), sizes, weights, out var known);
            int before = constants.Count;
            constants.UnionWith(known.NeededWeights.Select(weights.NameOf));
            if (constants.Count == before || reading == MostReadings)
                return read;
        }
    }

    private static SavedModel Read(
        ModelProto model, TensorReader tensors, IReadOnlyDictionary<string, long> sizes, ModelWeights weights, out Known known)
    {
        if (model.Graph is not { } file)
            throw new InvalidDataException("it has no graph");
        var functions = new Dictionary<(string, string), FunctionProto>();
        foreach (var function in model.Functions)
        {
            if (!functions.TryAdd((function.Domain == "ai.onnx" ? "" : function.Domain, function.Name), function))
                throw new InvalidDataException($"two functions are called '{function.Name}'");
        }

        string name = file.Name.Length > 0 ? file.Name : "main";
        var trace = new TraceContext(name, allowVariables: true);
        var importer = new GraphImporter(tensors, weights, functions, CountOf(file.Node) + model.Functions.Sum(function => CountOf(function.Node)))
        {
            Trace = trace,
        };
        known = importer.Known;
        var graph = Trace(importer, new(null, new Dictionary<string, AttributeProto>(), Opsets(model.OpsetImport)), file, sizes);
        graph = Pipeline.Run(graph, [DeadCode.Pass], verify: 0).Graph;
        var signature = new SavedSignature(
            name, SignatureMethod.Predict, Specs(graph.Entry.Parameters.Select(node => (node.Attrs.Get<string>("name"), node.Types[0]))),
            Specs(file.Output.Zip(graph.Entry.Results).Select(pair => (pair.First.Name, pair.Second.Type))),
            FunctionCompiler.Compile(graph, Device.Current, record: null));
        var used = graph.Entry.VariablesRead.ToHashSet();
        return new(
            new OrderedDictionary<string, SavedSignature>(StringComparer.Ordinal) { [name] = signature },
            new OrderedDictionary<string, Variable>(weights.Variables.Where(pair => used.Contains(pair.Value.Resource)), StringComparer.Ordinal),
            new Dictionary<string, string>());
    }

    private static Ir.Graph Trace(GraphImporter importer, ImportScope scope, GraphProto file, IReadOnlyDictionary<string, long> sizes)
    {
        var constants = file.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        using var context = ExecutionContext.Enter(importer.Trace);
        importer.Builder.Source = SourceSpan.None;
        try
        {
            // Early versions list weights as inputs too.
            foreach (var input in file.Input.Where(input => !constants.Contains(input.Name)))
            {
                if (input.Name.Length == 0)
                    throw new InvalidDataException("an input has no name");
                GraphImporter.Add(scope, input.Name, new(importer.Builder.Parameter(importer.TypeOf(input, sizes), input.Name)));
            }

            if (sizes.Keys.FirstOrDefault(size => !importer.Fixed.Contains(size)) is { } unknown)
                throw new NotSupportedException($"no input has a size '{unknown}'");
            importer.Body(scope, file);
            if (file.Output.Count == 0)
                throw new InvalidDataException("it has no outputs");
            var results = file.Output.Select(output => importer.Result(scope, output.Name)).ToArray();
            return importer.Trace.Finish(results);
        }
        finally
        {
            importer.Trace.Close();
        }
    }

    private static int CountOf(IEnumerable<NodeProto> nodes) => nodes.Sum(node => 1 + node.Attribute.Sum(attribute =>
        (attribute.G is { } graph ? CountOf(graph.Node) : 0) + attribute.Graphs.Sum(inner => CountOf(inner.Node))));

    private static OrderedDictionary<string, TensorSpec> Specs(IEnumerable<(string Name, TensorType Type)> tensors)
    {
        var specs = new OrderedDictionary<string, TensorSpec>(StringComparer.Ordinal);
        foreach (var (name, type) in tensors)
        {
            if (!specs.TryAdd(name, new(type.DType, type.Shape)))
                throw new InvalidDataException($"two inputs or outputs are called '{name}'");
        }

        return specs;
    }
}
