using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>Runs one loop kernel over a space of any rank.</summary>
internal sealed unsafe class LoopStep : Step
{
    private readonly LoopNest _nest;
    private readonly LoopCode _code;
    private readonly int[] _slots;
    private readonly bool _isEmpty;
    private readonly long _parts;
    private readonly int _scratch;

    // The kernel's arguments as they are but for addresses: extents, scratch, then address offset and two strides for each operand.
    private readonly nint[] _arguments;
    private readonly FoldStart[] _folds;
    private readonly PairwiseLoop? _pairwise;

    public LoopStep(LoopCommand c, KernelCache kernels)
        : base(c)
    {
        _nest = c.Nest;
        _slots = c.Slots;
        _code = kernels.Get(c.Nest.Kernel);
        _isEmpty = c.Nest.IsEmpty;
        _parts = c.Nest.SplitAxis < 0 ? 1 : c.Nest.Work / CommandTime.LoopPart;
        _scratch = IlEmitter.ScratchOf(c.Nest.Kernel, LaneSet.MachineWidth);
        int rank = c.Nest.Extents.Length;
        _arguments = new nint[3 + 3 * c.Slots.Length];
        _arguments[0] = (nint)c.Nest.Extents[rank - 1];
        _arguments[1] = rank < 2 ? 1 : (nint)c.Nest.Extents[rank - 2];
        for (int k = 0; k < c.Slots.Length; k++)
        {
            _arguments[3 + 3 * k] = (nint)c.Nest.Offsets[k];
            _arguments[4 + 3 * k] = (nint)c.Nest.Strides[k][rank - 1];
            _arguments[5 + 3 * k] = rank < 2 ? 0 : (nint)c.Nest.Strides[k][rank - 2];
        }
        _folds = c.Folds;
        _pairwise = PairwiseLoop.For(c.Nest);
    }

    /// <summary>The loops.</summary>
    public LoopNest Nest => _nest;

    /// <summary>The slot of each operand.</summary>
    public int[] Slots => _slots;

    public override void Run(Frame frame)
    {
        StartFolds(frame);
        if (_isEmpty) return;
        int parts = _parts <= 1 ? 1 : (int)Math.Min(frame.Device.Workers.Threads, _parts);
        if (parts > 1) RunInParts(frame, parts);
        else RunPart(frame, 0, _nest.SplitAxis < 0 ? 0 : _nest.Extents[_nest.SplitAxis]);
    }

    /// <summary>Fills the outputs of folds with what changes nothing.</summary>
    public void StartFolds(Frame frame)
    {
        foreach (FoldStart fold in _folds) Fill.With(frame.Address(fold.Slot), fold.Layout, fold.Identity);
    }

    private void RunInParts(Frame frame, int parts)
    {
        // Parts of the innermost axis begin at a multiple of 64 elements, so that no two threads write to one cache line.
        long extent = _nest.Extents[_nest.SplitAxis];
        long grain = _nest.SplitAxis == _nest.Extents.Length - 1 ? 64 : 1;
        long blocks = (extent + grain - 1) / grain;
        parts = (int)Math.Min(parts, blocks);
        frame.Device.Workers.Run(parts, part => RunPart(frame, blocks * part / parts * grain, Math.Min(extent, blocks * (part + 1) / parts * grain)));
    }

    /// <summary>Runs on the rows of a tile, which outer axes are.</summary>
    public override void Run(Frame frame, Tile tile, TileUse use)
    {
        foreach (FoldStart fold in _folds)
        {
            long ofRow = fold.Layout.Count / (tile.Matrices * tile.Rows), size = fold.Layout.Type.DType.Size();
            Fill.With(frame.Address(fold.Slot) + tile.First * ofRow * size, fold.Layout.Type.DType, tile.Height * ofRow, fold.Identity);
        }
        Run(frame, TileGroup.RowAxes(_nest.Extents, tile.Matrices * tile.Rows)!.Value - 1, tile.First, tile.First + tile.Height, isOfRows: true);
    }

    /// <summary>Runs a part of the axis that may be split.</summary>
    public void RunPart(Frame frame, long from, long to) => Run(frame, _nest.SplitAxis, from, to, isOfRows: false);

    /// <summary>The same with operands that are some rows further ahead in memory.</summary>
    /// <param name="frame">The memory.</param>
    /// <param name="from">The first row.</param>
    /// <param name="to">The one behind the last.</param>
    /// <param name="rowBytes">By operand, the bytes of a row; 0 for one that is where it is.</param>
    /// <param name="rows">How many rows ahead.</param>
    public void RunPart(Frame frame, long from, long to, long[] rowBytes, long rows) =>
        Run(frame, _nest.SplitAxis, from, to, isOfRows: false, rowBytes, rows);

    // Rows are counted over an axis and all before it; a tile has those of one iteration of the axes before it.
    [SkipLocalsInit]
    private void Run(Frame frame, int split, long from, long to, bool isOfRows, long[]? rowBytes = null, long rows = 0)
    {
        int[] slots = _slots;
        nint* arguments = stackalloc nint[_arguments.Length];
        byte* scratch = stackalloc byte[_scratch];
        _arguments.CopyTo(new Span<nint>(arguments, _arguments.Length));
        arguments[2] = (nint)scratch;
        int rank = _nest.Extents.Length;
        long* extents = stackalloc long[rank];
        _nest.Extents.CopyTo(new Span<long>(extents, rank));
        for (int k = 0; k < slots.Length; k++)
            arguments[3 + 3 * k] += (nint)frame.Address(slots[k]) - (rowBytes is null ? 0 : (nint)(rows * rowBytes[k]));
        var run = new LoopRun(_nest, _code, arguments, extents);
        if (split >= 0) run[split] = to - from;
        for (; isOfRows && split > 0; from /= _nest.Extents[split--])
        {
            run.Move(split, from % _nest.Extents[split]);
            run[split - 1] = 1;
        }
        if (from > 0) run.Move(split, from);
        if (_pairwise is { } pairwise) pairwise.Run(run);
        else run.Run();
    }
}
