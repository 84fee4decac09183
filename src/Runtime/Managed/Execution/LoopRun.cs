using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// One thread's run of a kernel: the arguments with addresses, and the sizes of its part of the space. Axes from <c>axis</c> on are run; an outer
/// axis is where the addresses are.
/// </summary>
internal readonly unsafe ref struct LoopRun(LoopNest nest, LoopCode code, nint* arguments, long* extents)
{
    public readonly LoopNest Nest = nest;
    private readonly LoopCode _code = code;
    private readonly nint* _arguments = arguments;
    private readonly long* _extents = extents;

    public int Rank => Nest.Extents.Length;

    public ReadOnlySpan<long> Extents => new(_extents, Rank);

    public ref nint Address(int k) => ref _arguments[3 + 3 * k];

    public long this[int axis]
    {
        get => _extents[axis];
        set
        {
            _extents[axis] = value;
            if (axis >= Rank - 2) _arguments[axis == Rank - 1 ? 0 : 1] = (nint)value;
        }
    }

    /// <summary>Goes <paramref name="by"/> elements along an axis.</summary>
    public void Move(int axis, long by)
    {
        long[][] strides = Nest.Strides;
        for (int k = 0; k < strides.Length; k++) _arguments[3 + 3 * k] += (nint)(strides[k][axis] * by);
    }

    /// <summary>An odometer over the axes outside rows and columns.</summary>
    public void Run(int first = 0)
    {
        int outer = Rank - 2;
        if (outer <= first)
        {
            RunKernel();
            return;
        }
        long* index = stackalloc long[outer];
        new Span<long>(index, outer).Clear();
        while (true)
        {
            RunKernel();
            int axis = outer - 1;
            while (true)
            {
                if (axis < first) return;
                if (++index[axis] < _extents[axis])
                {
                    Move(axis, 1);
                    break;
                }
                index[axis] = 0;
                Move(axis, 1 - _extents[axis]);
                axis--;
            }
        }
    }

    private void RunKernel()
    {
        if (Nest.Kernel.Transposed.Length == 0) _code(_arguments);
        else TransposedTiles.Run(Nest.Kernel, _code, _arguments);
    }
}
