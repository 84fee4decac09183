using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Arrays of tensors, and the lists of the graph that they become in loops.</summary>
// A collection expression is a list, not an array: hence the priorities.
public static partial class Ops
{
    /// <summary>Joins the elements of an array along a new axis. Errors: TG3004 when the element type is not known yet.</summary>
    [OverloadResolutionPriority(-1)]
    public static Tensor Stack(TensorArray parts, int axis = 0) => Check.NotNull(parts).Stack(axis);

    /// <summary>Joins the elements of an array along one of their axes. Errors: TG3004 when the element type is not known yet.</summary>
    [OverloadResolutionPriority(-1)]
    public static Tensor Concat(TensorArray parts, int axis = 0) => Check.NotNull(parts).Concat(axis);

    /// <summary>Zeros, or empty text.</summary>
    internal static Tensor Zeros(TensorType type) => BroadcastTo(Tensor.From(Literal.Zeros(type.As(Shape.Scalar))), type.Shape);

    internal static void CheckIndex(Tensor index, Tensor count) => Dispatch.RunAll(OpDefs.CheckIndex, Attrs.Empty, index, count);

    internal static Tensor ListOf(Tensor rows) => Dispatch.Run(OpDefs.ListOf, rows);

    /// <summary>A tensor as the list that carries it, whatever its length.</summary>
    internal static Tensor AsList(Tensor tensor) => Dispatch.Run(OpDefs.ListOf, Attrs.Of(ValueNames.SameTensor, true), tensor);

    /// <summary>The tensor that a list carries.</summary>
    internal static Tensor FromList(Tensor list) => Dispatch.Run(
        OpDefs.ListStack, Attrs.Of(("dim", CompilerServices.GraphControl.Size(ListCount(list))), (ValueNames.SameTensor, true)), list);

    internal static Tensor ListCount(Tensor list) => Dispatch.Run(OpDefs.ListCount, list);

    internal static Tensor ListGet(Tensor list, Tensor index) => Dispatch.Run(OpDefs.ListGet, list, index);

    internal static Tensor ListSet(Tensor list, Tensor index, Tensor element) => Dispatch.Run(OpDefs.ListSet, list, index, element);

    internal static Tensor ListStack(Tensor list, Dim size) => Dispatch.Run(OpDefs.ListStack, Attrs.Of("dim", size), list);
}
