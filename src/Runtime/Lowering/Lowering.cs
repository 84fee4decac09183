using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Emits what an instance that is no loop needs: a view, a step of its own, or the op's reference meaning on the host.</summary>
internal static class Lowering
{
    private delegate bool Rule(ProgramBuilder program, Instance instance);

    // A rule says false when it does not cover the case; then the reference meaning runs.
    private static readonly Dictionary<string, Rule> Rules = new(StringComparer.Ordinal)
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
        ["arg_max"] = Lines.ArgMax,
        ["arg_min"] = Lines.ArgMin,
        ["cum_sum"] = Lines.CumSum,
        ["sort"] = Lines.Sort,
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
    };

    public static void Emit(ProgramBuilder program, Instance instance)
    {
        if (Rules.TryGetValue(instance.Op.Name, out Rule? rule) && rule(program, instance)) return;
        Host(program, instance);
    }

    private static bool Constant(ProgramBuilder program, Instance instance)
    {
        Literal literal = instance.Node.Attrs.Get<Literal>("value");
        program.SetView(new Ref(instance, 0), View.Of(program.Constant(literal), literal.Type.DType, instance.Layouts[0].Sizes));
        return true;
    }

    private static bool ReadVariable(ProgramBuilder program, Instance instance)
    {
        if (instance.Node.Attrs.Get<Resource>("var") is not VariableResource variable) return false;
        int slot = program.Bind(new Ref(instance, 0), SlotKind.External);
        program.Add(new ReadVariableCommand(variable, slot, instance.Layouts[0]));
        return true;
    }

    private static bool AssignVariable(ProgramBuilder program, Instance instance)
    {
        if (instance.Node.Attrs.Get<Resource>("var") is not VariableResource variable) return false;
        program.Add(new AssignVariableCommand(variable, program.Whole(instance.Inputs[0], SlotKind.Heap), instance.Inputs[0].Layout));
        return true;
    }

    private static bool AdvanceRandom(ProgramBuilder program, Instance instance)
    {
        if (instance.Node.Attrs.Get<Resource>("var") is not VariableResource variable) return false;
        int blocks = program.Whole(instance.Inputs[0]);
        program.Add(new AdvanceRandomCommand(variable, blocks, instance.Inputs[0].Layout, program.Bind(new Ref(instance, 0), SlotKind.External)));
        return true;
    }

    private static bool RandomBits(ProgramBuilder program, Instance instance)
    {
        program.Add(new RandomBitsCommand(
            program.ViewOf(instance.Inputs[0]), program.ViewOf(instance.Inputs[1]), program.Result(instance), instance.Layouts[0].Count));
        return true;
    }

    private static void Host(ProgramBuilder program, Instance instance)
    {
        int[] inputs = Array.ConvertAll(instance.Inputs, input => program.Whole(input));
        int[] outputs = new int[instance.Layouts.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = program.Bind(new Ref(instance, i), SlotKind.External);
        program.Add(new HostCommand(instance.Node, inputs, Array.ConvertAll(instance.Inputs, input => input.Layout), outputs, program.SizeOf));
    }
}
