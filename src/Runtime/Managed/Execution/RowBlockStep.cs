using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

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

    // Fewer rows would not go round among threads.
    private const long LeastRows = 16;

    // Blocks of single elements are whole cache lines.
    private const long Line = 64;

    private readonly LoopStep[] _loops;
    private readonly long _rows;
    private readonly long _rowsOfBlock;
    private readonly long _parts;

    // What each block writes where the one before it did, so that it stays in the cache.
    private readonly (int Slot, long RowBytes)[] _reused;

    // By loop and operand, the bytes from row to row of such slots; 0 for others.
    private readonly long[][] _rowBytes;

    private RowBlockStep(LoopStep[] loops, long rows, long rowsOfBlock, (int Slot, long RowBytes)[] reused)
        : base([.. loops.SelectMany(loop => loop.Slots)], [])
    {
        (_loops, _rows, _rowsOfBlock, _reused) = (loops, rows, rowsOfBlock, reused);
        _rowBytes = Array.ConvertAll(loops, loop =>
            Array.ConvertAll(loop.Slots, slot => Array.Find(reused, row => row.Slot == slot).RowBytes));
        _parts = loops.Sum(loop => loop.Nest.Work) / CommandTime.LoopPart;
    }

    /// <summary>Steps in which loops over the same rows are one step.</summary>
    public static IEnumerable<PlannedStep> Group(IEnumerable<PlannedStep> steps, LoweredRegion region)
    {
        Slot[] slots = region.Slots;
        int[] uses = region.Uses();
        var group = new List<PlannedStep>();
        foreach (PlannedStep step in steps)
        {
            if (group.Count > 0 && !CanGrow([.. Loops(group), .. Loops([step])], step, slots))
            {
                foreach (PlannedStep done in Close(group, slots, uses)) yield return done;
                group.Clear();
            }
            group.Add(step);
        }
        foreach (PlannedStep done in Close(group, slots, uses)) yield return done;
    }

    private static LoopStep[] Loops(IEnumerable<PlannedStep> steps) => [.. steps.Select(step => step.Step).OfType<LoopStep>()];

    private static bool CanGrow(LoopStep[] loops, PlannedStep last, Slot[] slots)
    {
        if (last.Step is not LoopStep) return false;
        RowSpace space = Rows(loops, slots);
        return space.Rows >= LeastRows && space.BytesOfRow <= BlockBytes && space.LastFollows();
    }

    private static RowSpace Rows(LoopStep[] loops, Slot[] slots) => new([.. loops.Select(loop => (loop.Nest, loop.Slots))], slots);

    private static PlannedStep[] Close(List<PlannedStep> group, Slot[] slots, int[] uses)
    {
        if (group.Count < 2) return [.. group];
        LoopStep[] loops = Loops(group);
        RowSpace space = Rows(loops, slots);
        long ofBlock = BlockBytes / Math.Max(1, space.BytesOfRow);
        if (ofBlock > Line) ofBlock -= ofBlock % Line;
        if (ofBlock == 0 || space.BytesOfRow * space.Rows < LeastBytes) return [.. group];
        (int Slot, long RowBytes)[] reused = space.Reusable(slot => uses[slot] == loops.Count(loop => loop.Slots.Contains(slot)));
        var together = new RowBlockStep(loops, space.Rows, ofBlock, reused);
        return [new PlannedStep(together, [.. group.SelectMany(step => step.Starting)], [.. group.SelectMany(step => step.Ending)])];
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
            for (int i = 0; i < _loops.Length; i++)
            {
                long times = _loops[i].Nest.Extents[0] / _rows;
                _loops[i].RunPart(frame, first * times, end * times, _rowBytes[i], (block - from) * _rowsOfBlock);
            }
        }
    }

    public override string Describe() =>
        $"{_rowsOfBlock} of {_rows} rows at a time" + (_reused.Length == 0 ? "" : $", all in the same bytes of {string.Join(", ", _reused.Select(reused => $"s{reused.Slot}"))}")
        + string.Concat(_loops.Select(loop => "\n  " + loop.Describe().Replace("\n", "\n  ", StringComparison.Ordinal)));
}
