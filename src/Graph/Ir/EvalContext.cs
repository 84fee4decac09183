namespace TensorGraph.Ir;

/// <summary>The view of a node that the reference meaning of its op gets: a node, its inputs' values and the run it is part of.</summary>
public sealed class EvalContext(Interpreter interpreter, Node node, Literal[] inputs, Func<string, long> sizeOf)
{
    /// <summary>The run.</summary>
    public Interpreter Interpreter => interpreter;

    /// <summary>The node.</summary>
    public Node Node => node;

    /// <summary>Values of the inputs.</summary>
    public Literal[] Inputs => inputs;

    /// <summary>Constant parameters.</summary>
    public Attrs Attrs => node.Attrs;

    /// <summary>Sizes that the symbolic names have in this run.</summary>
    public Func<string, long> SizeOf => sizeOf;

    /// <summary>Type of a result with the names replaced by sizes.</summary>
    public TensorType ResultType(int index = 0) => node.Types[index].As(Bind(node.Types[index].Shape));

    /// <summary>A shape with the names replaced by sizes.</summary>
    public Shape Bind(Shape shape) => shape.Bind(sizeOf);

    /// <summary>Runs one of the node's blocks.</summary>
    public Literal[] Run(Region region, Literal[] arguments) => interpreter.Run(region, arguments, sizeOf);
}
