using System.Collections;
using System.Collections.Immutable;

namespace TensorGraph;

/// <summary>The sizes of a tensor's axes; compares element by element.</summary>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<Dim>
{
    private readonly ImmutableArray<Dim> _dims;

    /// <summary>A shape of the given sizes.</summary>
    public Shape(ImmutableArray<Dim> dims) => _dims = dims;

    /// <summary>A shape of the given sizes.</summary>
    public Shape(params ReadOnlySpan<long> sizes)
    {
        var dims = ImmutableArray.CreateBuilder<Dim>(sizes.Length);
        foreach (long size in sizes)
            dims.Add(size);
        _dims = dims.MoveToImmutable();
    }

    /// <summary>Builds a shape from a collection expression.</summary>
    public static Shape Create(ReadOnlySpan<Dim> dims) => new(ImmutableArray.Create(dims));

    /// <summary>The shape of a single number.</summary>
    public static Shape Scalar => default;

    /// <summary>The sizes.</summary>
    public ImmutableArray<Dim> Dims => _dims.IsDefault ? [] : _dims;

    /// <summary>Number of axes.</summary>
    public int Rank => _dims.IsDefault ? 0 : _dims.Length;

    int IReadOnlyCollection<Dim>.Count => Rank;

    /// <summary>Size of one axis.</summary>
    public Dim this[int axis] => _dims[axis];

    /// <summary>True when every size is a number.</summary>
    public bool IsConstant => Dims.All(dim => dim.IsConstant);

    /// <summary>Product of the sizes.</summary>
    public Dim ElementCount => Dims.Aggregate((Dim)1, (product, dim) => product * dim);

    /// <summary>The sizes as numbers; throws when one is symbolic.</summary>
    public long[] ToArray() => [.. Dims.Select(dim => dim.Value)];

    /// <summary>This shape with names replaced by sizes.</summary>
    public Shape Substitute(Func<string, Dim> dimOf) => IsConstant ? this : new([.. Dims.Select(dim => dim.Substitute(dimOf))]);

    /// <summary>This shape with names replaced by numbers; the open axis of a list stays.</summary>
    public Shape Bind(Func<string, long> sizeOf) => IsConstant ? this : new([.. Dims.Select(dim => dim == Dim.Open ? dim : dim.Evaluate(sizeOf))]);

    /// <summary>This shape without the given axes.</summary>
    public Shape Without(IReadOnlyCollection<int> axes) => new([.. Dims.Where((_, axis) => !axes.Contains(axis))]);

    /// <summary>This shape with one axis resized.</summary>
    public Shape With(int axis, Dim size) => new(Dims.SetItem(axis, size));

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dims.AsSpan().SequenceEqual(other.Dims.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dim in Dims)
            hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <summary>Element-wise equality.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>Element-wise inequality.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>Enumerates the sizes.</summary>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)Dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>[2, b]</c></summary>
    public override string ToString() => $"[{string.Join(", ", Dims)}]";
}
