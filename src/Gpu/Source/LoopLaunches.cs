using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Gpu;

/// <summary>The kernels of a loop command.</summary>
internal static class LoopLaunches
{
    // With so many results there is an item for each; with so few elements for each, too.
    private const long ManyResults = 1 << 14;
    private const long ShortLine = 64;

    // Elements of a line that pay for a group of their own, and the groups that keep a device busy.
    private const long LongPart = 1 << 13;
    private const long ManyGroups = 256;

    /// <summary>One kernel, or one for each set of axes that is folded.</summary>
    public static IEnumerable<KernelLaunch> Of(LoopCommand c, DeviceLimits limits)
    {
        LoopNest nest = c.Nest;
        if (nest.IsEmpty) return c.Folds.SelectMany(fold => MemoryLaunches.Fill(fold.Slot, fold.Layout, fold.Identity));
        LoopInstruction[] body = nest.Kernel.Body;
        int[] folds = [.. Enumerable.Range(0, body.Length).Where(i => Folds.IsFold(body[i].Op))];
        if (folds.Length == 0) return [Pointwise(c)];
        int[] stores = [.. Enumerable.Range(0, body.Length).Where(i => body[i].Op == "store")];
        // Stores come last: one may write over what the kernels before it read.
        int[][] sets = [.. folds.GroupBy(i => string.Join(' ', FoldedAxes(nest, body[i].B))).Select(set => set.ToArray())];
        return sets.SelectMany((set, i) => Folded(c, i == sets.Length - 1 ? [.. set, .. stores] : set, FoldedAxes(nest, body[set[0]].B), limits));
    }

    private static int[] FoldedAxes(LoopNest nest, int operand) =>
        [.. Enumerable.Range(0, nest.Extents.Length).Where(axis => nest.Strides[operand][axis] == 0)];

    private static KernelLaunch Pointwise(LoopCommand c)
    {
        LoopNest nest = c.Nest;
        long count = Extents.Product(nest.Extents);
        return KernelLaunch.Items(
            LoopSource.Pointwise(nest.Kernel, nest.Extents.Length, count > int.MaxValue), c.Slots,
            [.. nest.Offsets, count, .. nest.Extents, .. nest.Strides.SelectMany(strides => strides)], count);
    }

    private static IEnumerable<KernelLaunch> Folded(LoopCommand c, int[] kept, int[] axes, DeviceLimits limits)
    {
        LoopNest nest = c.Nest;
        int[] outer = [.. Enumerable.Range(0, nest.Extents.Length).Except(axes)];
        long count = Product(nest, outer), length = Product(nest, axes);
        int lanes = count >= ManyResults || length <= ShortLine ? 1 : limits.GroupSize;
        // A group has a place in its memory for each fold and item.
        int foldCount = kept.Count(i => Folds.IsFold(nest.Kernel.Body[i].Op));
        while (lanes > 1 && sizeof(double) * lanes * (long)foldCount > limits.LocalBytes) lanes /= 2;
        long parts = lanes == 1 ? 1 : Math.Clamp(ManyGroups / count, 1, Math.Max(1, length / LongPart));
        string source = LoopSource.Folded(
            nest.Kernel, [.. kept], Math.Max(1, outer.Length), Math.Max(1, axes.Length), lanes, parts > 1, Math.Max(count, length) > int.MaxValue,
            Identity);
        long[] geometry =
        [
            count, length,
            .. Sizes(nest, outer), .. nest.Strides.SelectMany(strides => Strides(strides, outer)),
            .. Sizes(nest, axes), .. nest.Strides.SelectMany(strides => Strides(strides, axes)),
        ];
        if (lanes == 1) return [KernelLaunch.Items(source, c.Slots, [.. nest.Offsets, .. geometry], count)];
        if (parts == 1) return [new KernelLaunch(source, c.Slots, [.. nest.Offsets, .. geometry], count, lanes)];
        int[] folds = [.. kept.Where(i => Folds.IsFold(nest.Kernel.Body[i].Op)).Order()];
        var inParts = new KernelLaunch(
            source, [.. c.Slots, KernelLaunch.Scratch], [.. nest.Offsets, 0, parts, .. geometry], count * parts, lanes)
        {
            ScratchBytes = sizeof(double) * folds.Length * count * parts,
        };
        return folds.Select(Combined).Prepend(inParts);

        double Identity(int fold) => Array.Find(c.Folds, start => start.Slot == c.Slots[nest.Kernel.Body[fold].B]).Identity;

        KernelLaunch Combined(int fold, int number)
        {
            int operand = nest.Kernel.Body[fold].B;
            return KernelLaunch.Items(
                LoopSource.Combined(nest.Kernel, fold, folds.Length, number, Math.Max(1, outer.Length)), [KernelLaunch.Scratch, c.Slots[operand]],
                [0, nest.Offsets[operand], parts, count, .. Sizes(nest, outer), .. Strides(nest.Strides[operand], outer)], count);
        }
    }

    private static long Product(LoopNest nest, int[] axes) => axes.Aggregate(1L, (product, axis) => product * nest.Extents[axis]);

    // No axes are one of a single element.
    private static IEnumerable<long> Sizes(LoopNest nest, int[] axes) => axes.Length == 0 ? [1] : axes.Select(axis => nest.Extents[axis]);

    private static IEnumerable<long> Strides(long[] strides, int[] axes) => axes.Length == 0 ? [0] : axes.Select(axis => strides[axis]);
}
