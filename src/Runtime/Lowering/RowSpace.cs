using System.Numerics;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// The rows that loops one after the other have in common, as those of softmax: each loop may run on a row before the others run on the next one.
/// </summary>
internal sealed class RowSpace
{
    // More loops are hardly ever over the same rows.
    private const int MostLoops = 16;

    private readonly (LoopNest Nest, int[] Slots)[] _loops;
    private readonly Slot[] _slots;

    public RowSpace((LoopNest Nest, int[] Slots)[] loops, Slot[] slots)
    {
        (_loops, _slots) = (loops, slots);
        Rows = RowsOf(loops.Select(loop => loop.Nest));
    }

    /// <summary>How many; the outer axis of a loop has them, or a multiple.</summary>
    public long Rows { get; }

    /// <summary>How many rows some loops can have in common.</summary>
    public static long RowsOf(IEnumerable<LoopNest> loops) =>
        loops.Aggregate(0L, (rows, loop) => (long)BigInteger.GreatestCommonDivisor(rows, loop.Extents[0]));

    /// <summary>Bytes of all tensors that move from row to row.</summary>
    public long BytesOfRow => Accesses().GroupBy(access => access.Slot).Sum(group => group.Max(access => Math.Abs(access.Stride)));

    /// <summary>True when the last loop may run on some rows before the others run on the next ones, and uses something of theirs.</summary>
    public bool LastFollows()
    {
        if (_loops.Length > MostLoops || Array.Exists(_loops, loop => loop.Nest.IsEmpty || loop.Nest.SplitAxis != 0)) return false;
        Access[] all = [.. Accesses()], last = Array.FindAll(all, access => access.Loop == _loops.Length - 1);
        bool isConnected = false;
        foreach (Access access in last)
        {
            foreach (Access other in all)
            {
                if (other.Loop == access.Loop || !Overlap(access.Slot, other.Slot)) continue;
                isConnected |= access.Slot == other.Slot;
                if ((access.IsWrite || other.IsWrite) && !access.IsInSameRows(other)) return false;
                // Folds start before the first row of all loops.
                if (access.IsFold && access.Slot != other.Slot) return false;
            }
        }
        return isConnected;
    }

    /// <summary>
    /// Slots of the arena of which no loop needs the rows of another block, and the way from row to row in bytes: rows of one block may be where
    /// those of the block before were.
    /// </summary>
    /// <param name="isOnlyHere">True for a slot that nothing but these loops uses.</param>
    public (int Slot, long RowBytes)[] Reusable(Func<int, bool> isOnlyHere)
    {
        Access[] all = [.. Accesses()];
        Dictionary<int, long> found = all.GroupBy(access => access.Slot)
            .Where(own => _slots[own.Key].Kind == SlotKind.Arena && isOnlyHere(own.Key) && own.All(a => !a.IsFold && own.All(a.IsInSameRows)))
            .ToDictionary(own => own.Key, own => own.First().Stride);
        // What shares bytes with others moves with them, or stays.
        bool Stays(int slot) => Array.Exists(all, other => Overlap(slot, other.Slot) && !found.ContainsKey(other.Slot));
        while (found.Keys.FirstOrDefault(Stays, -1) is >= 0 and int slot) found.Remove(slot);
        return [.. found.Select(pair => (pair.Key, pair.Value))];
    }

    private bool Overlap(int a, int b) => a == b || _slots[a].Overlaps(_slots[b]);

    private IEnumerable<Access> Accesses()
    {
        for (int i = 0; i < _loops.Length; i++)
        {
            (LoopNest nest, int[] slots) = _loops[i];
            for (int k = 0; k < nest.Offsets.Length; k++)
            {
                int slot = slots[k];
                Operand operand = nest.Kernel.Operands[k];
                bool isFold = Array.Exists(nest.Kernel.Body, instruction => Folds.IsFold(instruction.Op) && instruction.B == k);
                long times = Rows == 0 ? 1 : nest.Extents[0] / Rows;
                long low = nest.Offsets[k] + (_slots[slot].Kind == SlotKind.Arena ? _slots[slot].Offset : 0);
                long high = low + operand.DType.Size();
                for (int axis = 0; axis < nest.Extents.Length; axis++)
                {
                    long way = nest.Strides[k][axis] * ((axis == 0 ? times : nest.Extents[axis]) - 1);
                    if (way < 0) low += way;
                    else high += way;
                }
                yield return new Access(i, slot, operand.IsOutput, isFold, nest.Strides[k][0] * times, low, high);
            }
        }
    }

    /// <summary>A tensor that a loop reads or writes in the first row: bytes from low to high, and the way to the next row.</summary>
    private readonly record struct Access(int Loop, int Slot, bool IsWrite, bool IsFold, long Stride, long Low, long High)
    {
        /// <summary>True when both have the bytes of each row for themselves.</summary>
        public bool IsInSameRows(Access other) =>
            Stride == other.Stride && Stride > 0 && Math.Max(High, other.High) - Math.Min(Low, other.Low) <= Stride;
    }
}
