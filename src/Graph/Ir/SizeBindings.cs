namespace TensorGraph.Ir;

/// <summary>The numbers that symbolic sizes have in one run: those of the arguments, and those that <c>bind_size</c> adds.</summary>
public sealed class SizeBindings
{
    private readonly Dictionary<string, long> _sizes;
    private readonly IReadOnlyList<SizeConstraint> _constraints;

    private SizeBindings(Dictionary<string, long> sizes, IReadOnlyList<SizeConstraint> constraints) => (_sizes, _constraints) = (sizes, constraints);

    /// <summary>No sizes.</summary>
    public static SizeBindings Empty { get; } = new([], []);

    /// <summary>
    /// The sizes of a call's arguments. TG2001/TG2002/TG2003 when an argument does not fit its parameter, TG2006 when a constraint does not hold.
    /// </summary>
    public static SizeBindings Of(Graph graph, IReadOnlyList<TensorType> arguments)
    {
        Dictionary<string, long> sizes = [];
        if (arguments.Count != graph.Entry.Parameters.Length)
            Throw.Shape(graph.Name, $"takes {graph.Entry.Parameters.Length} arguments, got {arguments.Count}", "Pass one value for each parameter.");
        for (int i = 0; i < arguments.Count; i++)
            Unify(graph, i, arguments[i], sizes);
        for (int i = 0; i < arguments.Count; i++)
            CheckExpressions(graph, i, arguments[i], sizes);
        foreach (var constraint in graph.Assumptions)
            Check(constraint, sizes);
        return new(sizes, graph.Assumptions);
    }

    /// <summary>True when a name has its number.</summary>
    public bool Knows(string name) => _sizes.ContainsKey(name);

    /// <summary>The size of a name.</summary>
    public long SizeOf(string name)
    {
        if (!_sizes.TryGetValue(name, out long size))
            Throw.Raise(DiagnosticIds.SymbolicAsValue, "size", $"'{name}' has no number: it is the size of no argument",
                "Use a number, or the size of a tensor: x.Shape[0] or Ops.Size(x).");
        return size;
    }

    /// <summary>These sizes with one more, or another number for it.</summary>
    /// <exception cref="GraphException">TG2006 when a constraint over it does not hold.</exception>
    public SizeBindings With(Dim dim, long size)
    {
        string name = dim.ToString();
        var sizes = new Dictionary<string, long>(_sizes) { [name] = size };
        foreach (var constraint in _constraints)
        {
            if (constraint.Symbols.Contains(name))
                Check(constraint, sizes);
        }

        return new(sizes, _constraints);
    }

    // A constraint that needs a size which is not known yet waits for its bind_size.
    private static void Check(SizeConstraint constraint, Dictionary<string, long> sizes)
    {
        if (!constraint.IsOver(sizes.ContainsKey) || constraint.Holds(name => sizes[name]))
            return;
        var (left, right) = (constraint.Left.Evaluate(name => sizes[name]), constraint.Right.Evaluate(name => sizes[name]));
        string wanted = constraint.Relation switch
        {
            SizeRelation.Equal => "must be equal",
            SizeRelation.Different => "must differ",
            SizeRelation.Less => "must ascend",
            _ => "must not descend",
        };
        throw new GraphException(
            DiagnosticIds.SizesDiffer, $"{constraint.Op}: sizes {constraint.Left} and {constraint.Right} {wanted}, in this call they are {left} and {right}",
            "Pass arguments of matching sizes, or give both axes the same name in the signature.", constraint.Source);
    }

    private static void Unify(Graph graph, int index, TensorType argument, Dictionary<string, long> sizes)
    {
        var parameter = graph.Entry.Parameters[index];
        TensorType wanted = parameter.Types[0];
        if (wanted.DType != argument.DType)
            Throw.DType(graph.Name, $"{Describe(parameter)} is {argument}", "Cast the argument.");
        if (wanted.Rank != argument.Rank)
            Throw.Rank(graph.Name, $"{Describe(parameter)} is {argument}", "Reshape the argument.");
        for (int axis = 0; axis < wanted.Rank; axis++)
        {
            Dim dim = wanted.Shape[axis];
            if (!dim.IsSymbol || dim == Dim.Dynamic)
                continue;
            long size = argument.Shape[axis].Value;
            if (!sizes.TryAdd(dim.ToString(), size) && sizes[dim.ToString()] != size)
                Throw.Shape(graph.Name, $"{Describe(parameter)} is {argument}, but {dim} is {sizes[dim.ToString()]} in an earlier argument",
                    "Pass arguments of matching sizes.");
        }
    }

    private static void CheckExpressions(Graph graph, int index, TensorType argument, Dictionary<string, long> sizes)
    {
        var parameter = graph.Entry.Parameters[index];
        for (int axis = 0; axis < argument.Rank; axis++)
        {
            Dim dim = parameter.Types[0].Shape[axis];
            if (dim != Dim.Dynamic && dim.Evaluate(name => sizes[name]) != argument.Shape[axis].Value)
                Throw.Shape(graph.Name, $"{Describe(parameter)} is {argument}", "Pass an argument of that shape.");
        }
    }

    private static string Describe(Node parameter) => $"argument '{parameter.Attrs.Get("name", "?")}' must be {parameter.Types[0]}, it";
}
