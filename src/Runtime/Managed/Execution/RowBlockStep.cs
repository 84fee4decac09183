using System.Numerics;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Loops that follow each other over the same rows, as those of softmax and of a layer norm, a few rows at a time: what one loop writes is still in
/// the second-level cache when the next one reads it. Each loop does for a row what it would do alone, so the results have the same bits.
/// </summary>
internal sealed class RowBlockStep : Step
{
    // What the rows of a block take, so that they fit beside each other into the second-level cache. Where all rows fit there is nothing to gain.
    private const long BlockBytes = 256 << 10;
    private const long LeastBytes = 2 * BlockBytes;

    // Fewer rows would not go round among threads; more loops are hardly ever over the same rows.
    private const long LeastRows = 16;
    private const int MostLoops = 16;

    // Blocks of single elements are whole cache lines.
    private const long Line = 64;

    private readonly LoopStep[] _loops;
    private readonly long _rows;
    private readonly long _rowsOfBlock;
    private readonly long _parts;

    private RowBlockStep(LoopStep[] loops, long rows, long rowsOfBlock)
        : base([.. loops.SelectMany(loop => loop.Slots)], [])
    {
        (_loops, _rows, _rowsOfBlock) = (loops, rows, rowsOfBlock);
        _parts = loops.Sum(loop => loop.Nest.Work) / CommandTime.LoopPart;
    }

    /// <summary>Steps in which loops over the same rows are one step.</summary>
    public static IEnumerable<PlannedStep> Group(IEnumerable<PlannedStep> steps, Slot[] slots)
    {
        var group = new List<PlannedStep>();
        foreach (PlannedStep step in steps)
        {
            if (group.Count > 0 && !new RowSpace([.. Loops(group), .. Loops([step])], slots).CanGrow(step.Step is LoopStep))
            {
                foreach (PlannedStep done in Close(group, slots)) yield return done;
                group.Clear();
            }
            group.Add(step);
        }
        foreach (PlannedStep done in Close(group, slots)) yield return done;
    }

    private static LoopStep[] Loops(IEnumerable<PlannedStep> steps) => [.. steps.Select(step => step.Step).OfType<LoopStep>()];

    private static PlannedStep[] Close(List<PlannedStep> group, Slot[] slots)
    {
        if (group.Count < 2) return [.. group];
        LoopStep[] loops = Loops(group);
        var space = new RowSpace(loops, slots);
        long ofBlock = BlockBytes / Math.Max(1, space.BytesOfRow);
        if (ofBlock > Line) ofBlock -= ofBlock % Line;
        if (ofBlock == 0 || space.BytesOfRow * space.Rows < LeastBytes) return [.. group];
        return [new PlannedStep(
            new RowBlockStep(loops, space.Rows, ofBlock), [.. group.SelectMany(step => step.Starting)], [.. group.SelectMany(step => step.Ending)])];
    }

    public override void Run(Frame frame)
    {
        foreach (LoopStep loop in _loops) loop.StartFolds(frame);
        long blocks = (_rows + _rowsOfBlock - 1) / _rowsOfBlock;
        int parts = (int)Math.Clamp(Math.Min(_parts, blocks), 1, frame.Device.Workers.Threads);
        if (parts == 1) Run(frame, 0, blocks);
        else frame.Device.Workers.Run(parts, part => Run(frame, blocks * part / parts, blocks * (part + 1) / parts));
    }

    // Its loops take turns: each has the part of the time that it has of the work.
    public override Step Timed()
    {
        if (Array.Exists(_loops, static loop => loop.Profile is null)) return this;
        double work = Math.Max(1, _loops.Sum(static loop => (double)loop.Nest.Work));
        return new TimedStep(this, Array.ConvertAll(_loops, loop => (loop.Profile!, loop.Nest.Work / work)));
    }

    private void Run(Frame frame, long from, long to)
    {
        for (long block = from; block < to; block++)
        {
            long first = block * _rowsOfBlock, end = Math.Min(_rows, first + _rowsOfBlock);
            foreach (LoopStep loop in _loops)
            {
                long times = loop.Nest.Extents[0] / _rows;
                loop.RunPart(frame, first * times, end * times);
            }
        }
    }

    public override string Describe() =>
        $"{_rowsOfBlock} of {_rows} rows at a time"
        + string.Concat(_loops.Select(loop => "\n  " + loop.Describe().Replace("\n", "\n  ", StringComparison.Ordinal)));

    /// <summary>The rows that loops have in common.</summary>
    private sealed class RowSpace
    {
        private readonly LoopStep[] _loops;
        private readonly Slot[] _slots;

        public RowSpace(LoopStep[] loops, Slot[] slots)
        {
            (_loops, _slots) = (loops, slots);
            Rows = loops.Aggregate(0L, (rows, loop) => (long)BigInteger.GreatestCommonDivisor(rows, loop.Nest.Extents[0]));
        }

        public long Rows { get; }

        /// <summary>Bytes of all tensors that move from row to row.</summary>
        public long BytesOfRow => Accesses().GroupBy(access => access.Slot).Sum(group => group.Max(access => Math.Abs(access.Stride)));

        /// <summary>True when the last loop may run on some rows before the others run on the next ones, and uses something of theirs.</summary>
        public bool CanGrow(bool isLoop)
        {
            if (!isLoop || _loops.Length > MostLoops || Rows < LeastRows) return false;
            if (BytesOfRow > BlockBytes || Array.Exists(_loops, loop => loop.Nest.IsEmpty || loop.Nest.SplitAxis != 0)) return false;
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

        private bool Overlap(int a, int b)
        {
            if (a == b) return true;
            Slot one = _slots[a], other = _slots[b];
            return one.Kind == SlotKind.Arena && other.Kind == SlotKind.Arena
                && one.Offset < other.Offset + other.Layout.Bytes && other.Offset < one.Offset + one.Layout.Bytes;
        }

        private IEnumerable<Access> Accesses()
        {
            for (int i = 0; i < _loops.Length; i++)
            {
                LoopNest nest = _loops[i].Nest;
                for (int k = 0; k < nest.Offsets.Length; k++)
                {
                    int slot = _loops[i].Slots[k];
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
    }

    /// <summary>A tensor that a loop reads or writes in the first row: bytes from low to high, and the way to the next row.</summary>
    private readonly record struct Access(int Loop, int Slot, bool IsWrite, bool IsFold, long Stride, long Low, long High)
    {
        /// <summary>True when both have the bytes of each row for themselves.</summary>
        public bool IsInSameRows(Access other) =>
            Stride == other.Stride && Stride > 0 && Math.Max(High, other.High) - Math.Min(Low, other.Low) <= Stride;
    }
}
