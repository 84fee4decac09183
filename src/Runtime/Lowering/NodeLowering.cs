using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Emits what a node that is no loop needs: a view, a command of its own, or the op's reference meaning on the host.</summary>
internal static class NodeLowering
{
    private delegate bool Emitter(RegionBuilder lowered, BoundNode bound);

    // An emitter says false when it does not cover the case; then the reference meaning runs.
    private static readonly Dictionary<string, Emitter> Emitters = new(StringComparer.Ordinal)
    {
        ["constant"] = Constant,
        ["reshape"] = Movement.Reshape,
        ["broadcast_to"] = Movement.BroadcastTo,
        ["transpose"] = Movement.Transpose,
        ["bitcast"] = Movement.Bitcast,
        ["slice"] = Movement.Slice,
        ["reverse"] = Movement.Reverse,
        ["pad"] = Movement.Pad,
        ["concat"] = Movement.Concat,
        ["iota"] = Movement.Iota,
        ["dim_size"] = Movement.DimSize,
        ["stop_gradient"] = Movement.Alias,
        ["dot"] = Contraction.Dot,
        ["gather"] = Indexing.Gather,
        ["scatter_add"] = Indexing.ScatterAdd,
        ["dynamic_slice"] = Indexing.DynamicSlice,
        ["dynamic_update_slice"] = Indexing.DynamicUpdateSlice,
        ["list_new"] = Lists.New,
        ["list_add"] = Lists.Add,
        ["list_of"] = Lists.Of,
        ["list_count"] = Lists.Count,
        ["list_get"] = Lists.Get,
        ["list_set"] = Lists.Set,
        ["list_stack"] = Lists.Stack,
        ["arg_max"] = AxisOps.ArgMax,
        ["arg_min"] = AxisOps.ArgMin,
        ["cum_sum"] = AxisOps.CumSum,
        ["sort"] = AxisOps.Sort,
        ["random_bits"] = RandomBits,
        ["conv"] = Windows.Conv,
        ["window_sum"] = Windows.Sum,
        ["window_max"] = Windows.Max,
        ["window_arg_max"] = Windows.ArgMax,
        ["read_variable"] = ReadVariable,
        ["assign_variable"] = AssignVariable,
        ["advance_random"] = AdvanceRandom,
        ["if"] = Control.Branch,
        ["switch"] = Control.Branch,
        ["while"] = Control.While,
        ["scan"] = Control.Scan,
        ["checkpoint"] = Control.Checkpoint,
        ["on_device"] = OnDevice,
        ["to_device"] = Movement.Alias,
    };

    public static void Emit(RegionBuilder lowered, BoundNode bound)
    {
        if (Emitters.TryGetValue(bound.Op.Name, out Emitter? emitter) && emitter(lowered, bound)) return;
        Host(lowered, bound);
    }

    private static bool Constant(RegionBuilder lowered, BoundNode bound)
    {
        Literal literal = bound.Node.Attrs.Get<Literal>("value");
        lowered.SetView(new BoundValue(bound, 0), View.Of(lowered.Constant(literal), literal.Type.DType, bound.Layouts[0].Sizes));
        return true;
    }

    // Null for one whose values are copied from and to wherever it is.
    private static VariableResource? VariableOf(BoundNode bound) =>
        bound.Node.Attrs.Find(PlacedRegion.Copied) is null ? bound.Node.Attrs.Get<Resource>("var") as VariableResource : null;

    private static bool ReadVariable(RegionBuilder lowered, BoundNode bound)
    {
        if (VariableOf(bound) is not { } variable) return false;
        int slot = lowered.Bind(new BoundValue(bound, 0), SlotKind.External);
        lowered.Add(new ReadVariableCommand(variable, slot, bound.Layouts[0]));
        return true;
    }

    private static bool AssignVariable(RegionBuilder lowered, BoundNode bound)
    {
        if (VariableOf(bound) is not { } variable) return false;
        lowered.Add(new AssignVariableCommand(variable, lowered.Whole(bound.Inputs[0], SlotKind.Heap), bound.Inputs[0].Layout));
        return true;
    }

    private static bool AdvanceRandom(RegionBuilder lowered, BoundNode bound)
    {
        if (VariableOf(bound) is not { } variable) return false;
        int blocks = lowered.Whole(bound.Inputs[0]);
        lowered.Add(new AdvanceRandomCommand(variable, blocks, bound.Inputs[0].Layout, lowered.Bind(new BoundValue(bound, 0), SlotKind.External)));
        return true;
    }

    private static bool OnDevice(RegionBuilder lowered, BoundNode bound)
    {
        string device = bound.Node.Attrs.Get<string>("device");
        var (inputs, outputs) = Tensors(lowered, bound);
        TensorLayout[] layouts = [.. bound.Inputs.Select(input => input.Layout)];
        lowered.Add(new OnDeviceCommand(device, bound.Node.Regions[0], inputs, layouts, outputs, lowered.SizeOf));
        return true;
    }

    private static bool RandomBits(RegionBuilder lowered, BoundNode bound)
    {
        lowered.Add(new RandomBitsCommand(
            lowered.ViewOf(bound.Inputs[0]), lowered.ViewOf(bound.Inputs[1]), lowered.Result(bound), bound.Layouts[0].Count));
        return true;
    }

    private static void Host(RegionBuilder lowered, BoundNode bound)
    {
        var (inputs, outputs) = Tensors(lowered, bound);
        lowered.Add(new HostCommand(bound.Node, inputs, [.. bound.Inputs.Select(input => input.Layout)], outputs, lowered.SizeOf));
    }

    // Slots of the inputs as tensors, and of results that come as tensors.
    private static (int[] Inputs, int[] Outputs) Tensors(RegionBuilder lowered, BoundNode bound)
    {
        int[] inputs = Array.ConvertAll(bound.Inputs, input => lowered.Whole(input));
        int[] outputs = new int[bound.Layouts.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = lowered.Bind(new BoundValue(bound, i), SlotKind.External);
        return (inputs, outputs);
    }
}
