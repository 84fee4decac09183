using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>The meaning of an operator of ONNX in ops of graphs, from one version of it to the next rule of the same name.</summary>
/// <param name="Operator">Name of the operator.</param>
/// <param name="Since">The opset from which on it has this meaning.</param>
/// <param name="Attributes">Names of the attributes that it may have, with a space between them; any other one is refused.</param>
/// <param name="Emit">Adds the nodes; null for a result that the node does not name or that does not import.</param>
internal sealed record OperatorRule(string Operator, int Since, string Attributes, Func<NodeReader, Value?[]> Emit)
{
    /// <summary>A rule for an operator with one result.</summary>
    public OperatorRule(string name, int since, string attributes, Func<NodeReader, Value> emit)
        : this(name, since, attributes, c => [emit(c)])
    {
    }

    /// <summary>In place of <see cref="Emit"/>, for results that are no plain values.</summary>
    public Func<NodeReader, Imported?[]>? Items { get; init; }

    /// <summary>The opset at which it ends: the operator is not there any more. Null: it goes on.</summary>
    public int? Until { get; init; }

    /// <summary>A form of the operator that is refused, for the table in the docs.</summary>
    public string Limits { get; init; } = "";
}
