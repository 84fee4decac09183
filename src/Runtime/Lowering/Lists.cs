using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops on lists: a list's slot holds references to its elements.</summary>
internal static class Lists
{
    public static bool New(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListNewCommand(External(program, instance), instance.Layouts[0]));
        return true;
    }

    public static bool Add(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListAddCommand(program.ViewOf(instance.Inputs[0]).Slot, program.ViewOf(instance.Inputs[1]).Slot, External(program, instance), instance.Layouts[0]));
        return true;
    }

    public static bool Of(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListOfCommand(program.Whole(instance.Inputs[0], SlotKind.Heap), External(program, instance), instance.Inputs[0].Layout, instance.Layouts[0]));
        return true;
    }

    public static bool Count(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListCountCommand(program.ViewOf(instance.Inputs[0]).Slot, program.Result(instance)));
        return true;
    }

    public static bool Get(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListGetCommand(program.ViewOf(instance.Inputs[0]).Slot, Index(program, instance), External(program, instance), Padding(instance), instance.Node));
        return true;
    }

    public static bool Set(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListSetCommand(
            program.ViewOf(instance.Inputs[0]).Slot, Index(program, instance), program.Whole(instance.Inputs[2], SlotKind.Heap), External(program, instance),
            instance.Inputs[2].Layout, instance.Layouts[0], Padding(instance), instance.Node));
        return true;
    }

    public static bool Stack(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListStackCommand(program.ViewOf(instance.Inputs[0]).Slot, External(program, instance), instance.Layouts[0], Padding(instance)));
        return true;
    }

    private static TensorLayout? Padding(Instance instance) =>
        instance.Node.Attrs.Get("padded", false) ? TensorLayout.Of(instance.Inputs[0].Layout.Type.Element) : null;

    private static int External(ProgramBuilder program, Instance instance) => program.Bind(new Ref(instance, 0), SlotKind.External);

    private static IndexSlot Index(ProgramBuilder program, Instance instance) => IndexSlot.Of(program.ViewOf(instance.Inputs[1]));
}
