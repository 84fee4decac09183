using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Sums of floats in which many iterations of the outer loops add to one element. The iterations are halved until few are left; the second half of
/// each pair is summed in memory of its own and then added. The order depends on sizes alone, never on threads.
/// </summary>
internal sealed unsafe class PairwiseLoop
{
    // Additions one after the other: few enough for a small error, enough that adding the halves costs little.
    private const long Leaf = 64;

    private readonly int[] _sums;
    private readonly long[] _spans;
    private readonly long _depth;
    private readonly long _together;

    private PairwiseLoop(LoopNest nest, int[] sums, long together)
    {
        _sums = sums;
        _together = together;
        int first = Enumerable.Range(0, nest.Extents.Length)
            .First(axis => Array.Exists(sums, k => nest.Strides[k][axis] == 0 && nest.Extents[axis] > 1));
        _spans = Array.ConvertAll(sums, k => (nest.Kernel.Operands[k].DType.Size()
            + Enumerable.Range(first, nest.Extents.Length - first).Sum(axis => nest.Strides[k][axis] * (nest.Extents[axis] - 1)) + 63) / 64 * 64);
        _depth = BitOperations.Log2((ulong)(sums.Max(k => Additions(nest.Strides[k], nest.Extents, 0, together)) / Leaf)) + nest.Extents.Length;
    }

    /// <summary>Null for a nest in which few iterations, or none, add to one element.</summary>
    public static PairwiseLoop? For(LoopNest nest)
    {
        int[] sums = [.. nest.Kernel.Body.Where(i => Folds.Rounds(i.Op, i.DType)).Select(i => i.B)];
        if (nest.IsEmpty || sums.Length == 0) return null;
        int rows = nest.Extents.Length - 2;
        long together = rows >= 0 && nest.Kernel.Body.All(i => !Folds.IsFold(i.Op) || nest.Strides[i.B][rows] == 0)
            ? IlEmitter.RowsTogether(nest.Kernel) : 1;
        return Array.Exists(sums, k => Additions(nest.Strides[k], nest.Extents, 0, together) > Leaf) ? new PairwiseLoop(nest, sums, together) : null;
    }

    public void Run(LoopRun run)
    {
        using var scratch = Scratch.Rent((_spans.Sum() + 64) * _depth);
        Run(run, 0, scratch.Take(_spans.Sum() * _depth));
    }

    // To one element, one after the other.
    private static long Additions(ReadOnlySpan<long> strides, ReadOnlySpan<long> extents, int first, long together)
    {
        long additions = 1;
        for (int axis = first; axis < extents.Length - 1; axis++)
        {
            if (strides[axis] == 0) additions *= axis == extents.Length - 2 ? (extents[axis] + together - 1) / together : extents[axis];
        }
        return additions;
    }

    private void Run(LoopRun run, int axis, byte* free)
    {
        while (axis < run.Rank - 1 && run[axis] == 1) axis++;
        if (!IsLong(run, axis))
        {
            run.Run(axis);
            return;
        }
        long extent = run[axis];
        if (!AddsAlong(run.Nest, axis))
        {
            for (long i = 0; i < extent; i++, run.Move(axis, 1)) Run(run, axis + 1, free);
            run.Move(axis, -extent);
            return;
        }
        long half = extent / 2;
        run[axis] = half;
        Run(run, axis, free);
        run[axis] = extent - half;
        run.Move(axis, half);
        RunApart(run, axis, free);
        run.Move(axis, -half);
        run[axis] = extent;
    }

    private bool AddsAlong(LoopNest nest, int axis) => Array.Exists(_sums, k => nest.Strides[k][axis] == 0);

    // Sums along the axis in memory that starts as zeros, then adds them to those that are there.
    private void RunApart(LoopRun run, int axis, byte* free)
    {
        nint* targets = stackalloc nint[_sums.Length];
        byte* apart = free;
        for (int i = 0; i < _sums.Length; i++)
        {
            ref nint address = ref run.Address(_sums[i]);
            targets[i] = address;
            if (run.Nest.Strides[_sums[i]][axis] != 0) continue;
            NativeMemory.Clear(apart, (nuint)_spans[i]);
            address = (nint)apart;
            apart += _spans[i];
        }
        Run(run, axis, apart);
        for (int i = 0; i < _sums.Length; i++)
        {
            ref nint address = ref run.Address(_sums[i]);
            if (address == targets[i]) continue;
            if (run.Nest.Kernel.Operands[_sums[i]].DType == DType.F32) AddTo<float>(run, _sums[i], axis, (byte*)targets[i], (byte*)address);
            else AddTo<double>(run, _sums[i], axis, (byte*)targets[i], (byte*)address);
            address = targets[i];
        }
    }

    private bool IsLong(LoopRun run, int first)
    {
        foreach (int k in _sums)
        {
            if (Additions(run.Nest.Strides[k], run.Extents, first, _together) > Leaf) return true;
        }
        return false;
    }

    private static void AddTo<T>(LoopRun run, int k, int axis, byte* to, byte* from)
        where T : unmanaged, INumber<T>
    {
        long[] strides = run.Nest.Strides[k];
        while (axis < run.Rank && (strides[axis] == 0 || run[axis] == 1)) axis++;
        if (axis == run.Rank)
        {
            *(T*)to += *(T*)from;
            return;
        }
        if (axis < run.Rank - 1 || strides[axis] != sizeof(T))
        {
            for (long i = 0; i < run[axis]; i++) AddTo<T>(run, k, axis + 1, to + i * strides[axis], from + i * strides[axis]);
            return;
        }
        AddTo((T*)to, (T*)from, run[axis]);
    }

    /// <summary>to[i] += from[i].</summary>
    public static void AddTo<T>(T* to, T* from, long count)
        where T : unmanaged, INumber<T>
    {
        const int Part = 1 << 30;
        for (; count > 0; count -= Part, to += Part, from += Part)
        {
            int part = (int)Math.Min(count, Part);
            TensorPrimitives.Add(new ReadOnlySpan<T>(to, part), new ReadOnlySpan<T>(from, part), new Span<T>(to, part));
        }
    }
}
