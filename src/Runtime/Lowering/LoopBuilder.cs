using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>A group of pointwise nodes and reductions as one kernel.</summary>
internal sealed class LoopBuilder(RegionBuilder lowered, long[] space)
{
    // While the body grows, its values are numbered from 0 and loads downward from here: loads are put in front at the end.
    private const int FirstLoad = -2;
    private const int None = -1;

    private readonly List<AccessPath> _paths = [];
    private readonly List<int> _slots = [];
    private readonly List<LoopInstruction> _loads = [];
    private readonly List<LoopInstruction> _body = [];
    private readonly List<View> _loaded = [];
    private readonly List<FoldStart> _folds = [];

    public static void Emit(RegionBuilder lowered, FusionGroup group, HashSet<BoundNode> neededOutside)
    {
        var builder = new LoopBuilder(lowered, group.Space);
        var values = new Dictionary<BoundNode, int>(ReferenceEqualityComparer.Instance);
        var casts = new List<(int From, BoundNode To)>();
        foreach (BoundNode member in group.Members)
        {
            int Operand(BoundValue input) =>
                values.TryGetValue(input.Node, out int known) ? known : builder.Load(lowered.ViewOf(input).BroadcastTo(group.Space));

            DType dtype = member.Layouts[0].Type.DType;
            if (LoopOps.IsReduction(member))
            {
                DType accumulator = LoopOps.Accumulator(dtype);
                int value = Operand(member.Inputs[0]);
                if (accumulator != dtype) value = builder.Add("cast", accumulator, value);
                int slot = accumulator == dtype ? lowered.Result(member) : lowered.Temporary(member.Layouts[0].Type.As(accumulator));
                builder.Fold(LoopOps.Fold(member), value, slot, accumulator, member);
                if (accumulator != dtype) casts.Add((slot, member));
                continue;
            }
            int[] operands = Array.ConvertAll(member.Inputs, Operand);
            int result = builder.Add(Instruction(member), dtype, operands[0], operands.Length > 1
                ? operands[1]
                : None, operands.Length > 2 ? operands[2] : None);
            values[member] = result;
            if (neededOutside.Contains(member)) builder.Store(result, View.Of(lowered.Result(member), dtype, member.Layouts[0].Sizes));
        }
        builder.Finish();
        foreach ((int from, BoundNode to) in casts)
        {
            DType dtype = to.Layouts[0].Type.DType;
            Copy(lowered, View.Of(from, LoopOps.Accumulator(dtype), to.Layouts[0].Sizes), View.Of(lowered.Result(to), dtype, to.Layouts[0].Sizes));
        }
    }

    /// <summary>Copies, casting if the dtypes differ.</summary>
    public static void Copy(RegionBuilder lowered, View from, View to)
    {
        var builder = new LoopBuilder(lowered, to.Sizes);
        int value = builder.Load(from.BroadcastTo(to.Sizes));
        if (from.DType != to.DType) value = builder.Add("cast", to.DType, value);
        builder.Store(value, to);
        builder.Finish();
    }

    // The larger or smaller of two numbers takes five instructions for NaN and signed zeros, one where a bound is known to be neither.
    private static string Instruction(BoundNode member)
    {
        if ((member.Op != OpDefs.Max && member.Op != OpDefs.Min) || !member.Layouts[0].Type.DType.IsFloat()) return member.Op.Name;
        Node bound = member.Inputs[1].Node.Node;
        double? number = bound.Op == OpDefs.Constant && bound.Attrs.Get<Literal>("value") is { Count: 1 } literal ? literal.GetDouble(0) : null;
        if (number is null or 0 or double.NaN) return member.Op.Name;
        return member.Op == OpDefs.Max ? "at_least" : "at_most";
    }

    private int Load(View view)
    {
        // A bitcast reads the same bytes as another dtype.
        int index = _loaded.FindIndex(known => known.Slot == view.Slot && known.DType == view.DType && known.Offset == view.Offset
            && known.Strides.AsSpan().SequenceEqual(view.Strides));
        if (index < 0)
        {
            index = _loaded.Count;
            _loaded.Add(view);
            _loads.Add(new LoopInstruction("load", view.DType, _paths.Count));
            AddOperand(view, isOutput: false, isFold: false);
        }
        return FirstLoad - index;
    }

    private int Add(string op, DType dtype, int a, int b = None, int c = None)
    {
        _body.Add(new LoopInstruction(op, dtype, a, b, c));
        return _body.Count - 1;
    }

    private void Store(int value, View to)
    {
        _body.Add(new LoopInstruction("store", to.DType, value, _paths.Count));
        AddOperand(to, isOutput: true, isFold: false);
    }

    private void Fold(string fold, int value, int slot, DType dtype, BoundNode reduction)
    {
        int[] reduced = reduction.Node.Attrs.Axes();
        var strides = new long[space.Length];
        long stride = 1;
        for (int axis = space.Length - 1; axis >= 0; axis--)
        {
            if (reduced.Contains(axis)) continue;
            strides[axis] = stride;
            stride *= Math.Max(1, space[axis]);
        }
        _body.Add(new LoopInstruction(fold, dtype, value, _paths.Count));
        // The identity of the reduction's own dtype: it is the result where there are no elements.
        _folds.Add(new(slot, Folds.Identity(fold, reduction.Layouts[0].Type.DType), lowered.LayoutOf(slot)));
        AddOperand(new View(slot, dtype, 0, space, strides), isOutput: true, isFold: true);
    }

    private void AddOperand(View view, bool isOutput, bool isFold)
    {
        int size = view.DType.Size();
        _paths.Add(new AccessPath(view.DType, isOutput, isFold, view.Offset * size, Array.ConvertAll(view.Strides, stride => stride * size)));
        _slots.Add(view.Slot);
    }

    // Loads come first, so that an output may take the memory of an input whose same element was read.
    private void Finish()
    {
        if (_paths.TrueForAll(path => !path.IsOutput)) return;
        int Number(int value) => value <= FirstLoad ? FirstLoad - value : value == None ? None : _loads.Count + value;
        LoopInstruction[] body =
        [
            .. _loads,
            .. _body.Select(i => i.Op == "store" || Folds.IsFold(i.Op)
                ? i with { A = Number(i.A) }
                : i with { A = Number(i.A), B = Number(i.B), C = Number(i.C) }),
        ];
        lowered.Add(new LoopCommand(LoopNest.Create(space, _paths, body), [.. _slots], [.. _folds]));
    }
}
