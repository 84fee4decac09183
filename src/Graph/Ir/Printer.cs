using System.Globalization;
using System.Text;

namespace TensorGraph.Ir;

/// <summary>
/// Writes a graph as text that <see cref="Parser"/> reads back to an equal graph. The grammar is in <c>docs/ir.md</c>.
/// Also prints broken graphs, for the messages of the <see cref="Verifier"/>.
/// </summary>
public sealed partial class Printer
{
    private readonly bool _withSources;
    private readonly long _elideAbove;
    private readonly List<(string Text, Node? Node)> _lines = [];
    private readonly Dictionary<Value, string> _names = [];
    private readonly Dictionary<Resource, string> _resources = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _resourceNames = [];
    private int _count;

    private Printer(bool withSources, long elideAbove) => (_withSources, _elideAbove) = (withSources, elideAbove);

    /// <summary>The text form.</summary>
    /// <param name="graph">A graph, whole or broken.</param>
    /// <param name="withSources">Ends each line with the user's line as a comment.</param>
    /// <param name="elideAbove">Constants of more elements show only their first ones, for human eyes: such a text does not parse.</param>
    public static string Print(Graph graph, bool withSources = false, long elideAbove = long.MaxValue) =>
        string.Join('\n', Lines(graph, withSources, elideAbove).Select(line => line.Text)) + "\n";

    /// <summary>The resources that a graph uses, with the names that they have in its text form.</summary>
    public static IReadOnlyList<(string Name, Resource Resource)> Resources(Graph graph)
    {
        var printer = new Printer(withSources: false, elideAbove: 0);
        printer.Parameters(Throw.IfNull(graph).Entry);
        printer.Write(graph.Entry, "", "return");
        return [.. printer._resources.Select(entry => (entry.Value, entry.Key))];
    }

    /// <summary>The first lines of the text form, for people: it does not parse.</summary>
    public static string PrintShort(Graph graph, int lines = 40)
    {
        var all = Lines(graph, withSources: true, elideAbove: 16);
        string text = string.Join('\n', all.Take(lines).Select(line => line.Text));
        return all.Count <= lines ? text : string.Create(CultureInfo.InvariantCulture, $"{text}\n… {all.Count - lines:n0} more lines");
    }

    /// <summary>One node with the blocks it owns, for messages; its inputs have no names.</summary>
    public static string Print(Node node)
    {
        var printer = new Printer(withSources: true, elideAbove: 16);
        printer.Write(node, "");
        return string.Join('\n', printer._lines.Select(line => line.Text));
    }

    /// <summary>The lines of the text, each with the node that starts on it.</summary>
    internal static IReadOnlyList<(string Text, Node? Node)> Lines(Graph graph, bool withSources, long elideAbove)
    {
        var printer = new Printer(withSources, elideAbove);
        string assume = graph.Assumptions.IsEmpty ? "" : $" assume({string.Join(", ", graph.Assumptions.Select(Text))})";
        printer._lines.Add(($"graph {Identifier(graph.Name)}({printer.Parameters(graph.Entry)}){assume} {{", null));
        printer.Write(graph.Entry, "  ", "return");
        printer._lines.Add(("}", null));
        printer._lines.InsertRange(0, printer.Header());
        return printer._lines;
    }

    // One line per kind of resource: variables { @w: f32[2] }. The streams that everybody shares need no declaration.
    private IEnumerable<(string Text, Node? Node)> Header() =>
        from entry in _resources
        where !WellKnownResources.Contains(entry.Key)
        group entry.Key.Type is { } type ? $"@{entry.Value}: {type}" : $"@{entry.Value}" by entry.Key.Kind into declared
        orderby declared.Key
        select ($"{Keyword(declared.Key)} {{ {string.Join(", ", declared)} }}", (Node?)null);

    private void Write(Region region, string indent, string keyword)
    {
        foreach (var node in region.Body)
            Write(node, indent);
        string results = string.Join(", ", region.Results.Select(Name));
        _lines.Add(($"{indent}{keyword}{(results.Length > 0 ? " " : "")}{results}", null));
    }

    private void Write(Node node, string indent)
    {
        // Inputs are named before the results: in a broken graph a node may use a later one.
        string inputs = string.Join(", ", node.Inputs.Select(Name));
        var text = new StringBuilder(indent);
        for (int i = 0; i < node.Types.Length; i++)
            text.Append(i > 0 ? ", " : "").Append(_names[node[i]] = $"%{_count++}").Append(": ").Append(node.Types[i]);
        text.Append(node.Types.IsEmpty ? "" : " = ").Append(node.Op.Name);
        if (inputs.Length > 0)
            text.Append(' ').Append(inputs);
        if (node.Attrs.Count > 0)
            text.Append(" {").AppendJoin(", ", node.Attrs.Select(attr => $"{Identifier(attr.Key)}={Text(attr.Value)}")).Append('}');
        string comment = _withSources && $"{node.Source}" is { Length: > 0 } source ? $" // {source}" : "";
        for (int i = 0; i < node.Regions.Length; i++)
        {
            text.Append(' ').Append(node.Op.Regions?.NameOf(i) ?? "body").Append('(').Append(Parameters(node.Regions[i])).Append(") {");
            _lines.Add((text + comment, i == 0 ? node : null));
            Write(node.Regions[i], indent + "  ", "yield");
            text.Clear().Append(indent).Append('}');
            comment = "";
        }

        _lines.Add((text + comment, node.Regions.IsEmpty ? node : null));
    }

    // A parameter without a name is %_0, two of one name are %x and %x#1: the parser takes both back.
    private string Parameters(Region region)
    {
        Dictionary<string, int> uses = [];
        var parameters = new List<string>();
        foreach (var node in region.Parameters)
        {
            string name = node.Attrs.Find("name") as string ?? "";
            int use = uses[name] = uses.GetValueOrDefault(name, -1) + 1;
            _names[node[0]] = name.Length == 0 ? $"%_{use}" : $"%{ParameterName(name)}{(use > 0 ? $"#{use}" : "")}";
            parameters.Add($"{_names[node[0]]}: {string.Join(" ", node.Types)}");
        }

        return string.Join(", ", parameters);
    }

    private string Name(Value value) => _names.GetValueOrDefault(value) ?? $"%?{value.Node.Op}";

    private static string Text(SizeConstraint assumption) =>
        $"{assumption}{(assumption.Op.Length > 0 ? $" by {Identifier(assumption.Op)}" : "")}";

    internal static Resource[] WellKnownResources { get; } = [Resource.Print, Resource.Assert, Resource.Host];

    internal static string Keyword(ResourceKind kind) => kind switch
    {
        ResourceKind.Variable => "variables",
        ResourceKind.HostFunction => "functions",
        _ => "streams",
    };

    private string Name(Resource resource)
    {
        if (_resources.TryGetValue(resource, out string? known))
            return known;
        string name = Identifier(resource.Name), unique = name;
        bool taken = !WellKnownResources.Contains(resource) && WellKnownResources.Any(other => other.Name == resource.Name);
        for (int i = 1; taken || !_resourceNames.Add(unique); i++)
            (unique, taken) = (string.Create(CultureInfo.InvariantCulture, $"{name}#{i}"), false);
        return _resources[resource] = unique;
    }
}
