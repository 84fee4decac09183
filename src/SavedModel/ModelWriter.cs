using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Turns concrete functions into the content of a saved model.</summary>
internal sealed class ModelWriter
{
    public const string Step = "save_model";

    private readonly Dictionary<Resource, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly OrderedDictionary<string, Resource> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<Tensor, Resource> _captures = new(ReferenceEqualityComparer.Instance);

    public ModelWriter(IReadOnlyDictionary<string, Variable>? variables)
    {
        if (ExecutionContext.Current is TraceContext)
            throw Refused("a graph function saves a model", "Save it outside of graph functions.");
        foreach (var (name, variable) in variables ?? new Dictionary<string, Variable>())
        {
            var resource = Throw.IfNull(variable, name).Resource;
            if (_names.TryGetValue(resource, out string? other))
                throw Refused($"'{other}' and '{name}' are one variable", "Give each variable one name.");
            Add(name, resource);
        }
    }

    public void Write(string path, IReadOnlyList<SignatureDefinition> signatures, IReadOnlyDictionary<string, string> assets)
    {
        if (signatures.Count == 0)
            throw Refused("there is no signature", "Give at least one.");
        CheckDistinct(signatures.Select(signature => Throw.IfNull(Throw.IfNull(signature).Name)), "signatures", "");
        foreach (string name in assets.Keys.Where(name => !ModelFolder.IsName(name)))
            throw Refused($"'{name}' can't be the name of an asset", "Use names of files, with / between folders.");
        Write(path, [.. signatures.Select((signature, i) => Saved(signature, FileOf(i)))], assets);
    }

    /// <summary>Writes a model that was read.</summary>
    public void Write(string path, SavedModel model) => Write(
        path, [.. model.Signatures.Values.Select((signature, i) => Entry(
            signature.Name, signature.Method, signature.Graph, [.. signature.Inputs.Keys], [.. signature.Outputs.Keys], FileOf(i)))], model.Assets);

