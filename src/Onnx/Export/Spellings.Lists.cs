using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Lists of tensors, which are sequences there.</summary>
internal static partial class Spellings
{
    private static IEnumerable<(OpDef Op, Spelling Spelling)> Lists() =>
    [
        (OpDefs.ListNew, new(c => [c.Add("SequenceEmpty", [], ("dtype", ElementTypes.Of(c.Node.Types[0].DType)))], IsFlat)),
        (OpDefs.ListOf, new(c => [c.Add("SplitToSequence", [c.X], ("axis", 0), ("keepdims", 0))], IsFlat)),
        (OpDefs.ListCount, new(c => [c.Add("SequenceLength", c.X)])),
        (OpDefs.ListGet, new(c => [c.Add("SequenceAt", c.Inputs)], IsPlainList)),
        (OpDefs.ListSet, new(ListSet, IsPlainList)),
        (OpDefs.ListStack, new(ListStack, IsPlainList)),
    ];

    private static bool IsFlat(Node node) => !node.Types[0].Element.IsList;

    // Lists that a gradient fills up with zeros are none there, nor are lists of lists.
    private static bool IsPlainList(Node node) => !node.Attrs.Get("padded", false) && !node.Inputs[0].Type.Element.IsList;

    // In place of an element, or after the last one.
    private static string[] ListSet(NodeWriter c)
    {
        string index = c.Cast(c.Y, DType.I64), isThere = c.Add("Less", index, c.Add("SequenceLength", c.X));
        GraphWriter replace = c.Graph.Inner(), add = c.Graph.Inner();
        var type = c.Node.Types[0];
        replace.Output(replace.Add("SequenceInsert", [replace.Add("SequenceErase", [c.X, index]), c.In(2), index]), type);
        add.Output(add.Add("SequenceInsert", [c.X, c.In(2), index]), type);
        return [c.Add("If", [isThere], ("then_branch", replace.Proto), ("else_branch", add.Proto))];
    }

    // A stack of no elements is not made there.
    private static string[] ListStack(NodeWriter c)
    {
        string Stack(GraphWriter graph) => graph.Add("ConcatFromSequence", [c.X], ("axis", 0), ("new_axis", 1));
        if (c.Attrs.Get<Dim>("dim") is { IsConstant: true, Value: > 0 })
            return [Stack(c.Graph)];
        var type = c.Node.Types[0];
        GraphWriter some = c.Graph.Inner(), none = c.Graph.Inner();
        some.Output(Stack(some), type);
        string zero = none.Parts.Constant(Literal.Zeros(new(type.DType, Shape.Scalar)));
        none.Output(none.Add("Expand", [zero, none.Sizes(type.Shape.With(0, 0))]), type);
        string isSome = c.Add("Greater", c.Add("SequenceLength", c.X), c.Graph.Scalar(DType.I64, 0));
        return [c.Add("If", [isSome], ("then_branch", some.Proto), ("else_branch", none.Proto))];
    }
}
