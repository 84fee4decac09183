using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>Runs one loop kernel over a space of any rank.</summary>
internal sealed unsafe class LoopStep : Step
{
    // Elements × instructions under which a second thread costs more than it brings.
    private const long WorkPerThread = 1 << 18;

    private readonly LoopNest _nest;
    private readonly LoopCode _code;
    private readonly int[] _slots;
    private readonly bool _isEmpty;
    private readonly long _parts;

    // The kernel's arguments as they are but for addresses: extents, scratch, then address offset and two strides for each operand.
    private readonly nint[] _arguments;
    private readonly FoldStart[] _folds;

    public LoopStep(LoopCommand c, KernelCache kernels)
        : base(c)
    {
        _nest = c.Nest;
        _slots = c.Slots;
        _code = kernels.Get(c.Nest.Kernel);
        _isEmpty = c.Nest.IsEmpty;
        _parts = c.Nest.SplitAxis < 0 ? 1 : c.Nest.Work / WorkPerThread;
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
    }

    public override void Run(Frame frame)
    {
        foreach (FoldStart fold in _folds) Fill.With(frame.Address(fold.Slot), fold.Layout, fold.Identity);
        if (_isEmpty) return;
        int parts = _parts <= 1 ? 1 : (int)Math.Min(frame.Device.Workers.Threads, _parts);
        if (parts > 1) RunInParts(frame, parts);
        else RunPart(frame, 0, _nest.SplitAxis < 0 ? 0 : _nest.Extents[_nest.SplitAxis]);
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

    [SkipLocalsInit]
    private void RunPart(Frame frame, long from, long to)
    {
        int[] slots = _slots;
        nint* arguments = stackalloc nint[_arguments.Length];
        byte* scratch = stackalloc byte[128 * slots.Length];
        _arguments.CopyTo(new Span<nint>(arguments, _arguments.Length));
        arguments[2] = (nint)scratch;
        int rank = _nest.Extents.Length;
        int split = _nest.SplitAxis;
        if (split >= 0 && split >= rank - 2) arguments[split == rank - 1 ? 0 : 1] = (nint)(to - from);
        for (int k = 0; k < slots.Length; k++)
        {
            arguments[3 + 3 * k] += (nint)frame.Address(slots[k]);
            if (from > 0) arguments[3 + 3 * k] += (nint)(from * _nest.Strides[k][split]);
        }
        if (rank <= 2) _code(arguments);
        else RunOuter(arguments, slots.Length, from, to);
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
}
