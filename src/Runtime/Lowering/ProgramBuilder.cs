using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>A lowered region under construction: slots, commands, and where each value is.</summary>
internal sealed class ProgramBuilder
{
    private readonly List<Slot> _slots = [];
    private readonly List<Command> _commands = [];
    private readonly Dictionary<Ref, View> _views = [];
    private readonly Dictionary<Literal, int> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly SizeBindings _sizes;

    private ProgramBuilder(SizeBindings sizes) => _sizes = sizes;

    public Func<string, long> SizeOf => _sizes.SizeOf;

    public static LoweredRegion Lower(Region region, SizeBindings sizes) => LateSizes.Split(region, sizes) ?? LowerKnown(region, sizes);

    private static LoweredRegion LowerKnown(Region region, SizeBindings sizes)
    {
        Flatten flat = Flatten.Block(region, sizes.SizeOf);
        var builder = new ProgramBuilder(sizes);
        int[] inputs = Array.ConvertAll(flat.Parameters, parameter => builder.Bind(parameter, SlotKind.Input));
        List<Unit> units = Fusion.Plan(flat.Instances);
        Escape.Mark(flat);
        HashSet<Instance> needed = NeededOutside(flat);
        foreach (Unit unit in units)
        {
            if (unit.IsLoop) LoopBuilder.Emit(builder, unit, needed);
            else Lowering.Emit(builder, unit.Members[0]);
        }
        (int Slot, TensorLayout? Layout)[] results = Array.ConvertAll(flat.Results, result => (builder.Whole(result, SlotKind.Heap), (TensorLayout?)result.Layout));
        long arena = MemoryPlan.Assign(builder._slots, builder._commands, results.Select(result => result.Slot));
        return new LoweredRegion([.. builder._slots], [.. builder._commands], inputs, results, arena);
    }

    /// <summary>Members of loops whose value someone outside the loop reads.</summary>
    private static HashSet<Instance> NeededOutside(Flatten flat)
    {
        var needed = new HashSet<Instance>(ReferenceEqualityComparer.Instance);
        foreach (Instance instance in flat.Instances)
        {
            foreach (Ref input in instance.Inputs)
            {
                if (input.Instance.Unit != instance.Unit) needed.Add(input.Instance);
            }
        }
        foreach (Ref result in flat.Results) needed.Add(result.Instance);
        return needed;
    }

    /// <summary>A parameter that lists sizes, as numbers.</summary>
    public long[] SizesOf(Instance instance, string name) =>
        [.. instance.Node.Attrs.Get<Shape>(name).Dims.Select(dim => dim.Evaluate(SizeOf))];

    public void Add(Command command) => _commands.Add(command);

    public TensorLayout LayoutOf(int slot) => _slots[slot].Layout;

    public View ViewOf(Ref value) => _views[value];

    public void SetView(Ref value, View view) => _views[value] = view;

    /// <summary>A slot for a result; its view is the whole slot.</summary>
    public int Bind(Ref value, SlotKind kind)
    {
        int slot = NewSlot(kind, value.Layout);
        _views[value] = View.Of(slot, value.Layout.Type.DType, value.Layout.Sizes);
        return slot;
    }

    /// <summary>The slot of an instance's result, made at the first call.</summary>
    public int Result(Instance instance, int index = 0)
    {
        var value = new Ref(instance, index);
        if (_views.TryGetValue(value, out View? view)) return view.Slot;
        bool heap = instance.Escapes || value.Layout.Type.DType == DType.String;
        return Bind(value, heap ? SlotKind.Heap : SlotKind.Arena);
    }

    public int Temporary(TensorType type) => NewSlot(SlotKind.Arena, TensorLayout.Of(type));

    public int Constant(Literal literal)
    {
        if (_constants.TryGetValue(literal, out int slot)) return slot;
        _slots.Add(new Slot(SlotKind.Constant, TensorLayout.Of(literal.Type)) { Constant = literal });
        return _constants[literal] = _slots.Count - 1;
    }

    /// <summary>A slot that holds just this value in row-major order: the value's own, or a copy.</summary>
    public int Whole(Ref value, SlotKind copyTo = SlotKind.Arena)
    {
        View view = ViewOf(value);
        if (value.Layout.Type.DType == DType.String || value.Layout.Type.IsList) return view.Slot;
        bool whole = view.IsWhole && view.Count == _slots[view.Slot].Layout.Count;
        if (whole && (copyTo == SlotKind.Arena || _slots[view.Slot].Kind != SlotKind.Arena)) return view.Slot;
        int slot = NewSlot(copyTo, value.Layout);
        LoopBuilder.Copy(this, view, View.Of(slot, view.DType, value.Layout.Sizes));
        return slot;
    }

    /// <summary>A view with its elements in row-major order without gaps, copied if need be.</summary>
    public View Contiguous(Ref value, bool escapes = false)
    {
        View view = ViewOf(value);
        if (view.IsContiguous) return view;
        int slot = NewSlot(escapes ? SlotKind.Heap : SlotKind.Arena, value.Layout);
        View copy = View.Of(slot, view.DType, value.Layout.Sizes);
        LoopBuilder.Copy(this, view, copy);
        return copy;
    }

    /// <summary>The value in the dtype that a kernel computes in; 16-bit floats go through f32.</summary>
    public View Computable(Ref value, DType compute)
    {
        View view = ViewOf(value);
        if (view.DType == compute) return view;
        View wide = View.Of(Temporary(value.Layout.Type.As(compute)), compute, view.Sizes);
        LoopBuilder.Copy(this, view, wide);
        return wide;
    }

    /// <summary>As <see cref="Computable"/>, in row-major order without gaps.</summary>
    public View ContiguousIn(Ref value, DType compute) => value.Layout.Type.DType == compute ? Contiguous(value) : Computable(value, compute);

    /// <summary>A slot of the instance's result in the dtype that the kernel writes, and the copy that brings it to the result afterwards.</summary>
    public int ResultIn(Instance instance, DType compute, out Action finish)
    {
        int result = Result(instance);
        TensorLayout layout = instance.Layouts[0];
        finish = static () => { };
        if (layout.Type.DType == compute) return result;
        int wide = Temporary(layout.Type.As(compute));
        finish = () => LoopBuilder.Copy(this, View.Of(wide, compute, layout.Sizes), View.Of(result, layout.Type.DType, layout.Sizes));
        return wide;
    }

    /// <summary>A region of a control-flow op.</summary>
    public LoweredRegion Inner(Region region) => Lower(region, _sizes);

    /// <summary>Slots of all inputs as tensors that inner programs can keep.</summary>
    public int[] Wholes(Instance instance) => Array.ConvertAll(instance.Inputs, input => Whole(input, SlotKind.Heap));

    private int NewSlot(SlotKind kind, TensorLayout layout)
    {
        _slots.Add(new Slot(kind, layout));
        return _slots.Count - 1;
    }
}