    private static string FileOf(int signature) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"graphs/{signature}.tg");

    private void Write(string path, (ManifestSignature Entry, string Text)[] saved, IReadOnlyDictionary<string, string> assets)
    {
        ModelFolder.Write(path, content =>
        {
            foreach (var (entry, text) in saved)
                content.Add(entry.Graph, file => File.WriteAllText(file, text));
            var values = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
            foreach (var (name, resource) in _variables)
                values[name] = Dispatch.Run(OpDefs.ReadVariable, Attrs.Of("var", resource));
            content.Add(ModelFolder.Variables, file => WeightFile.Save(file, values));
            foreach (var (name, asset) in assets)
                content.Add(ModelFolder.Assets + name, file => File.Copy(Throw.IfNull(asset, name), file));
            return new(
                ModelFolder.Producer, content.Name, [.. saved.Select(each => each.Entry)],
                [.. _variables.Select(variable => new ManifestVariable(variable.Key, variable.Value.IsTrainable))], content.Files);
        });
    }

    private (ManifestSignature Entry, string Text) Saved(SignatureDefinition signature, string file)
    {
        var function = Throw.IfNull(signature.Function, signature.Name);
        if (function.Graph.Entry.AllNodes().FirstOrDefault(node => node.Op == OpDefs.HostCall) is { } call)
        {
            throw new GraphException(DiagnosticIds.NotSavable, $"{Step}: signature '{signature.Name}' calls C# code, which no file can hold",
                "Compute it in the graph, or do it outside of the function that is saved.", call.Source);
        }

        if (function.Signature.TensorAliases is not null)
            throw Refused($"signature '{signature.Name}' was traced with one tensor for two parameters", "Trace it with a TensorSpec for each.");
        if (!Enum.IsDefined(signature.Method))
            throw Refused($"signature '{signature.Name}' has method {signature.Method:d}", "Use a value of SignatureMethod.");
        var graph = WithoutCaptures(function);
        string[] inputs = [.. graph.Entry.Parameters.Select((node, i) => node.Attrs.Get("name", "") is { Length: > 0 } name ? name : $"input_{i}")];
        var results = graph.Entry.Results;
        if (signature.Outputs is { } names && names.Count != results.Length)
            throw Refused($"signature '{signature.Name}' gives {results.Length} tensors and names {names.Count}", "Name each of them.");
        string[] outputs = [.. results.Select((_, i) =>
            signature.Outputs is null ? $"output_{i}" : Throw.IfNull(signature.Outputs[i], nameof(signature.Outputs)))];
        return Entry(signature.Name, signature.Method, graph, inputs, outputs, file);
    }

    private (ManifestSignature Entry, string Text) Entry(
        string name, SignatureMethod method, Ir.Graph graph, string[] inputs, string[] outputs, string file)
    {
        CheckDistinct(inputs, "inputs", $" of signature '{name}'");
        CheckDistinct(outputs, "outputs", $" of signature '{name}'");
        string[] variables = [.. Printer.Resources(graph).Select(use => use.Resource)
            .Where(resource => resource.Kind == ResourceKind.Variable).Select(NameOf)];
        return (new(name, Manifest.Text(method), file, Tensors(inputs, graph.Entry.Parameters.Select(node => node.Types[0])),
            Tensors(outputs, graph.Entry.Results.Select(result => result.Type)), variables), Printer.Print(graph));
    }

    private static ManifestTensor[] Tensors(string[] names, IEnumerable<TensorType> types) =>
        [.. names.Zip(types, (name, type) => ManifestTensor.Of(name, type))];

    // Tensors that the method captured are parameters of the graph as traced. They become variables, and text becomes a constant.
    private Ir.Graph WithoutCaptures(ConcreteFunction function)
    {
        var build = new GraphBuilder();
        var parameters = function.Graph.Entry.Parameters[^function.Captures.Count..];
        var captured = parameters.Zip(function.Captures).ToDictionary(pair => pair.First, pair => pair.Second);
        return new CaptureMapper(build, node => captured.TryGetValue(node, out var tensor) ? ValueOf(tensor, build) : null).Map(function.Graph);
    }

    private Value ValueOf(Tensor captured, GraphBuilder build)
    {
        if (captured.DType == DType.String)
            return build.Constant(captured.ToLiteral());
        if (!_captures.TryGetValue(captured, out var resource))
            _captures[captured] = resource = new Variable(captured, "captured", trainable: false).Resource;
        return build.Emit(OpDefs.ReadVariable, Attrs.Of("var", resource), [])[0];
    }

    private string NameOf(Resource resource)
    {
        if (_names.TryGetValue(resource, out string? known))
            return known;
        string name = resource.Name;
        for (int i = 1; _variables.ContainsKey(name); i++)
            name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{resource.Name}_{i}");
        Add(name, resource);
        return name;
    }

    private void Add(string name, Resource resource)
    {
        _names[resource] = name;
        _variables[name] = resource;
    }

    private static void CheckDistinct(IEnumerable<string> names, string what, string where)
    {
        string[] all = [.. names];
        if (all.FirstOrDefault(name => !DataFile.IsText(name)) is { } bad)
            throw Refused($"'{bad}', a name of {what}{where}, has half a surrogate pair", "Use whole characters.");
        if (all.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw Refused($"two {what}{where} are called '{twice.Key}'", "Give each its own name.");
    }

    private static GraphException Refused(string problem, string remedy) =>
        new(DiagnosticIds.NotSavable, $"{Step}: {problem}", remedy, SourceSpan.Capture());

    /// <summary>Keeps all nodes, with other values in place of some parameters.</summary>
    private sealed class CaptureMapper(GraphBuilder build, Func<Node, Value?> valueOf) : RegionMapper(build)
    {
        protected override void Visit(Node node) => Keep(node, node.Regions);

        protected override void Parameter(Node parameter)
        {
            if (valueOf(parameter) is { } value)
                this[parameter[0]] = value;
            else
                base.Parameter(parameter);
        }
    }
}
