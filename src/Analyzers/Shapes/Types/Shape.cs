using System.Collections;
using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>The sizes of a tensor's axes, with the members that the shared type rules use of the run time's type.</summary>
internal readonly struct Shape(ImmutableArray<Dim> dims) : IEquatable<Shape>, IEnumerable<Dim>
{
    public static Shape Scalar => default;

    public ImmutableArray<Dim> Dims => dims.IsDefault ? [] : dims;

    public int Rank => Dims.Length;

    public Dim this[int axis] => dims[axis];

    public bool IsConstant => Dims.All(dim => dim.IsConstant);

    public Dim ElementCount => Dims.Any(dim => dim.Is(0)) ? 0 : Dims.Aggregate((Dim)1, (product, dim) => product * dim);

    public Shape Without(IReadOnlyCollection<int> axes) => new([.. Dims.Where((_, axis) => !axes.Contains(axis))]);

    public Shape With(int axis, Dim size) => new(Dims.SetItem(axis, size));

    public bool Equals(Shape other) => Dims.SequenceEqual(other.Dims);

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode() => Dims.Aggregate(Rank, (hash, dim) => unchecked((hash * 31) + dim.GetHashCode()));

    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)Dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", Dims)}]";
}
