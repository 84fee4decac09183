using System.Collections.Concurrent;

namespace TensorGraph.Backends;

/// <summary>
/// A tensor type whose sizes are numbers; the open axis of a list takes no room. Equal types share one layout, so that layouts are compared by
/// reference. A layout that nothing uses any more is forgotten.
/// </summary>
public sealed class TensorLayout
{
    private static readonly ConcurrentDictionary<TensorType, WeakReference<TensorLayout>> Layouts = new();

    // Dead entries are swept when the table has twice as many entries as lived through the last sweep.
    private const int SmallestSweep = 1 << 12;
    private static int s_sweepAt = SmallestSweep;
    private static int s_added;

    private TensorLayout(TensorType type)
    {
        Type = type;
        Sizes = [.. type.Shape.Dims.Select(dim => dim == Dim.Dynamic ? 0 : dim.Value)];
        // Two of them would make a count above 0.
        if (Array.Exists(Sizes, size => size < 0)) Throw.Range("size", $"a size of {type} is below 0", "A size is at least 0.");
        try
        {
            Count = 1;
            foreach (long size in Sizes) Count = checked(Count * size);
            Bytes = checked(Count * type.DType.Size());
        }
        catch (OverflowException)
        {
            Throw.Range("size", $"{type} has more bytes than can be counted", "Make it smaller.");
        }
    }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Bytes that the elements take.</summary>
    public long Bytes { get; }

    internal long[] Sizes { get; }

    /// <summary>How many are remembered, those in use and those that were not swept yet.</summary>
    internal static int Remembered => Layouts.Count;

    /// <summary>The one layout of a type.</summary>
    public static TensorLayout Of(TensorType type)
    {
        if (Layouts.TryGetValue(type, out WeakReference<TensorLayout>? reference) && reference.TryGetTarget(out TensorLayout? known)) return known;
        var made = new TensorLayout(type);
        var weak = new WeakReference<TensorLayout>(made);
        while (true)
        {
            reference = Layouts.GetOrAdd(type, weak);
            if (reference == weak) break;
            if (reference.TryGetTarget(out known)) return known;
            if (Layouts.TryUpdate(type, weak, reference)) break;
        }
        if (Interlocked.Increment(ref s_added) >= s_sweepAt) Sweep();
        return made;
    }

    private static void Sweep()
    {
        foreach (KeyValuePair<TensorType, WeakReference<TensorLayout>> entry in Layouts)
        {
            // Only this very reference: another thread may have put a new layout in its place.
            if (!entry.Value.TryGetTarget(out _)) Layouts.TryRemove(entry);
        }
        s_added = Layouts.Count;
        s_sweepAt = Math.Max(SmallestSweep, 2 * s_added);
    }
}
