using System.Text;

namespace TensorGraph.Ir;

/// <summary>
/// Checks what every graph fulfils, in one walk:
/// <list type="bullet">
/// <item>a value is used only after the node that makes it, inside the same block: blocks are closed, nodes stand in order, nothing is
/// circular;</item>
/// <item>a value is one of the results that its node has;</item>
/// <item>a node stands once in its block;</item>
/// <item>parameters stand in parameter lists and nowhere else, have one type, no inputs, and stand once;</item>
/// <item>a node has as many blocks as its op says;</item>
/// <item>inputs, attributes and blocks fit the op, carried values keep their types, and the types are the ones inferred from them;</item>
/// <item>size equalities that a node needs are among the graph's assumptions, or follow from them;</item>
/// <item>every name in a size is bound: it is the whole size of some axis of an entry parameter, or of a parameter of the enclosing <c>call</c>, or a
/// <c>bind_size</c> before it binds it;</item>
/// <item>a variable has a type.</item>
/// </list>
/// </summary>
public sealed class Verifier
{
    private readonly List<(Node? Node, string Problem)> _errors = [];
    private HashSet<string> _bound = [];
    private bool _inCall;
    private readonly HashSet<Region> _checked = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Dim, Dim> _equal = [];

    private Verifier()
    {
    }

    /// <summary>Throws when an invariant does not hold.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="pass">Name of the pass that made it.</param>
    /// <exception cref="GraphException">TG9001, with the graph and all errors in it.</exception>
    public static void Verify(Graph graph, string? pass = null)
    {
        var errors = Check(graph);
        if (errors.Count > 0)
            Throw.Internal($"graph '{graph.Name}'{(pass is null ? "" : $" after pass '{pass}'")}: {errors.Count} broken invariant{(errors.Count > 1 ? "s" : "")}:\n{Show(graph, errors)}");
    }

    /// <summary>All errors, each with the node that shows it.</summary>
    public static IReadOnlyList<(Node? Node, string Problem)> Check(Graph graph)
    {
        var verifier = new Verifier();
        verifier._bound = Bound(graph.Entry);
        foreach (var assumption in graph.Assumptions.Where(assumption => assumption.Relation == SizeRelation.Equal))
            verifier._equal[verifier.Root(assumption.Left)] = verifier.Root(assumption.Right);

        var entry = verifier._bound;
        verifier._bound = [.. entry, .. graph.Entry.AllNodes().Where(node => node.Op == OpDefs.BindSize)
            .SelectMany(node => node.Attrs.Get<Dim>("dim").Symbols)];
        verifier.CheckBound(null, graph.Assumptions.SelectMany(assumption => new[] { assumption.Left, assumption.Right }));
        verifier._bound = entry;
        verifier.Check(graph.Entry);
        return verifier._errors;
    }

    private static HashSet<string> Bound(Region region) =>
        [.. region.Parameters.SelectMany(parameter => parameter.Types).SelectMany(type => type.Shape.Dims).Where(dim => dim.IsSymbol)
        .Select(dim => dim.ToString())];

    // A called block has sizes of its own; what it assumes of them is checked by the call.
    private void CheckCalled(Region region)
    {
        var (bound, inCall) = (_bound, _inCall);
        (_bound, _inCall) = (Bound(region), true);
        Check(region);
        (_bound, _inCall) = (bound, inCall);
    }

    private void Check(Region region)
    {
        if (!_checked.Add(region))
            return;
        HashSet<Node> defined = new(ReferenceEqualityComparer.Instance);
        foreach (var parameter in region.Parameters)
        {
            if (parameter.Op != OpDefs.Parameter || parameter.Types.Length != 1 || !parameter.Inputs.IsEmpty || !parameter.Regions.IsEmpty)
                Error(parameter, "a block's parameter list holds 'parameter' nodes of one type");
            if (!defined.Add(parameter))
                Error(parameter, "a parameter stands twice in its list");
            CheckBound(parameter, parameter.Types.SelectMany(type => type.Shape.Dims));
        }

        var outer = _bound;
        foreach (var node in region.Body)
        {
            if (node.Op == OpDefs.BindSize)
            {
                // One copy for the block: with one for each name, many names would take time for all of them each.
                if (ReferenceEquals(_bound, outer))
                    _bound = [.. outer];
                _bound.UnionWith(node.Attrs.Get<Dim>("dim").Symbols);
            }

            foreach (var input in node.Inputs)
                CheckUse(node, input, defined);
            foreach (var inner in node.Regions)
            {
                if (node.Op.Regions is { OwnsSizes: true })
                    CheckCalled(inner);
                else
                    Check(inner);
            }

            Check(node);
            if (!defined.Add(node))
                Error(node, "the node stands twice in its block");
        }

        foreach (var result in region.Results)
            CheckUse(null, result, defined);
        _bound = outer;
    }

