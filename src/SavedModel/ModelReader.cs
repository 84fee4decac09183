using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Reads a saved model. All that is wrong with one is TG1006.</summary>
internal static class ModelReader
{
    public const string Step = "load_model";

    private const int MostAttempts = 100;

    /// <summary>Reads the model that is there; one that a save replaces meanwhile is read again.</summary>
    public static SavedModel Read(string path) => DataFile.Try(Step, path, () =>
    {
        for (int attempt = 1; ; attempt++)
        {
            byte[] bytes = ModelFolder.ReadManifest(path);
            try
            {
                return Read(path, bytes);
            }
            catch (Exception fault) when (fault is IOException or InvalidDataException or GraphException
                && attempt < MostAttempts && ModelFolder.IsReplaced(path, bytes))
            {
            }
        }
    });

    /// <summary>The file with the values of a model's variables.</summary>
    public static string VariablesOf(string path) => ModelFolder.Read(path, ModelFolder.ReadManifest(path)).Files(ModelFolder.Variables);

    private static SavedModel Read(string path, byte[] bytes)
    {
        var (manifest, files) = ModelFolder.Read(path, bytes);
        var variables = Variables(manifest, files(ModelFolder.Variables));
        var signatures = new OrderedDictionary<string, SavedSignature>(StringComparer.Ordinal);
        foreach (var signature in manifest.Signatures)
        {
            if (!signatures.TryAdd(signature.Name, Signature(signature, files(signature.Graph), variables)))
                throw new InvalidDataException($"two signatures are called '{signature.Name}'");
        }

        return new SavedModel(signatures, variables, ModelFolder.AssetsOf(manifest, files));
    }

    private static OrderedDictionary<string, Variable> Variables(Manifest manifest, string file)
    {
        var values = WeightFile.Load(file);
        var variables = new OrderedDictionary<string, Variable>(StringComparer.Ordinal);
        foreach (var (name, trainable) in manifest.Variables)
        {
            if (!values.TryGetValue(name, out var value) || !variables.TryAdd(name, new Variable(value, name, trainable)))
                throw new InvalidDataException($"variable '{name}' is {(variables.ContainsKey(name) ? "listed twice" : "not in its file of variables")}");
        }

        return variables.Count == values.Count ? variables
            : throw new InvalidDataException($"it lists {variables.Count} variables, its file of variables has {values.Count}");
    }

    private static SavedSignature Signature(ManifestSignature signature, string file, OrderedDictionary<string, Variable> variables)
    {
        var method = Enum.GetValues<SignatureMethod>().Where(method => Manifest.Text(method) == signature.Method).ToArray();
        if (method.Length == 0)
            throw new InvalidDataException($"signature '{signature.Name}' has method '{signature.Method}'");
        try
        {
            var graph = Graph(signature, file, variables);
            var inputs = Specs(signature, signature.Inputs, graph.Entry.Parameters.Select(node => node.Types[0]));
            var outputs = Specs(signature, signature.Outputs, graph.Entry.Results.Select(result => result.Type));
            HashSet<string> given = [.. inputs.Values.SelectMany(spec => spec.Shape).Where(size => size.IsSymbol).Select(size => $"{size}")];
            // Ops such as nonzero find sizes out in a run. What C# code compared was known before.
            HashSet<string> all = [.. given, .. graph.Entry.AllNodes().Where(node => node.Op == OpDefs.BindSize)
                .SelectMany(node => node.Attrs.Get<Dim>("dim").Symbols)];
            if (graph.Assumptions.FirstOrDefault(
                assumption => !assumption.IsOver((assumption.Op == SizeConstraint.Comparison ? given : all).Contains)) is { } loose)
                throw new InvalidDataException($"signature '{signature.Name}' compares sizes that no input has: {loose}");
            return new(signature.Name, method[0], inputs, outputs, FunctionCompiler.Compile(graph, Device.Current, record: null));
        }
        catch (GraphException fault)
        {
            throw new InvalidDataException($"the graph of signature '{signature.Name}' can't be used: {fault.Problem}, at {fault.Source}", fault);
        }
    }

    // The text declares the variables in the order in which the manifest lists them.
    private static Ir.Graph Graph(ManifestSignature signature, string file, OrderedDictionary<string, Variable> variables)
    {
        int next = 0;
        var graph = Parser.Parse(File.ReadAllText(file), signature.Graph, (name, type) =>
        {
            if (next == signature.Variables.Length || !variables.TryGetValue(signature.Variables[next++], out var variable))
                throw new InvalidDataException($"signature '{signature.Name}' does not say which variable @{name} of its graph is");
            return variable.Type == type ? variable.Resource
                : throw new InvalidDataException($"variable '{variable.Name}' is {variable.Type}, and {type} in the graph of signature '{signature.Name}'");
        });
        if (next != signature.Variables.Length)
            throw new InvalidDataException($"signature '{signature.Name}' lists {signature.Variables.Length} variables, its graph has {next}");
        if (graph.Entry.AllNodes().Any(node => node.Op == OpDefs.HostCall))
            throw new InvalidDataException($"the graph of signature '{signature.Name}' calls C# code");
        return graph;
    }

    private static OrderedDictionary<string, TensorSpec> Specs(ManifestSignature signature, ManifestTensor[] tensors, IEnumerable<TensorType> types)
    {
        var specs = new OrderedDictionary<string, TensorSpec>(StringComparer.Ordinal);
        TensorType[] found = [.. types];
        if (found.Length != tensors.Length)
            throw new InvalidDataException($"signature '{signature.Name}' lists {tensors.Length} tensors, its graph has {found.Length}");
        foreach (var (tensor, type) in tensors.Zip(found))
        {
            if (!tensor.Is(type))
                throw new InvalidDataException($"'{tensor.Name}' of signature '{signature.Name}' is {tensor.Type}, and {type} in its graph");
            if (!specs.TryAdd(tensor.Name, new(type.DType, type.Shape)))
                throw new InvalidDataException($"signature '{signature.Name}' has two tensors '{tensor.Name}'");
        }

        return specs;
    }
}
