namespace TensorGraph;

/// <summary>The facts about a tensor that are known before it has a value.</summary>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Sizes of the axes.</param>
[System.Diagnostics.DebuggerDisplay("{InGraph.ToString(),nq}")]
public readonly record struct TensorType(DType DType, Shape Shape)
{
    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>True for the type of a list: any number of tensors of one type.</summary>
    public bool IsList => Shape.Rank > 0 && Shape[0].InGraph == Dim.Dynamic;

    /// <summary>This type as the graph has it: see <see cref="Dim.InGraph"/>.</summary>
    public TensorType InGraph => Shape.HasNumbers ? this : As(Shape.InGraph);

    /// <summary>The type of a list of such values.</summary>
    public TensorType List => As(new Shape(Shape.Dims.Insert(0, Dim.Dynamic)));

    /// <summary>The type of an element of a list, or of an entry along the first axis.</summary>
    /// <exception cref="GraphException">TG2003 for a scalar.</exception>
    public TensorType Element
    {
        get
        {
            if (Rank == 0)
                Throw.Rank("element", $"a {this} has no axes", "Only a list, or a tensor with a first axis, has elements.");
            return As(new Shape(Shape.Dims.RemoveAt(0)));
        }
    }

    /// <summary>This type with other elements.</summary>
    public TensorType As(DType dtype) => new(dtype, Shape);

    /// <summary>This type with other sizes.</summary>
    public TensorType As(Shape shape) => new(DType, shape);

    /// <summary><c>f32[batch, 128]</c></summary>
    public override string ToString() => DType.Name() + Shape;
}
