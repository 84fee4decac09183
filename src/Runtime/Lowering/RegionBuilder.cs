using TensorGraph.Backends.Commands;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Lowering;

/// <summary>A lowered region under construction: slots, commands, and where each value is.</summary>
internal sealed class RegionBuilder
{
    private readonly List<Slot> _slots = [];
    private readonly List<Command> _commands = [];
    private readonly Dictionary<BoundValue, View> _views = [];
    private readonly Dictionary<Literal, int> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly SizeBindings _sizes;
    private readonly ForkOptions _forks;
    private Node[] _origin = [];

    private RegionBuilder(SizeBindings sizes, ForkOptions forks) => (_sizes, _forks) = (sizes, forks);

    public Func<string, long> SizeOf => _sizes.SizeOf;

    /// <summary>Lowers a region.</summary>
    /// <param name="region">The region.</param>
    /// <param name="sizes">The numbers of its symbolic sizes.</param>
    /// <param name="forks">When commands run side by side; never, unless given.</param>
    public static LoweredRegion Lower(Region region, SizeBindings sizes, ForkOptions? forks = null) =>
        LateSizes.Split(region, sizes, forks ??= ForkOptions.None) ?? LowerKnown(region, sizes, forks);

    private static LoweredRegion LowerKnown(Region region, SizeBindings sizes, ForkOptions forks)
    {
        BoundRegion bound = BoundRegion.Of(region, sizes.SizeOf);
        var builder = new RegionBuilder(sizes, forks);
        int[] inputs = Array.ConvertAll(bound.Parameters, parameter => builder.Bind(parameter, SlotKind.Input));
        List<FusionGroup> groups = Fusion.Plan(bound.Nodes);
        Escape.Mark(bound);
        HashSet<BoundNode> needed = NeededOutside(bound);
        foreach (FusionGroup group in groups)
        {
            builder._origin = [.. group.Members.Select(member => member.Node)];
            if (group.IsLoop) LoopBuilder.Emit(builder, group, needed);
            else NodeLowering.Emit(builder, group.Members[0]);
        }
        builder._origin = [];
        (int Slot, TensorLayout? Layout)[] results =
            Array.ConvertAll(bound.Results, result => (builder.Whole(result, SlotKind.Heap), (TensorLayout?)result.Layout));
        bool hasTiles = forks.HasTiles && !LoweringStep.Tiles.IsLeftOut;
        Command[] commands = hasTiles ? new TilePlan(builder._commands, builder._slots).Run() : [.. builder._commands];
        return ForkPlan.Choose([.. builder._slots], commands, inputs, results, forks);
    }

    /// <summary>Members of loops whose value is read outside of the loop.</summary>
    private static HashSet<BoundNode> NeededOutside(BoundRegion region)
    {
        var needed = new HashSet<BoundNode>(ReferenceEqualityComparer.Instance);
        foreach (BoundNode bound in region.Nodes)
        {
            foreach (BoundValue input in bound.Inputs)
            {
                if (input.Node.Group != bound.Group) needed.Add(input.Node);
            }
        }
        foreach (BoundValue result in region.Results) needed.Add(result.Node);
        return needed;
    }

    /// <summary>A parameter that lists sizes, as numbers.</summary>
    public long[] SizesOf(BoundNode bound, string name) =>
        [.. bound.Node.Attrs.Get<Shape>(name).Dims.Select(dim => dim.Evaluate(SizeOf))];

    public void Add(Command command) => _commands.Add(command with { Origin = _origin });

    public TensorLayout LayoutOf(int slot) => _slots[slot].Layout;

    public View ViewOf(BoundValue value) => _views[value];

    public void SetView(BoundValue value, View view) => _views[value] = view;

    /// <summary>A slot for a result; its view is the whole slot.</summary>
    public int Bind(BoundValue value, SlotKind kind)
    {
        int slot = NewSlot(kind, value.Layout);
        _views[value] = View.Of(slot, value.Layout.Type.DType, value.Layout.Sizes);
        return slot;
    }

    /// <summary>The slot of an node's result, made at the first call.</summary>
    public int Result(BoundNode bound, int index = 0)
    {
        var value = new BoundValue(bound, index);
        if (_views.TryGetValue(value, out View? view)) return view.Slot;
        bool heap = bound.Escapes || value.Layout.Type.DType == DType.String;
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
    public int Whole(BoundValue value, SlotKind copyTo = SlotKind.Arena)
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
    public View Contiguous(BoundValue value, bool escapes = false)
    {
        View view = ViewOf(value);
        if (view.IsContiguous) return view;
        int slot = NewSlot(escapes ? SlotKind.Heap : SlotKind.Arena, value.Layout);
        View copy = View.Of(slot, view.DType, value.Layout.Sizes);
        LoopBuilder.Copy(this, view, copy);
        return copy;
    }

    /// <summary>The value in the dtype that a kernel computes in; 16-bit floats go through f32.</summary>
    public View Computable(BoundValue value, DType compute)
    {
        View view = ViewOf(value);
        if (view.DType == compute) return view;
        View wide = View.Of(Temporary(value.Layout.Type.As(compute)), compute, view.Sizes);
        LoopBuilder.Copy(this, view, wide);
        return wide;
    }

    /// <summary>As <see cref="Computable"/>, in row-major order without gaps.</summary>
    public View ContiguousIn(BoundValue value, DType compute) => value.Layout.Type.DType == compute ? Contiguous(value) : Computable(value, compute);

    /// <summary>A slot of the node's result in the dtype that the kernel writes, and the copy that brings it to the result afterwards.</summary>
    public int ResultIn(BoundNode bound, DType compute, out Action finish)
    {
        int result = Result(bound);
        TensorLayout layout = bound.Layouts[0];
        finish = static () => { };
        if (layout.Type.DType == compute) return result;
        int wide = Temporary(layout.Type.As(compute));
        finish = () => LoopBuilder.Copy(this, View.Of(wide, compute, layout.Sizes), View.Of(result, layout.Type.DType, layout.Sizes));
        return wide;
    }

    /// <summary>A region of a control-flow op.</summary>
    public LoweredRegion Inner(Region region) => Lower(region, _sizes, _forks);

    /// <summary>Slots of all inputs as tensors that inner regions can keep.</summary>
    public int[] Wholes(BoundNode bound) => Array.ConvertAll(bound.Inputs, input => Whole(input, SlotKind.Heap));

    private int NewSlot(SlotKind kind, TensorLayout layout)
    {
        _slots.Add(new Slot(kind, layout));
        return _slots.Count - 1;
    }
}
