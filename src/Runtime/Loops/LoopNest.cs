using TensorGraph.Passes;

namespace TensorGraph.Backends.Loops;

/// <summary>An operand before the loops are chosen: where it starts and its stride along each axis, in bytes.</summary>
internal sealed record AccessPath(DType DType, bool IsOutput, bool IsFold, long Offset, long[] Strides);

/// <summary>
/// A kernel and the loops around it for concrete sizes: axes of size 1 dropped, neighbours merged where every operand walks through them in one run.
/// </summary>
internal sealed class LoopNest
{
    public required LoopKernel Kernel { get; init; }

    /// <summary>Outer axes first; the last two are the kernel's rows and columns. At least one axis.</summary>
    public required long[] Extents { get; init; }

    /// <summary>[operand][axis], in bytes.</summary>
    public required long[][] Strides { get; init; }

    public required long[] Offsets { get; init; }

    /// <summary>An axis that threads may share: the outermost on which every output moves; −1 for none.</summary>
    public required int SplitAxis { get; init; }

    // Rows and columns from which on a tile pays.
    private const int SmallestTile = 8;

    public bool IsEmpty => Array.Exists(Extents, extent => extent == 0);

    /// <summary>Elements × instructions.</summary>
    public long Work
    {
        get
        {
            long work = Kernel.Body.Length;
            foreach (long extent in Extents) work *= extent;
            return work;
        }
    }

    public static LoopNest Create(long[] sizes, IReadOnlyList<AccessPath> paths, LoopInstruction[] body)
    {
        var axes = new List<int>();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] != 1) axes.Add(axis);
        }
        Order(axes, paths);
        var extents = new List<long>();
        var strides = paths.Select(_ => new List<long>()).ToArray();
        foreach (int axis in axes)
        {
            int last = extents.Count - 1;
            bool merges = last >= 0;
            for (int k = 0; merges && k < paths.Count; k++) merges = strides[k][last] == paths[k].Strides[axis] * sizes[axis];
            if (merges)
            {
                extents[last] *= sizes[axis];
                for (int k = 0; k < paths.Count; k++) strides[k][last] = paths[k].Strides[axis];
            }
            else
            {
                extents.Add(sizes[axis]);
                for (int k = 0; k < paths.Count; k++) strides[k].Add(paths[k].Strides[axis]);
            }
        }
        if (extents.Count == 0)
        {
            extents.Add(1);
            for (int k = 0; k < paths.Count; k++) strides[k].Add(paths[k].IsFold ? 0 : paths[k].DType.Size());
        }
        bool isTiled = !LoweringStep.Transpose.IsLeftOut && PutTransposedAxisLast(extents, strides, paths);
        var operands = new Operand[paths.Count];
        for (int k = 0; k < operands.Length; k++)
        {
            Access access = isTiled && IsTransposed(strides[k], extents.Count - 2, paths[k])
                ? Access.Transposed : AccessOf(strides[k][^1], paths[k], extents[^1]);
            operands[k] = new Operand(paths[k].DType, access, paths[k].IsOutput);
        }
        int split = 0;
        while (split < extents.Count && Enumerable.Range(0, paths.Count).Any(k => paths[k].IsOutput && strides[k][split] == 0)) split++;
        return new LoopNest
        {
            Kernel = new LoopKernel(operands, body),
            Extents = [.. extents],
            Strides = Array.ConvertAll(strides, s => s.ToArray()),
            Offsets = [.. paths.Select(path => path.Offset)],
            SplitAxis = split < extents.Count ? split : -1,
        };
    }

    // With stores the order is the outputs', which are row-major. A pure reduction goes by the largest input instead.
    private static void Order(List<int> axes, IReadOnlyList<AccessPath> paths)
    {
        if (paths.Any(path => path.IsOutput && !path.IsFold)) return;
        AccessPath? main = paths.Where(path => !path.IsOutput).MaxBy(path => path.Strides.Count(stride => stride != 0));
        if (main is null) return;
        int[] ordered = [.. axes.OrderByDescending(axis => Math.Abs(main.Strides[axis]))];
        axes.Clear();
        axes.AddRange(ordered);
    }

    // An axis that an input walks in single elements, while it strides over the columns, becomes that of the rows: a tile of both is read from full
    // cache lines. Folds keep their order.
    private static bool PutTransposedAxisLast(List<long> extents, List<long>[] strides, IReadOnlyList<AccessPath> paths)
    {
        if (extents.Count < 2 || extents[^1] < SmallestTile || paths.Any(path => path.IsFold)) return false;
        int InputsAlong(int axis) => Enumerable.Range(0, paths.Count).Count(k => IsTransposed(strides[k], axis, paths[k]));
        IEnumerable<int> large = Enumerable.Range(0, extents.Count - 1).Where(axis => extents[axis] >= SmallestTile);
        int best = large.OrderByDescending(InputsAlong).FirstOrDefault(-1);
        if (best < 0 || InputsAlong(best) == 0) return false;
        foreach (List<long> moved in strides.Append(extents))
        {
            long value = moved[best];
            moved.RemoveAt(best);
            moved.Insert(moved.Count - 1, value);
        }
        return true;
    }

    private static bool IsTransposed(List<long> strides, int axis, AccessPath path) =>
        !path.IsOutput && strides[axis] == path.DType.Size() && strides[^1] != 0 && strides[^1] != path.DType.Size();

    private static Access AccessOf(long stride, AccessPath path, long extent) =>
        stride == path.DType.Size() ? Access.Unit
        : stride == 0 ? (path.IsOutput && !path.IsFold ? Access.Strided : Access.Broadcast)
        : extent == 1 && !path.IsOutput ? Access.Unit : Access.Strided;

    /// <summary>
    /// True when operand <paramref name="output"/> writes each element where every operand of slot <paramref name="read"/> read it.
    /// </summary>
    public bool SameElements(int output, int[] slots, int read)
    {
        for (int k = 0; k < slots.Length; k++)
        {
            if (slots[k] != read) continue;
            if (Offsets[k] != Offsets[output] || Kernel.Operands[k].DType.Size() != Kernel.Operands[output].DType.Size()
                || !Strides[k].AsSpan().SequenceEqual(Strides[output]))
                return false;
        }
        return true;
    }
}
