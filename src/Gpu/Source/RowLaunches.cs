using System.Numerics;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Loops that follow each other over the same rows, as those of softmax and of a layer norm, as one kernel: a group of items has a row, and what one
/// loop writes is still in its cache when the next one reads it.
/// </summary>
internal static class RowLaunches
{
    // With fewer rows, or where a line is shorter, most of a device would wait.
    private const long FewestRows = 64;
    private const long ShortestLine = 32;
    private const long MostLines = 16;

    // Each one is a tree of barriers, and compilers take many times as long with every further one.
    private const int MostFolds = 4;

    /// <summary>How many of the loops from a command on are over the same rows; 1 where none follows.</summary>
    public static int Follow(LoweredRegion region, int at)
    {
        var loops = new List<(LoopNest, int[])>();
        for (int next = at; next < region.Commands.Length && region.Commands[next] is LoopCommand loop; next++)
        {
            loops.Add((loop.Nest, loop.Slots));
            var space = new RowSpace([.. loops], region.Slots);
            if (space.Rows < FewestRows || (next > at && !space.LastFollows())) return next - at;
        }
        return loops.Count;
    }

    /// <summary>The kernel of some loops; null where they are better off with kernels of their own.</summary>
    public static KernelLaunch? Of(LoopCommand[] loops, DeviceLimits limits)
    {
        long rows = RowSpace.RowsOf(loops.Select(loop => loop.Nest));
        RowPart[] parts = [.. loops.Select(loop => new RowPart(loop, rows))];
        if (!Array.TrueForAll(parts, part => part.IsFit)) return null;
        if (parts.Sum(part => part.Loop.Folds.Length) > MostFolds) return null;
        long longest = parts.Max(part => part.IsFold ? part.Length : part.Count);
        if (longest < DeviceLimits.FewestItems) return null;
        int lanes = (int)Math.Min((long)BitOperations.RoundUpToPowerOf2((ulong)longest), limits.GroupSize);
        if (sizeof(double) * lanes * parts.Sum(part => (long)part.Loop.Folds.Length) > limits.LocalBytes) return null;
        long[] geometry =
            [.. loops.SelectMany(loop => loop.Nest.Offsets), .. parts.SelectMany(part => part.Ways), .. parts.SelectMany(part => part.Geometry)];
        string source = LoopSource.Rows([.. parts.Select(part => part.Loop)], lanes);
        return new KernelLaunch(source, [.. loops.SelectMany(loop => loop.Slots)], geometry, rows, lanes);
    }

    /// <summary>A loop within a row: its outer axis has the part of the row.</summary>
    private sealed class RowPart
    {
        private readonly LoopNest _nest;
        private readonly long[] _extents;
        private readonly int[] _outer;
        private readonly int[] _inner;

        public RowPart(LoopCommand command, long rows)
        {
            _nest = command.Nest;
            _extents = [_nest.Extents[0] / rows, .. _nest.Extents[1..]];
            LoopInstruction[] body = _nest.Kernel.Body;
            int[][] folded =
                [.. body.Where(instruction => Folds.IsFold(instruction.Op)).Select(fold => Enumerable.Range(0, _extents.Length)
                    .Where(axis => _nest.Strides[fold.B][axis] == 0).ToArray())];
            IsFold = folded.Length > 0;
            _inner = IsFold ? folded[0] : [];
            _outer = [.. Enumerable.Range(0, _extents.Length).Except(_inner)];
            (Count, Length) = (Product(_outer), Product(_inner));
            IsFit = Array.TrueForAll(folded, axes => axes.SequenceEqual(_inner)) && !_inner.Contains(0)
                && (!IsFold || (Length >= ShortestLine && Count <= MostLines));
            Ways = [.. _nest.Strides.Select(strides => strides[0] * _extents[0])];
            Loop = new(
                _nest.Kernel, _outer.Length, _inner.Length, Math.Max(Count, Length) > int.MaxValue,
                fold => Array.Find(command.Folds, start => start.Slot == command.Slots[body[fold].B]).Identity);
        }

        public bool IsFold { get; }

        public bool IsFit { get; }

        /// <summary>Elements, or folds, in a row.</summary>
        public long Count { get; }

        /// <summary>Elements that are folded together.</summary>
        public long Length { get; }

        /// <summary>From row to row, in bytes.</summary>
        public long[] Ways { get; }

        public LoopSource.RowLoop Loop { get; }

        /// <summary>Its fields.</summary>
        public IEnumerable<long> Geometry => IsFold ? [Count, .. Along(_outer), Length, .. Along(_inner)] : [Count, .. Along(_outer)];

        private IEnumerable<long> Along(int[] axes) =>
            axes.Select(axis => _extents[axis]).Concat(_nest.Strides.SelectMany(strides => axes.Select(axis => strides[axis])));

        private long Product(int[] axes) => axes.Aggregate(1L, (product, axis) => product * _extents[axis]);
    }
}
