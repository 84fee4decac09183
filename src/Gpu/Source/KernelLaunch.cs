namespace TensorGraph.Backends.Gpu;

/// <summary>A kernel and what it runs on.</summary>
/// <param name="Source">Its text; the function is <c>run</c>.</param>
/// <param name="Slots">
/// The slots of its buffers, in the order of its parameters; <see cref="Faults"/> for the words in which it reports a fault, <see cref="Scratch"/> for
/// memory between the kernels of one command.
/// </param>
/// <param name="Geometry">Its first parameter: the offset in bytes of each buffer in its slot, then what the kernel says.</param>
/// <param name="Groups">The number of groups of items.</param>
/// <param name="GroupSize">Items of a group.</param>
internal sealed record KernelLaunch(string Source, int[] Slots, long[] Geometry, long Groups, int GroupSize)
{
    /// <summary>In place of a slot.</summary>
    public const int Faults = -1;

    /// <summary>In place of a slot.</summary>
    public const int Scratch = -2;

    /// <summary>Groups of one launch that every device takes.</summary>
    public const long MostGroups = int.MaxValue;

    /// <summary>The product that it computes, for a library; its buffers are those of A, B and C. Null for other kernels.</summary>
    public LibraryProduct? Product { get; init; }

    /// <summary>Bytes of scratch memory that it uses.</summary>
    public long ScratchBytes { get; init; }

    private const int ItemsOfGroup = DeviceLimits.FewestItems;

    /// <summary>A kernel with an item for each of some elements; the last group may have items beyond them.</summary>
    public static KernelLaunch Items(string source, int[] slots, long[] geometry, long count) =>
        new(source, slots, geometry, (count + ItemsOfGroup - 1) / ItemsOfGroup, ItemsOfGroup);
}
