using System.Globalization;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Execution;

/// <summary>Runs one loop kernel over a space of any rank.</summary>
internal sealed unsafe class KernelStep : Step
{
    // Elements × instructions under which a second thread costs more than it brings.
    private const long WorkPerThread = 1 << 18;

    private readonly LoopNest _nest;
    private readonly LoopCode _code;
    private readonly int[] _slots;
    private readonly (int Slot, double Identity)[] _folds;
    private readonly TensorLayout[] _foldLayouts;

    public KernelStep(LoopNest nest, int[] slots, (int Slot, double Identity, TensorLayout Layout)[] folds)
    {
        _nest = nest;
        _slots = slots;
        _code = KernelCache.Get(nest.Kernel);
        _folds = Array.ConvertAll(folds, fold => (fold.Slot, fold.Identity));
        _foldLayouts = Array.ConvertAll(folds, fold => fold.Layout);
        Reads = [.. slots.Where((_, k) => !nest.Kernel.Operands[k].IsOutput)];
        Writes = [.. slots.Where((_, k) => nest.Kernel.Operands[k].IsOutput)];
    }

    public LoopKernel Kernel => _nest.Kernel;

    public override bool MayOverwrite(int read, int written) =>
        !_folds.Any(fold => fold.Slot == written) && _nest.SameElements(Array.IndexOf(_slots, written), _slots, read);

    public override void Run(Frame frame)
    {
        for (int i = 0; i < _folds.Length; i++) Fill.With(frame.Address(_folds[i].Slot), _foldLayouts[i], _folds[i].Identity);
        if (_nest.IsEmpty) return;
        long parts = Math.Min(WorkerPool.Threads, _nest.Work / WorkPerThread);
        if (parts > 1 && _nest.SplitAxis >= 0) RunInParts(frame, (int)parts);
        else RunPart(frame, 0, _nest.SplitAxis < 0 ? 0 : _nest.Extents[_nest.SplitAxis]);
    }

    private void RunInParts(Frame frame, int parts)
    {
        // Parts of the innermost axis begin at a multiple of 64 elements, so that no two threads write to one cache line.
        long extent = _nest.Extents[_nest.SplitAxis];
        long grain = _nest.SplitAxis == _nest.Extents.Length - 1 ? 64 : 1;
        long blocks = (extent + grain - 1) / grain;
        parts = (int)Math.Min(parts, blocks);
        WorkerPool.Run(parts, part => RunPart(frame, blocks * part / parts * grain, Math.Min(extent, blocks * (part + 1) / parts * grain)));
    }

    private void RunPart(Frame frame, long from, long to)
    {
        int operands = _slots.Length;
        nint* arguments = stackalloc nint[3 + 3 * operands];
        byte* scratch = stackalloc byte[128 * operands + 64];
        long[] extents = _nest.Extents;
        int rank = extents.Length;
        int split = _nest.SplitAxis;
        arguments[0] = (nint)(split == rank - 1 ? to - from : extents[rank - 1]);
        arguments[1] = (nint)(rank < 2 ? 1 : split == rank - 2 ? to - from : extents[rank - 2]);
        arguments[2] = (nint)scratch;
        for (int k = 0; k < operands; k++)
        {
            long[] strides = _nest.Strides[k];
            arguments[3 + 3 * k] = (nint)(frame.Address(_slots[k]) + _nest.Offsets[k] + (split < 0 ? 0 : from * strides[split]));
            arguments[4 + 3 * k] = (nint)strides[rank - 1];
            arguments[5 + 3 * k] = rank < 2 ? 0 : (nint)strides[rank - 2];
        }
        if (rank <= 2)
        {
            _code(arguments);
            return;
        }
        RunOuter(arguments, operands, from, to);
    }

    // An odometer over the axes outside rows and columns.
    private void RunOuter(nint* arguments, int operands, long from, long to)
    {
        long[] extents = _nest.Extents;
        int outer = extents.Length - 2;
        long* index = stackalloc long[outer];
        new Span<long>(index, outer).Clear();
        while (true)
        {
            _code(arguments);
            int axis = outer - 1;
            while (true)
            {
                if (axis < 0) return;
                long extent = axis == _nest.SplitAxis ? to - from : extents[axis];
                if (++index[axis] < extent)
                {
                    for (int k = 0; k < operands; k++) arguments[3 + 3 * k] += (nint)_nest.Strides[k][axis];
                    break;
                }
                index[axis] = 0;
                for (int k = 0; k < operands; k++) arguments[3 + 3 * k] -= (nint)(_nest.Strides[k][axis] * (extent - 1));
                axis--;
            }
        }
    }

    public override string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"loop [{string.Join(", ", _nest.Extents)}] ({string.Join(", ", _slots.Select(slot => $"s{slot}"))}) {_nest.Kernel.Text.TrimEnd()}");
}
