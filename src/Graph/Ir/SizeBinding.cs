namespace TensorGraph.Ir;

/// <summary>Gives the symbolic sizes of a graph their numbers from the arguments of a call.</summary>
public static class SizeBinding
{
    /// <summary>
    /// Numbers for all names. TG2001/TG2002/TG2003 when an argument does not fit its parameter, TG2006 when an assumption does not hold.
    /// </summary>
    public static Dictionary<string, long> Bind(Graph graph, IReadOnlyList<TensorType> arguments)
    {
        Dictionary<string, long> sizes = [];
        if (arguments.Count != graph.Entry.Parameters.Length)
            Throw.Shape(graph.Name, $"takes {graph.Entry.Parameters.Length} arguments, got {arguments.Count}", "Pass one value for each parameter.");
        for (int i = 0; i < arguments.Count; i++)
            Unify(graph, i, arguments[i], sizes);
        for (int i = 0; i < arguments.Count; i++)
            CheckExpressions(graph, i, arguments[i], sizes);
        foreach (var assumption in graph.Assumptions)
            Check(assumption, sizes);
        return sizes;
    }

    /// <summary>TG2006 when an assumption does not hold. One that needs a size which is not known yet waits for its <c>bind_size</c>.</summary>
    internal static void Check(DimAssumption assumption, Dictionary<string, long> sizes)
    {
        if (!assumption.IsOver(sizes.ContainsKey))
            return;
        long left = assumption.Left.Evaluate(name => sizes[name]), right = assumption.Right.Evaluate(name => sizes[name]);
        if (left != right)
        {
            throw new GraphException(
                DiagnosticIds.SizesDiffer, $"{assumption.Op}: sizes {assumption.Left} and {assumption.Right} must be equal, in this call they are {left} and {right}",
                "Pass arguments of matching sizes, or give both axes the same name in the signature.", assumption.Source);
        }
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
            if (!dim.IsSymbol || dim == Dim.Open)
                continue;
            long size = argument.Shape[axis].Value;
            if (!sizes.TryAdd(dim.ToString(), size) && sizes[dim.ToString()] != size)
                Throw.Shape(graph.Name, $"{Describe(parameter)} is {argument}, but {dim} is {sizes[dim.ToString()]} in an earlier argument", "Pass arguments of matching sizes.");
        }
    }

    private static void CheckExpressions(Graph graph, int index, TensorType argument, Dictionary<string, long> sizes)
    {
        var parameter = graph.Entry.Parameters[index];
        for (int axis = 0; axis < argument.Rank; axis++)
        {
            Dim dim = parameter.Types[0].Shape[axis];
            if (dim != Dim.Open && dim.Evaluate(name => sizes[name]) != argument.Shape[axis].Value)
                Throw.Shape(graph.Name, $"{Describe(parameter)} is {argument}", "Pass an argument of that shape.");
        }
    }

    private static string Describe(Node parameter) => $"argument '{parameter.Attrs.Get("name", "?")}' must be {parameter.Types[0]}, it";
}
