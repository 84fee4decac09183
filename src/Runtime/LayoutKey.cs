using System.Runtime.CompilerServices;

namespace TensorGraph.Backends;

/// <summary>Layouts of arguments, to find the program for them. Equal layouts are the same objects.</summary>
internal readonly struct LayoutKey(TensorLayout[] layouts) : IEquatable<LayoutKey>
{
    private readonly TensorLayout[] _layouts = layouts;

    public bool Equals(LayoutKey other) => _layouts.AsSpan().SequenceEqual(other._layouts);

    public override bool Equals(object? obj) => obj is LayoutKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (TensorLayout layout in _layouts) hash.Add(RuntimeHelpers.GetHashCode(layout));
        return hash.ToHashCode();
    }
}
