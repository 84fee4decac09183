using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Sequences, which are lists of tensors of one shape.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Sequences() =>
    [
        new("SequenceEmpty", 11, "dtype", c => c.X) { Items = Empty, Limits = "all elements have one shape" },
        new("SequenceConstruct", 11, "", Constructed) { Limits = "all elements have one shape" },
        new("SequenceInsert", 11, "", Inserted),
        new("SequenceErase", 11, "", c => c.X)
        {
            Items = c => [new(null as Value?) { Erased = (c.X, c.Has(1) ? Place(c, c.X, c.Y) : Last(c.Builder, c.X)) }],
        },
        new("SequenceAt", 11, "", c => c.Builder.Emit(OpDefs.ListGet, c.X, Place(c, c.X, c.Y))),
        new("SequenceLength", 11, "", c => c.Item(0).EmptyOf is null ? c.Builder.Emit(OpDefs.ListCount, c.X) : Zero(c, DType.I64)),
        new("SplitToSequence", 11, "axis keepdims", Split) { Limits = "without sizes" },
        new("ConcatFromSequence", 11, "axis new_axis", Joined),
    ];

    private static Imported?[] Empty(NodeReader c)
    {
        long type = c.Int("dtype", ElementTypes.Of(DType.F32));
        return [new(null as Value?) { EmptyOf = ElementTypes.Find(type) ?? throw c.Refuse($"graphs have no elements of type {ElementTypes.Name(type)}") }];
    }

    private static Value Last(GraphBuilder b, Value list) => b.Sub(b.Emit(OpDefs.ListCount, list), b.Constant(Literal.Scalar(DType.I64, 1)));

    // From the end when negative.
    private static Value Place(NodeReader c, Value list, Value index)
    {
        var b = c.Builder;
        var place = b.Cast(Scalar(c, index), DType.I64);
        return c.Importer.Known.Constant(place)?.GetLong(0) >= 0 ? place
            : b.Select(IsNegative(b, place), b.Add(place, b.Emit(OpDefs.ListCount, list)), place);
    }

    private static Value Constructed(NodeReader c)
    {
        Value[] elements = c.All();
        if (elements.Length == 0 || Array.Exists(elements, element => element.Type != elements[0].Type))
            throw c.Refuse($"its elements are {string.Join(", ", elements.Select(element => element.Type))}");
        return c.Builder.Emit(OpDefs.ListOf, c.Builder.Emit(
            OpDefs.Concat, Attrs.Of("axis", 0L), [.. elements.Select(element => c.Builder.ExpandDims(element, 0))])[0]);
    }

    private static Value Inserted(NodeReader c)
    {
        var b = c.Builder;
        var item = c.Item(0);
        Value element = c.Y;
        if (item.EmptyOf is { } dtype)
        {
            if (element.DType != dtype)
                throw c.Refuse($"it puts {element.Type} into a sequence of {dtype.Name()}");
            _ = c.Optional(2);
            return b.Emit(OpDefs.ListSet, b.Zeros(element.Type.List), Zero(c, DType.I64), element);
        }

        // In the place of the element that was taken out.
        if (item.Erased is { } erased && c.Has(2) && Same(c, c.Importer.Seen(erased.Index), c.In(2)))
            return b.Emit(OpDefs.ListSet, c.Importer.Seen(erased.List), c.Importer.Seen(erased.Index), element);
        Value list = c.X, count = b.Emit(OpDefs.ListCount, list);
        if (!c.Has(2))
            return b.Emit(OpDefs.ListSet, list, count, element);
        var place = Place(c, list, c.In(2));
        b.Emit(OpDefs.CheckIndex, Attrs.Empty, [place, b.Add(count, Zero(c, DType.I64, 1))]);
        // Those from the place on move by one, the last first.
        var longer = b.Emit(OpDefs.ListSet, list, count, element);
        var moved = Loop(b, [count, longer], [place], (outer, state) => b.Emit(OpDefs.Greater, state[0], outer[0]), (_, state) =>
        {
            var before = b.Sub(state[0], Zero(c, DType.I64, 1));
            return [before, b.Emit(OpDefs.ListSet, state[1], state[0], b.Emit(OpDefs.ListGet, state[1], before))];
        });
        return b.Emit(OpDefs.ListSet, moved[1], place, element);
    }

    // The same index, as it is or as it was made to count from the front.
    private static bool Same(NodeReader c, Value erased, Value index) => erased == index
        || (erased.Node.Op == OpDefs.Select && erased.Node.Inputs.Length == 3 && erased.Node.Inputs[2] == index)
        || (c.Importer.Known.Constant(erased) is { } first && c.Importer.Known.Constant(index) is { } second
            && first.GetLong(0) == second.GetLong(0));

    /// <summary>A list without one of its elements.</summary>
    public static Value WithoutElement(NodeReader c, Value list, Value index)
    {
        var b = c.Builder;
        (list, index) = (c.Importer.Seen(list), c.Importer.Seen(index));
        Value count = b.Emit(OpDefs.ListCount, list), zero = Zero(c, DType.I64);
        b.Emit(OpDefs.CheckIndex, Attrs.Empty, [index, count]);
        // The place in the list, the place in the shorter list, and that list.
        var found = Loop(b, [zero, zero, b.Zeros(list.Type)], [count, index, list],
            (outer, state) => b.Emit(OpDefs.Less, state[0], outer[0]),
            (outer, state) =>
            {
                var next = b.Add(state[0], b.Constant(Literal.Scalar(DType.I64, 1)));
                // What is put where the next element goes is put there again.
                var longer = b.Emit(OpDefs.ListSet, state[2], state[1], b.Emit(OpDefs.ListGet, outer[2], state[0]));
                var isOther = b.Cast(b.Emit(OpDefs.NotEqual, state[0], outer[1]), DType.I64);
                return [next, b.Add(state[1], isOther), longer];
            });
        // If the last one is to go, it is still there.
        return Shortened(c, found[2], found[1]);
    }

    private static Value Shortened(NodeReader c, Value list, Value count)
    {
        var b = c.Builder;
        var size = c.Bind(b.Emit(OpDefs.ListCount, list));
        var kept = c.Bind(count);
        var stacked = b.Emit(OpDefs.ListStack, Attrs.Of("dim", size), [list])[0];
        return b.Emit(OpDefs.ListOf, Slice(b, stacked, 0, 0, kept));
    }

    private static Value[] Loop(
        GraphBuilder b, Value[] initial, Value[] outer, Func<Value[], Value[], Value> condition, Func<Value[], Value[], Value[]> step)
    {
        (Region, System.Collections.Immutable.ImmutableArray<Value>) Block(Func<Value[], Value[], Value[]> results)
        {
            b.BeginRegion();
            Value[] state = [.. initial.Select(value => b.Parameter(value.Type))];
            return b.EndRegion(results([.. outer.Select(b.InBlock)], state));
        }

        var node = b.Loop(initial, Block((captured, state) => [condition(captured, state)]), Block(step));
        return [.. initial.Select((_, i) => node[i])];
    }

    private static Value Split(NodeReader c)
    {
        Value x = c.X;
        int axis = c.Axis(c.Int("axis", 0), x.Shape.Rank);
        if (c.Has(1))
            throw c.Refuse("its parts have sizes");
        var rows = Moved(c.Builder, x, axis, 0);
        if (c.Int("keepdims", 1) != 0)
            rows = c.Builder.ExpandDims(rows, axis + 1);
        return c.Builder.Emit(OpDefs.ListOf, rows);
    }

    private static Value Joined(NodeReader c)
    {
        var b = c.Builder;
        var list = c.X;
        long at = c.Int("axis") ?? throw c.Refuse("it has no axis");
        var stacked = b.Emit(OpDefs.ListStack, Attrs.Of("dim", c.Bind(b.Emit(OpDefs.ListCount, list))), [list])[0];
        int rank = stacked.Shape.Rank;
        if (c.Int("new_axis", 0) != 0)
            return Moved(b, stacked, 0, c.Axis(at, rank));
        int axis = c.Axis(at, rank - 1);
        var beside = Moved(b, stacked, 0, axis);
        return b.Reshape(beside, new([.. beside.Shape.Take(axis), beside.Shape[axis] * beside.Shape[axis + 1], .. beside.Shape.Skip(axis + 2)]));
    }
}
