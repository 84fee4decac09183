using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The specification: evaluates a graph node by node with each op's <see cref="OpDef.Eval"/>. Floats are computed in double precision
/// and rounded to the dtype after every op. Slow on purpose; every back end is tested against it.
/// </summary>
public sealed class Interpreter
{
    private SizeBindings _sizes = SizeBindings.Empty;

    /// <summary>Takes the lines of <c>print</c>.</summary>
    public TextWriter Output { get; init; } = TextWriter.Null;

    /// <summary>Stops at the next loop head when fired.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// Runs a region on the device of a name, given its arguments and the sizes of the names; null where each region runs here.
    /// </summary>
    public Func<string, Region, Literal[], Func<string, long>, Literal[]>? OnDevice { get; init; }

    /// <summary>Runs a graph.</summary>
    public Literal[] Run(Ir.Graph graph, params Literal[] arguments)
    {
        var before = _sizes;
        _sizes = SizeBindings.Of(graph, arguments.Select(argument => argument.Type).ToArray());
        var results = Run(graph.Entry, arguments, name => _sizes.SizeOf(name));
        _sizes = before;
        return results;
    }

    /// <summary>Gives a size its number.</summary>
    internal void Bind(Dim dim, long size) => _sizes = _sizes.With(dim, size);

    /// <summary>Evaluates one op on values; used by constant folding.</summary>
    public Literal[] Run(Node node, Literal[] inputs, Func<string, long> sizeOf)
    {
        if (node.Op.Eval is { } eval)
            return eval(new EvalContext(this, node, inputs, sizeOf));
        return Run(GraphBuilder.Expand(node), inputs, sizeOf);
    }

    internal Literal[] Run(Region region, Literal[] arguments, Func<string, long> sizeOf)
    {
        Dictionary<Value, Literal> values = [];
        for (int i = 0; i < arguments.Length; i++)
            values[region.Parameters[i][0]] = arguments[i];
        foreach (var node in region.Body)
        {
            var results = Run(node, [.. node.Inputs.Select(input => values[input])], sizeOf);
            for (int i = 0; i < results.Length; i++)
                values[node[i]] = results[i];
        }

        return [.. region.Results.Select(result => values[result])];
    }
}
