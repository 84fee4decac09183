namespace TensorGraph.Ir;

/// <summary>Element type, which may be unknown, and sizes of a tensor whose rank is known.</summary>
internal readonly record struct TensorType(DType DType, Shape Shape)
{
    public int Rank => Shape.Rank;

    public TensorType As(DType dtype) => new(dtype, Shape);

    public TensorType As(Shape shape) => new(DType, shape);

    public override string ToString() => DType.Name() + Shape;
}
