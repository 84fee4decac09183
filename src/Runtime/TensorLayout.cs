using System.Collections.Concurrent;

namespace TensorGraph.Backends;

/// <summary>
/// A tensor type whose sizes are numbers; the open axis of a list takes no room. Equal types share one layout, so that layouts are compared by reference.
/// </summary>
public sealed class TensorLayout
{
    private static readonly ConcurrentDictionary<TensorType, TensorLayout> Layouts = new();

    private TensorLayout(TensorType type)
    {
        Type = type;
        Sizes = [.. type.Shape.Dims.Select(dim => dim == Dim.Dynamic ? 0 : dim.Value)];
        Count = 1;
        foreach (long size in Sizes) Count = checked(Count * size);
        Bytes = checked(Count * type.DType.Size());
    }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Bytes that the elements take.</summary>
    public long Bytes { get; }

    internal long[] Sizes { get; }

    /// <summary>The one layout of a type.</summary>
    public static TensorLayout Of(TensorType type) => Layouts.TryGetValue(type, out TensorLayout? layout) ? layout : Layouts.GetOrAdd(type, new TensorLayout(type));
}
