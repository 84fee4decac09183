namespace TensorGraph.Ir;

/// <summary>Checks that methods of tensors make ahead of the ops that they consist of; shared by the run time and the analyzer.</summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
static class IndexRules
{
    /// <summary>TG2001 when an axis, counted from the front, is not known to have size 1.</summary>
    public static void CheckSqueeze(TensorType x, int axis)
    {
        if (!x.Shape[axis].Is(1))
            Throw.Shape("squeeze", $"axis {axis} of {x} is not of size 1", "Index the axis instead.");
    }

    /// <summary>TG2001 or TG2002 when tensors that are stacked certainly differ in their types.</summary>
    public static void CheckStack(ReadOnlySpan<TensorType> parts)
    {
        foreach (var part in parts)
        {
            if (part.DType != parts[0].DType)
                Throw.DType("stack", $"element types differ: {parts[0]} and {part}", InferContext.PromotionRemedy([parts[0], part]));
            bool differs = part.Rank != parts[0].Rank;
            for (int axis = 0; axis < part.Rank && !differs; axis++)
                differs = part.Shape[axis].IsConstant && parts[0].Shape[axis].IsConstant && part.Shape[axis] != parts[0].Shape[axis];
            if (differs)
                Throw.Shape("stack", $"{parts[0]} and {part} differ", "All of them have one shape: pad, slice or reshape them.");
        }
    }

    /// <summary>TG2001 when a flat array has not as many elements as a shape.</summary>
    public static void CheckLength(Shape shape, long length)
    {
        if (shape.ElementCount.Value != length)
            Throw.Shape("from", $"{shape} has {shape.ElementCount} elements, the array has {length}",
                "Give sizes whose product is the length of the array.");
    }

    /// <summary>TG2003 when there are more indices than axes.</summary>
    public static void CheckIndices(TensorType x, int indices)
    {
        if (indices > x.Rank)
            Throw.Rank("index", x.Rank == 0
                ? $"a {x} has no axes"
                : $"a {x} has {x.Rank} axes, not {indices}", x.Rank == 0 ? "Use the scalar as it is." : "Leave indices out.");
    }

    /// <summary>TG2004 when a number, negative ones counted from the end, is no index of an axis whose size is known.</summary>
    public static void CheckIndex(TensorType x, int axis, long number)
    {
        Dim size = x.Shape[axis];
        if (size.IsConstant && (number >= size.Value || number < -size.Value))
            Throw.Range("index", $"{number} is out of range for axis {axis} of {x}", size.Is(0)
                ? "The axis is empty."
                : $"Use an index from {-size.Value} to {size.Value - 1}.");
    }

    /// <summary>The step of a range of an axis; TG2004 for 0.</summary>
    public static long CheckStep(TensorType x, int axis, long step)
    {
        if (step == 0)
            Throw.Range("index", $"a step of 0 on axis {axis} of {x}", "Use a step of 1 or more, or less than 0 to go backward.");
        return step;
    }
}