    private void CheckUse(Node? user, Value value, HashSet<Node> defined)
    {
        if (!defined.Contains(value.Node))
            Error(user ?? value.Node, $"{(user is null ? "a result of a block" : "an input")} ('{value.Node.Op}') is not made before it in the same block");
        else if (value.Index < 0 || value.Index >= value.Node.Types.Length)
            Error(user ?? value.Node, $"'{value.Node.Op}' has {value.Node.Types.Length} results, number {value.Index} is used");
    }

    private void Check(Node node)
    {
        if (node.Op == OpDefs.Parameter)
        {
            Error(node, "a parameter stands in a body");
            return;
        }

        if (!(node.Op.Regions?.Allows(node.Regions.Length) ?? node.Regions.IsEmpty))
            Error(node, $"'{node.Op}' has {node.Regions.Length} blocks");
        foreach (var (name, value) in node.Attrs)
        {
            if (value is Resource { Kind: ResourceKind.Variable, Type: null })
                Error(node, $"variable @{((Resource)value).Name} has no type");
            CheckBound(node, Attrs.DimsIn(value), name);
        }

        CheckBound(node, node.Types.SelectMany(type => type.Shape.Dims));
        CheckTypes(node);
    }

    private void CheckTypes(Node node)
    {
        // A bad index was reported as such; here it must not hide other errors.
        if (node.Inputs.Any(input => input.Index < 0 || input.Index >= input.Node.Types.Length))
            return;
        try
        {
            var types = GraphBuilder.Infer(node.Op, [.. node.Inputs.Select(input => input.Type)], node.Attrs, node.Regions, (left, right) =>
            {
                if (!_inCall && Root(left) != Root(right))
                    Error(node, $"needs {left} = {right}, which is not among the graph's assumptions");
            });
            if (!types.AsSpan().SequenceEqual(node.Types.AsSpan()))
                Error(node, $"the types are ({string.Join(", ", node.Types)}), inferred are ({string.Join(", ", types)})");
        }
        catch (Exception fault) when (MisfitOf(fault) is { } misfit)
        {
            Error(node, misfit);
        }
    }

    private void CheckBound(Node? node, IEnumerable<Dim> dims, string? attribute = null)
    {
        foreach (string name in dims.SelectMany(dim => dim.Symbols).Where(name => name != "?" && !_bound.Contains(name)).Distinct())
            Error(node, $"size '{name}'{(attribute is null ? "" : $" in attribute '{attribute}'")} is bound by no parameter of the graph");
    }

    private Dim Root(Dim dim)
    {
        while (_equal.TryGetValue(dim, out Dim next) && next != dim)
            dim = next;
        return dim;
    }

    private void Error(Node? node, string problem) => _errors.Add((node, problem));

    /// <summary>The message of a failed type rule about the node; null for exceptions that type rules do not throw.</summary>
    internal static string? MisfitOf(Exception fault) => fault switch
    {
        GraphException { Id: DiagnosticIds.BadText } => null,
        GraphException known => known.Problem,
        IndexOutOfRangeException or ArgumentOutOfRangeException or KeyNotFoundException => "too few inputs, results or blocks",
        InvalidOperationException or ArgumentException or NullReferenceException or InvalidCastException
            or ArithmeticException => $"inputs, attributes or blocks don't fit: {fault.Message}",
        _ => null,
    };

    private static string Show(Graph graph, IReadOnlyList<(Node? Node, string Problem)> errors)
    {
        var byNode = errors.Where(error => error.Node is not null).ToLookup(error => error.Node!, error => error.Problem);
        HashSet<Node> shown = [];
        var text = new StringBuilder();
        foreach (var (line, node) in Printer.Lines(graph, withSources: true, elideAbove: 16))
        {
            text.Append(line).Append('\n');
            if (node is null || !byNode.Contains(node) || !shown.Add(node))
                continue;
            int indent = line.Length - line.TrimStart().Length;
            foreach (string problem in byNode[node])
                text.Append(' ', indent).Append('^').Append('~', Math.Min(60, line.Length - indent) - 1).Append(' ').Append(problem).Append('\n');
        }

        foreach (var (node, problem) in errors)
        {
            if (node is null || !shown.Contains(node))
                text.Append(node is null ? "graph" : node.ToString()).Append(": ").Append(problem).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }
}
