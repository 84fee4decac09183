using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Sums of products, and windows.</summary>
internal static partial class TypeRules
{
    public static ImmutableArray<TensorType> MatMul(InferContext c)
    {
        TensorType left = c.Inputs[0], right = c.Inputs[1];
        c.SameDTypes(left, right);
        if (left.Rank == 0 || right.Rank == 0)
            Throw.Rank(c.Op.Name, $"got {left} and {right}", "Operands have at least one axis; multiply by a number with *.");
        Dim a = left.Shape[left.Rank - 1], b = right.Shape[Math.Max(0, right.Rank - 2)];
        if (!c.Same(a, b))
            Throw.Shape(c.Op.Name, $"inner sizes differ: left {left}, right {right} ({a} ≠ {b})", "Transpose or reshape one operand.");
        var batch = c.Broadcast(new([.. left.Shape.SkipLast(2)]), new([.. right.Shape.SkipLast(2)]));
        return [left.As(new Shape([.. batch, .. left.Shape.SkipLast(1).TakeLast(1), .. right.Rank == 1 ? [] : right.Shape.TakeLast(1)]))];
    }

    public static ImmutableArray<TensorType> Dot(InferContext c)
    {
        c.SameDTypes(c.Inputs[0], c.Inputs[1]);
        var d = DotAxes.Of(c.Attrs);
        CheckDotSide(c, c.Inputs[0], [.. d.LeftBatch, .. d.LeftContract]);
        CheckDotSide(c, c.Inputs[1], [.. d.RightBatch, .. d.RightContract]);
        if (d.LeftBatch.Length != d.RightBatch.Length || d.LeftContract.Length != d.RightContract.Length)
            Throw.Rank(c.Op.Name, $"axes of {c.Inputs[0]} and {c.Inputs[1]} do not come in pairs", "Name as many axes on the left as on the right.");
        foreach (var (left, right) in d.LeftBatch.Concat(d.LeftContract).Zip(d.RightBatch.Concat(d.RightContract)))
        {
            Dim a = c.Inputs[0].Shape[left], b = c.Inputs[1].Shape[right];
            if (!c.Same(a, b))
                Throw.Shape(c.Op.Name, $"sizes differ: left {c.Inputs[0]}, right {c.Inputs[1]} ({a} ≠ {b})", "Transpose or reshape one operand.");
        }

        return [c.Inputs[0].As(new Shape(
        [
            .. d.LeftBatch.Select(axis => c.Inputs[0].Shape[axis]), .. d.LeftFree(c.Inputs[0].Rank).Select(axis => c.Inputs[0].Shape[axis]),
            .. d.RightFree(c.Inputs[1].Rank).Select(axis => c.Inputs[1].Shape[axis]),
        ]))];
    }

    public static ImmutableArray<TensorType> Conv(InferContext c)
    {
        TensorType x = c.Inputs[0], weights = c.Inputs[1];
        c.SameDTypes(x, weights);
        if (x.Rank < 3 || weights.Rank != x.Rank)
            Throw.Rank(c.Op.Name, $"got {x} and {weights}",
                "Pass x as (batch, channels, spatial…) and the weights as (output channels, channels / groups, window…), with as many spatial axes.");
        int spatial = x.Rank - 2;
        long groups = c.Attrs.Get<long>("groups");
        if (groups < 1)
            Throw.Range(c.Op.Name, $"'groups' is {groups}", "There is at least one group.");
        if (!c.Same(weights.Shape[1] * groups, x.Shape[1]))
            Throw.Shape(c.Op.Name, $"x {x} has {x.Shape[1]} channels, weights {weights} in {groups} groups take {weights.Shape[1] * groups}",
                "Check the channel axes: x is (n, c, …), weights are (o, c / groups, …).");
        if (groups > 1 && !c.Same(Dim.FloorDiv(weights.Shape[0], groups) * groups, weights.Shape[0]))
            Throw.Shape(c.Op.Name, $"{weights.Shape[0]} output channels do not divide into {groups} groups",
                "Use a multiple of the number of groups.");
        long[] stride = c.Longs("stride", spatial, 1), dilation = c.Longs("dilation", spatial, 1), spread = c.Longs("input_dilation", spatial, 1);
        Shape low = c.Sizes("low", spatial), high = c.Sizes("high", spatial);
        var sizes = Enumerable.Range(0, spatial).Select(i => Window.Infer(
            c, i + 2, low[i] + Window.Dilated(x.Shape[i + 2], spread[i]) + high[i], weights.Shape[i + 2], stride[i], dilation[i]));
        return [x.As(new Shape([x.Shape[0], weights.Shape[0], .. sizes]))];
    }

    /// <summary>The axes of a general product, by operand.</summary>
    internal readonly record struct DotAxes(int[] LeftContract, int[] RightContract, int[] LeftBatch, int[] RightBatch)
    {
        public static DotAxes Of(Attrs attrs) =>
            new(attrs.Axes("left_contract"), attrs.Axes("right_contract"), attrs.Axes("left_batch"), attrs.Axes("right_batch"));

        public int[] LeftFree(int rank) => [.. Enumerable.Range(0, rank).Except(LeftBatch).Except(LeftContract)];

        public int[] RightFree(int rank) => [.. Enumerable.Range(0, rank).Except(RightBatch).Except(RightContract)];
    }

    private static void CheckDotSide(InferContext c, TensorType type, int[] axes)
    {
        if (axes.Any(axis => axis < 0 || axis >= type.Rank) || axes.Distinct().Count() != axes.Length)
            Throw.Range(c.Op.Name, $"[{string.Join(", ", axes)}] are not different axes of {type}",
                "Name each axis at most once, counted from the front.");
    }

    public static ImmutableArray<TensorType> Windows(InferContext c) => [c.Inputs[0].As(Window.InferAll(c))];
}
