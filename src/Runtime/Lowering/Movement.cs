using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>Ops that only rearrange elements: views where strides can say it, copies where not.</summary>
internal static class Movement
{
    private static bool IsString(Instance instance) => instance.Layouts[0].Type.DType == DType.String;

    public static bool Reshape(ProgramBuilder program, Instance instance)
    {
        if (IsString(instance)) return false;
        long[] sizes = instance.Layouts[0].Sizes;
        View view = program.ViewOf(instance.Inputs[0]);
        program.SetView(new Ref(instance, 0), view.Reshape(sizes) ?? program.Contiguous(instance.Inputs[0], instance.Escapes).Reshape(sizes)!);
        return true;
    }

    public static bool BroadcastTo(ProgramBuilder program, Instance instance)
    {
        if (IsString(instance)) return false;
        program.SetView(new Ref(instance, 0), program.ViewOf(instance.Inputs[0]).BroadcastTo(instance.Layouts[0].Sizes));
        return true;
    }

    public static bool Transpose(ProgramBuilder program, Instance instance)
    {
        if (IsString(instance)) return false;
        program.SetView(new Ref(instance, 0), program.ViewOf(instance.Inputs[0]).Transpose(instance.Node.Attrs.Axes("permutation")));
        return true;
    }

    /// <summary>The same bytes read as another dtype of the same size.</summary>
    public static bool Bitcast(ProgramBuilder program, Instance instance)
    {
        program.SetView(new Ref(instance, 0), program.ViewOf(instance.Inputs[0]) with { DType = instance.Layouts[0].Type.DType });
        return true;
    }

    public static bool Slice(ProgramBuilder program, Instance instance)
    {
        if (IsString(instance)) return false;
        long[] start = program.SizesOf(instance, "start");
        var step = instance.Node.Attrs.Longs("step");
        View view = program.ViewOf(instance.Inputs[0]);
        for (int axis = 0; axis < start.Length; axis++) view = view.Slice(axis, start[axis], step[axis], instance.Layouts[0].Sizes[axis]);
        program.SetView(new Ref(instance, 0), view);
        return true;
    }

    public static bool Reverse(ProgramBuilder program, Instance instance)
    {
        if (IsString(instance)) return false;
        View view = program.ViewOf(instance.Inputs[0]);
        foreach (int axis in instance.Node.Attrs.Axes()) view = view.Slice(axis, view.Sizes[axis] - 1, -1, view.Sizes[axis]);
        program.SetView(new Ref(instance, 0), view);
        return true;
    }

    /// <summary>The fill everywhere, then the elements that stay over it.</summary>
    public static bool Pad(ProgramBuilder program, Instance instance)
    {
        long[] sizes = instance.Layouts[0].Sizes;
        long[] low = program.SizesOf(instance, "low");
        var interior = instance.Node.Attrs.Longs("interior");
        View from = program.ViewOf(instance.Inputs[0]);
        int slot = program.Result(instance);
        View to = View.Of(slot, from.DType, sizes);
        program.Add(new FillCommand(slot, instance.Layouts[0], instance.Node.Attrs.Get<double>("fill")));
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            // Element i goes to low + i·step; only i from first to last land inside.
            long step = interior[axis] + 1;
            long first = low[axis] >= 0 ? 0 : (-low[axis] + step - 1) / step;
            long last = sizes[axis] - 1 < low[axis] ? -1 : Math.Min(from.Sizes[axis] - 1, (sizes[axis] - 1 - low[axis]) / step);
            long count = Math.Max(0, last - first + 1);
            from = from.Slice(axis, count == 0 ? 0 : first, 1, count);
            to = to.Slice(axis, count == 0 ? 0 : low[axis] + first * step, step, count);
        }
        LoopBuilder.Copy(program, from, to);
        return true;
    }

    public static bool Concat(ProgramBuilder program, Instance instance)
    {
        if (IsString(instance)) return false;
        int axis = (int)instance.Node.Attrs.Get<long>("axis");
        View whole = View.Of(program.Result(instance), instance.Layouts[0].Type.DType, instance.Layouts[0].Sizes);
        long before = 0;
        foreach (Ref input in instance.Inputs)
        {
            long size = input.Layout.Sizes[axis];
            LoopBuilder.Copy(program, program.ViewOf(input), whole.Slice(axis, before, 1, size));
            before += size;
        }
        return true;
    }

    /// <summary>One line of numbers, computed now, that stands still along the other axes.</summary>
    public static bool Iota(ProgramBuilder program, Instance instance)
    {
        TensorLayout layout = instance.Layouts[0];
        int axis = (int)instance.Node.Attrs.Get<long>("axis");
        Literal line = Literal.FromLongs(new TensorType(layout.Type.DType, new Shape(layout.Sizes[axis])), i => i);
        var strides = new long[layout.Sizes.Length];
        strides[axis] = 1;
        program.SetView(new Ref(instance, 0), new View(program.Constant(line), layout.Type.DType, 0, layout.Sizes, strides));
        return true;
    }

    public static bool DimSize(ProgramBuilder program, Instance instance)
    {
        long size = instance.Node.Attrs.Get<Dim>("dim").Evaluate(program.SizeOf);
        int slot = program.Constant(Literal.FromLongs(instance.Layouts[0].Type, _ => size));
        program.SetView(new Ref(instance, 0), View.Of(slot, DType.I64, []));
        return true;
    }

    public static bool Alias(ProgramBuilder program, Instance instance)
    {
        program.SetView(new Ref(instance, 0), program.ViewOf(instance.Inputs[0]));
        return true;
    }
}
