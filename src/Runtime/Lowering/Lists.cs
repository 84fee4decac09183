using TensorGraph.Backends.Managed;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops on lists: a list's slot holds references to its elements.</summary>
internal static class Lists
{
    public static bool New(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListNewStep(Handed(program, instance), instance.Layouts[0]));
        return true;
    }

    public static bool Add(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListAddStep(program.ViewOf(instance.Inputs[0]).Slot, program.ViewOf(instance.Inputs[1]).Slot, Handed(program, instance), instance.Layouts[0]));
        return true;
    }

    public static bool Of(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListOfStep(program.Whole(instance.Inputs[0], SlotKind.Heap), Handed(program, instance), instance.Inputs[0].Layout, instance.Layouts[0]));
        return true;
    }

    public static bool Count(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListCountStep(program.ViewOf(instance.Inputs[0]).Slot, program.Result(instance)));
        return true;
    }

    public static bool Get(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListGetStep(program.ViewOf(instance.Inputs[0]).Slot, Index(program, instance), Handed(program, instance), Padding(instance), instance.Node));
        return true;
    }

    public static bool Set(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListSetStep(
            program.ViewOf(instance.Inputs[0]).Slot, Index(program, instance), program.Whole(instance.Inputs[2], SlotKind.Heap), Handed(program, instance),
            instance.Inputs[2].Layout, instance.Layouts[0], Padding(instance), instance.Node));
        return true;
    }

    public static bool Stack(ProgramBuilder program, Instance instance)
    {
        program.Add(new ListStackStep(program.ViewOf(instance.Inputs[0]).Slot, Handed(program, instance), instance.Layouts[0], Padding(instance)));
        return true;
    }

    private static Padding? Padding(Instance instance) =>
        instance.Node.Attrs.Get("padded", false) ? new Padding(TensorLayout.Of(instance.Inputs[0].Layout.Type.Element)) : null;

    private static int Handed(ProgramBuilder program, Instance instance) => program.Bind(new Ref(instance, 0), SlotKind.Handed);

    private static ListIndex Index(ProgramBuilder program, Instance instance)
    {
        View view = program.ViewOf(instance.Inputs[1]);
        return new ListIndex(view.Slot, view.DType == DType.I64, view.Offset);
    }
}
