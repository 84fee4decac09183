using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>The view of a gradient rule. Rules emit through <see cref="Builder"/>, so the same rule serves graphs and imperative tapes.</summary>
public sealed class VjpContext(GraphBuilder build, Node node, ImmutableArray<Value?> gradients, Action<Resource, Value> addVariable)
{
    /// <summary>Takes the nodes of the gradient.</summary>
    public GraphBuilder Builder => build;

    /// <summary>The node that is differentiated.</summary>
    public Node Node => node;

    /// <summary>Constant parameters.</summary>
    public Attrs Attrs => node.Attrs;

    /// <summary>Input <paramref name="index"/> of the node.</summary>
    public Value X(int index = 0) => node.Inputs[index];

    /// <summary>Result <paramref name="index"/> of the node.</summary>
    public Value Y(int index = 0) => node[index];

    /// <summary>Gradient of the first result (of the only one, for most ops).</summary>
    public Value G => Gradient(0);

    /// <summary>Gradients of the results; null where nothing flows back.</summary>
    public ImmutableArray<Value?> Gradients => gradients;

    /// <summary>Gradient of a result, zeros when nothing flows back to it.</summary>
    public Value Gradient(int index) => gradients[index] ?? build.Zeros(node.Types[index]);

    /// <summary>Adds to the gradient of a variable that the node reads.</summary>
    public void AddVariable(Resource variable, Value gradient) => addVariable(variable, gradient);
}
