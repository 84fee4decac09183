using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Lowering;

/// <summary>Sliding windows: convolution and pooling.</summary>
internal static class Windows
{
    public static bool Conv(ProgramBuilder program, Instance instance)
    {
        Attrs attrs = instance.Node.Attrs;
        DType compute = LoopOps.Accumulator(instance.Layouts[0].Type.DType);
        long[] xs = instance.Inputs[0].Layout.Sizes;
        long[] ws = instance.Inputs[1].Layout.Sizes;
        int spatial = xs.Length - 2;
        if (spatial > 3 || instance.Layouts[0].Count == 0) return false;
        long[] low = program.SizesOf(instance, "low");
        var axes = new ConvAxis[3];
        for (int i = 0; i < 3; i++)
        {
            int axis = i - (3 - spatial);
            axes[i] = axis < 0 ? ConvAxis.None : new ConvAxis(
                checked((int)xs[axis + 2]), checked((int)ws[axis + 2]), checked((int)instance.Layouts[0].Sizes[axis + 2]),
                (int)attrs.Longs("stride")[axis], (int)attrs.Longs("dilation")[axis], (int)attrs.Longs("input_dilation")[axis], (int)low[axis]);
        }
        int groups = (int)attrs.Get<long>("groups");
        var space = new ConvSpace((int)xs[0], groups, (int)ws[1], (int)(ws[0] / groups), axes[0], axes[1], axes[2]);
        View x = program.ContiguousIn(instance.Inputs[0], compute);
        View weights = program.ContiguousIn(instance.Inputs[1], compute);
        int result = program.ResultIn(instance, compute, out Action finish);
        program.Add(new ConvCommand(space, x, weights, result));
        finish();
        return true;
    }

    public static bool Sum(ProgramBuilder program, Instance instance) => Fold(program, instance, WindowFold.Sum);

    public static bool Max(ProgramBuilder program, Instance instance) => Fold(program, instance, WindowFold.Max);

    public static bool ArgMax(ProgramBuilder program, Instance instance) => Fold(program, instance, WindowFold.ArgMax);

    private static bool Fold(ProgramBuilder program, Instance instance, WindowFold fold)
    {
        if (instance.Layouts[0].Sizes.Length == 0) return false;
        DType dtype = instance.Inputs[0].Layout.Type.DType;
        DType compute = LoopOps.Accumulator(dtype);
        View x = program.ContiguousIn(instance.Inputs[0], compute);
        int result = program.ResultIn(instance, fold == WindowFold.ArgMax ? DType.I64 : compute, out Action finish);
        Attrs attrs = instance.Node.Attrs;
        program.Add(new WindowCommand(
            fold, x, result, instance.Layouts[0].Sizes, [.. attrs.Longs("window")], [.. attrs.Longs("stride")], [.. attrs.Longs("dilation")],
            program.SizesOf(instance, "low"), Folds.Identity("fold.max", dtype)));
        finish();
        return true;
    }
}
