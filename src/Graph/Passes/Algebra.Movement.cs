using TensorGraph.Ir;
using static TensorGraph.Passes.Pattern;

namespace TensorGraph.Passes;

/// <summary>Laws of ops that only rearrange or convert elements.</summary>
public static partial class Algebra
{
    private static Rule[] Movement =>
    [
        new("reshape-identity", "reshape(x) = x when the shape is x's", Of(OpDefs.Reshape, X), m => m[X]),
        new("reshape-reshape", "reshape(reshape(x)) = reshape(x)", Of(OpDefs.Reshape, Of(OpDefs.Reshape, X)), m => m.Builder.Reshape(m[X], m.Root.Types[0].Shape)),
        new("transpose-identity", "transpose(x) = x when every axis stays", Of(OpDefs.Transpose, X),
        m => Permutation(m.Root).SequenceEqual(Enumerable.Range(0, m[X].Shape.Rank)) ? m[X] : null),
        new("transpose-transpose", "transpose(transpose(x)) = transpose(x)", Of(OpDefs.Transpose, Of(OpDefs.Transpose, X)),
        m => m.Builder.Transpose(m[X], Permutation(m.Root).Select(axis => Permutation(m.Root.Inputs[0].Node)[axis]))),
        new("broadcast-identity", "broadcast_to(x) = x when the shape is x's", Of(OpDefs.BroadcastTo, X), m => m[X]),
        new("broadcast-broadcast", "broadcast_to(broadcast_to(x)) = broadcast_to(x)", Of(OpDefs.BroadcastTo, Of(OpDefs.BroadcastTo, X)),
        m => m.Builder.BroadcastTo(m[X], m.Root.Types[0].Shape)),
        new("slice-whole", "slice(x) = x when it takes all", Of(OpDefs.Slice, X), m => m.Root.Attrs.Get<Shape>("start").All(start => start.Is(0))
        && m.Root.Attrs.Longs("step").All(step => step == 1) ? m[X] : null),
        new("pad-nothing", "pad(x) = x when it adds nothing", Of(OpDefs.Pad, X),
        m => m.Root.Attrs.Get<Shape>("low").Concat(m.Root.Attrs.Get<Shape>("high")).All(amount => amount.Is(0))
        && m.Root.Attrs.Longs("interior").All(gap => gap == 0) ? m[X] : null),
        new("pads-side-by-side", "pad(x) + pad(y) + … = concat(x + 0, y + 0, …) when zeros surround parts that cover the whole", Of(OpDefs.Add, X, Y), m => SideBySide(m)),
        new("concat-one", "concat(x) = x", Of(OpDefs.Concat, X), m => m[X]),
        new("reverse-reverse", "reverse(reverse(x)) = x along the same axes", Of(OpDefs.Reverse, Of(OpDefs.Reverse, X)),
        m => m.Root.Attrs.Equals(m.Root.Inputs[0].Node.Attrs) ? m[X] : null),
        .. new[] { OpDefs.ReduceMax, OpDefs.ReduceMin, OpDefs.ReduceProd, OpDefs.ReduceAny, OpDefs.ReduceAll }.Select(op => new Rule(
            "reduce-single", "reduce(x) = reshape(x) over axes of size 1, but for sums (0 + −0 = 0)", Of(op, X),
            m => m.Root.Attrs.Axes().All(axis => m[X].Shape[axis].Is(1)) ? m.Builder.Reshape(m[X], m.Root.Types[0].Shape) : null)),
        new("cast-identity", "cast(x) = x when the dtype is x's", Of(OpDefs.Cast, X), m => m[X]),
        new("cast-cast", "cast(cast(x)) = cast(x) when the inner cast loses nothing", Of(OpDefs.Cast, Of(OpDefs.Cast, X)),
        m => Widens(m[X].DType, m.Root.Inputs[0].DType) ? m.Builder.Cast(m[X], m.Root.Types[0].DType) : null),
    ];

    // The sum of the gradients of slices. An element is added to zeros, which changes −0 only.
    private static Value? SideBySide(Match m)
    {
        const int Most = 64;
        var parts = new List<Node>();
        int sums = 0;
        if (m.Root.Types[0].DType is DType.Bool or DType.String || !Collect(m.Root[0]))
            return null;
        foreach (int axis in Enumerable.Range(0, m.Root.Types[0].Shape.Rank))
        {
            var inOrder = new List<Value>();
            Dim end = 0;
            while (parts.Find(part => Low(part, axis) == end && IsAlong(part, axis)) is { } next && !inOrder.Contains(next.Inputs[0]))
            {
                inOrder.Add(next.Inputs[0]);
                end += next.Inputs[0].Shape[axis];
            }
            if (inOrder.Count == parts.Count && end == m.Root.Types[0].Shape[axis])
                return m.Builder.Emit(OpDefs.Concat, Attrs.Of("axis", (long)axis), [.. inOrder.Select(x => m.Builder.Add(x, m.Builder.Scalar(0, x)))])[0];
        }
        return null;

        // A long chain of sums ends the search before its parts are found. Parts that are broadcast do not lie side by side.
        bool Collect(Value value)
        {
            if (value.Type != m.Root.Types[0])
                return false;
            if (value.Node.Op == OpDefs.Add)
                return ++sums < Most && value.Node.Inputs.All(Collect);
            parts.Add(value.Node);
            return value.Node.Op == OpDefs.Pad && value.Node.Attrs.Get<double>("fill") is 0 and var fill && !double.IsNegative(fill)
                && value.Node.Attrs.Longs("interior").All(gap => gap == 0);
        }

        static Dim Low(Node pad, int axis) => pad.Attrs.Get<Shape>("low")[axis];

        // It grows along one axis.
        static bool IsAlong(Node pad, int axis) => Enumerable.Range(0, pad.Types[0].Shape.Rank).All(
            other => other == axis || (Low(pad, other).Is(0) && pad.Attrs.Get<Shape>("high")[other].Is(0)));
    }

    private static int[] Permutation(Node transpose) => transpose.Attrs.Axes("permutation");

    // Every value of the first dtype is a value of the second, and casting on from either gives the same.
    private static bool Widens(DType from, DType to) => (from, to) switch
    {
        (DType.Bool, not DType.String) => true,
        (DType.U8 or DType.I8 or DType.I16, DType.F32 or DType.F64) => true,
        (DType.I32, DType.F64) => true,
        (DType.U8, DType.I16 or DType.I32 or DType.I64) => true,
        (DType.I8, DType.I16 or DType.I32 or DType.I64) => true,
        (DType.I16, DType.I32 or DType.I64) => true,
        (DType.I32, DType.I64) => true,
        (DType.F16 or DType.BF16, DType.F32 or DType.F64) => true,
        (DType.F32, DType.F64) => true,
        _ => false,
    };
}
