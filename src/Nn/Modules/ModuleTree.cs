namespace TensorGraph;

/// <summary>The modules and variables that a module leads to, under their paths.</summary>
internal sealed class ModuleTree
{
    private readonly Dictionary<object, string> _paths = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, Module> _owners = new(ReferenceEqualityComparer.Instance);

    private ModuleTree(Module root) => Add(root, "");

    public OrderedDictionary<string, Module> Modules { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, Variable> Variables { get; } = new(StringComparer.Ordinal);

    public static ModuleTree Of(Module root) => new(root);

    public Module OwnerOf(Variable variable) => _owners[variable];

    /// <summary>The path of a module or variable of the tree.</summary>
    public string PathOf(object part) => _paths[part];

    public static string Join(string path, string name) => path.Length == 0 ? name : name.Length == 0 ? path : $"{path}.{name}";

    private void Add(Module module, string path)
    {
        if (!_paths.TryAdd(module, path))
            return;
        if (!Modules.TryAdd(path, module))
            throw Clash("modules", path);
        List<(string Name, Module Module)> inside = [];
        foreach (var (name, part) in Members.Of(module))
        {
            if (part is Variable variable)
                Add(variable, module, Join(path, name));
            else
                inside.Add((((Module)part).NameIn(name), (Module)part));
        }

        foreach (var (name, part) in inside)
            Add(part, Join(path, name));
    }

    private void Add(Variable variable, Module owner, string path)
    {
        if (!_paths.TryAdd(variable, path))
            return;
        if (!Variables.TryAdd(path, variable))
            throw Clash("variables", path);
        _owners[variable] = owner;
    }

    private static GraphException Clash(string what, string path) => new(
        DiagnosticIds.WeightsDoNotFit, $"module: two {what} have the path '{path}'", "Rename one of the members, or set another Name.",
        Ir.SourceSpan.Capture());
}
