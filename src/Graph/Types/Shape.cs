using System.Collections;
using System.Collections.Immutable;

namespace TensorGraph;

/// <summary>The sizes of a tensor's axes; compares element by element.</summary>
[System.Diagnostics.DebuggerDisplay("{InGraph.ToString(),nq}")]
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

    /// <summary>A shape of sizes and numbers: <c>new Shape(x.Shape[0], 3)</c>.</summary>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public Shape(params ReadOnlySpan<Dim> sizes) => _dims = ImmutableArray.Create(sizes);

    /// <summary>Builds a shape from a collection expression.</summary>
    public static Shape Create(ReadOnlySpan<Dim> dims) => new(ImmutableArray.Create(dims));

    /// <summary>The shape of a single number.</summary>
    public static Shape Scalar => default;

    /// <summary>The sizes.</summary>
    public ImmutableArray<Dim> Dims => _dims.IsDefault ? [] : _dims;

    /// <summary>Number of axes.</summary>
    public int Rank => _dims.IsDefault ? 0 : _dims.Length;

    /// <summary>
    /// Number of axes, as of a collection: <c>shape[^1]</c> is the last size, and <c>x.Shape is [var n, ..]</c> asks for one or more.
    /// </summary>
    public int Count => Rank;

    /// <summary>Size of one axis.</summary>
    /// <exception cref="GraphException">TG2004 when there is no such axis.</exception>
    public Dim this[int axis] => _dims[(uint)axis < (uint)Rank ? axis : Missing(axis)];

    /// <summary>Sizes of some neighbouring axes: <c>shape[1..]</c>.</summary>
    /// <exception cref="GraphException">TG2004 when there are no such axes.</exception>
    public Shape Slice(int start, int length)
    {
        if (start < 0 || length < 0 || start > Rank - length)
            Throw.Range("shape", $"{length} axes from {start} on of {this}", $"There are {Rank} axes.");
        return new(Dims.AsSpan().Slice(start, length));
    }

    /// <summary>True when every size is a number.</summary>
    public bool IsConstant => Dims.All(dim => dim.IsConstant);

    /// <summary>This shape as the graph has it: see <see cref="Dim.InGraph"/>.</summary>
    public Shape InGraph => HasNumbers ? this : new([.. Dims.Select(dim => dim.InGraph)]);

    /// <summary>True when every size is a number, also in the graph.</summary>
    internal bool HasNumbers
    {
        get
        {
            foreach (var dim in Dims)
            {
                if (!dim.IsNumber)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Product of the sizes.</summary>
    public Dim ElementCount => Dims.Aggregate((Dim)1, (product, dim) => product * dim);

    /// <summary>The sizes as numbers; throws when one is symbolic.</summary>
    public long[] ToArray() => [.. Dims.Select(dim => dim.Value)];

    /// <summary>This shape with names replaced by sizes.</summary>
    public Shape Substitute(Func<string, Dim> dimOf) => HasNumbers ? this : new([.. Dims.Select(dim => dim.Substitute(dimOf))]);

    /// <summary>This shape with names replaced by numbers; the open axis of a list stays.</summary>
    public Shape Bind(Func<string, long> sizeOf) => HasNumbers ? this : new([.. Dims.Select(
        dim => dim == Dim.Dynamic ? dim : (Dim)dim.Evaluate(sizeOf))]);

    /// <summary>This shape without the given axes.</summary>
    public Shape Without(IReadOnlyCollection<int> axes)
    {
        Throw.IfNull(axes);
        return new([.. Dims.Where((_, axis) => !axes.Contains(axis))]);
    }

    /// <summary>This shape with one axis resized.</summary>
    /// <exception cref="GraphException">TG2004 when there is no such axis.</exception>
    public Shape With(int axis, Dim size) => new(Dims.SetItem((uint)axis < (uint)Rank ? axis : Missing(axis), size));

    /// <inheritdoc/>
    public bool Equals(Shape other) => Rank == other.Rank && !HasDifference(other) && Dims.AsSpan().SequenceEqual(other.Dims.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    private int Missing(int axis)
    {
        Throw.Range("shape", $"axis {axis} is out of range for rank {Rank}", Rank == 0 ? "A scalar has no axes." : $"Use an axis from 0 to {Rank - 1}.");
        return axis;
    }

    // While tracing each comparison of a name is a constraint, which nobody needs where two numbers answer.
    private bool HasDifference(Shape other)
    {
        for (int i = 0; i < Rank; i++)
        {
            if (_dims[i].IsNumber && other._dims[i].IsNumber && _dims[i] != other._dims[i])
                return true;
        }

        return false;
    }

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
