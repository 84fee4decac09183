namespace TensorGraph.Ir;

/// <summary>
/// Lists: any number of tensors of one type as one value, which loops can carry while it grows. The type of a list is that of its elements with
/// an axis <c>?</c> in front. Only these ops take lists; control flow passes them on.
/// </summary>
public static partial class Op
{
    /// <summary>
    /// Input: an i64 scalar. From here on the size named by attribute <c>dim</c> is that number: what follows in the block may have axes of it.
    /// </summary>
    [Op("bind_size", "?", Inputs = 1, DTypes = DTypeSet.Integer, Traits = Traits.NoGradient, Source = "sizes that depend on data; torch.export's unbacked sizes")]
    public static readonly OpDef BindSize = new()
    {
        Infer = c =>
        {
            if (!c.Attrs.Get<Dim>("dim").IsSymbol || c.Inputs[0] != new TensorType(DType.I64, Shape.Scalar))
                Throw.Shape(c.Op.Name, $"binds {c.Attrs.Get<Dim>("dim")} to {c.Inputs[0]}", "Bind a name to an i64 scalar.");
            return [];
        },
        Eval = c =>
        {
            c.Interpreter.Bind(c.Attrs.Get<Dim>("dim"), c.Inputs[0].GetLong(0));
            return [];
        },
        Effects = _ => [new Effect(Resource.Assert, IsWrite: true)],
    };

    /// <summary>Inputs: index and count, i64 scalars. TG2004 unless 0 ≤ index &lt; count.</summary>
    [Op("check_index", "?", Inputs = 2, DTypes = DTypeSet.Integer, Traits = Traits.NoGradient, Source = "System.Collections.Generic.List")]
    public static readonly OpDef CheckIndex = new()
    {
        Infer = c =>
        {
            c.Positions(0, rank: 0);
            c.Positions(1, rank: 0);
            return [];
        },
        Eval = c =>
        {
            long index = c.Inputs[0].GetLong(0), count = c.Inputs[1].GetLong(0);
            return index >= 0 && index < count ? [] : throw OutOfList(index, count, c.Node.Source.OrCaller());
        },
        Effects = _ => [new Effect(Resource.Assert, IsWrite: true)],
    };

    /// <summary>The rows of a tensor as a list.</summary>
    [Op("list_of", "?", DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.unstack, ONNX SplitToSequence")]
    public static readonly OpDef ListOf = new()
    {
        Infer = c =>
        {
            if (c.Inputs[0].Rank == 0)
                Throw.Rank(c.Op.Name, $"{c.Inputs[0]} has no axis to take elements from", "Pass a tensor with at least one axis.");
            return [c.Inputs[0].As(c.Inputs[0].Shape.With(0, Dim.Open))];
        },
        Eval = c => [c.Inputs[0]],
    };

    /// <summary>Number of elements of a list, i64.</summary>
    [Op("list_count", "?", DTypes = DTypeSet.Any, Traits = Traits.List | Traits.NoGradient, Source = "tf.TensorArray.size, ONNX SequenceLength")]
    public static readonly OpDef ListCount = new()
    {
        Infer = c =>
        {
            ElementOf(c);
            return [new(DType.I64, Shape.Scalar)];
        },
        Eval = c => [Literal.FromLongs(c.ResultType(), _ => c.Inputs[0].Type.Shape[0].Value)],
    };

    /// <summary>Inputs: list, index (i64 scalar). The element there; TG2004 when there is none.</summary>
    [Op("list_get", "?", Inputs = 2, DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.read, ONNX SequenceAt")]
    public static readonly OpDef ListGet = new()
    {
        Infer = c =>
        {
            c.Positions(1, rank: 0);
            return [ElementOf(c)];
        },
        Eval = c =>
        {
            long index = c.Inputs[1].GetLong(0), count = c.Inputs[0].Type.Shape[0].Value;
            return index >= 0 && index < count ? [Row(c.Inputs[0], index)] : throw OutOfList(index, count, c.Node.Source.OrCaller());
        },
    };

    /// <summary>
    /// Inputs: list, index (i64 scalar), element. The list with that element there; an index equal to the count makes it one longer. TG2004 otherwise.
    /// </summary>
    [Op("list_set", "?", Inputs = 3, DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.write, ONNX SequenceInsert")]
    public static readonly OpDef ListSet = new()
    {
        Infer = c =>
        {
            c.Positions(1, rank: 0);
            TensorType element = ElementOf(c), got = c.Inputs[2];
            c.SameDTypes(element, got);
            if (element.Rank != got.Rank || !element.Shape.Zip(got.Shape).All(pair => c.Same(pair.First, pair.Second)))
                Throw.Shape(c.Op.Name, $"the elements are {element}, the new one is {got}", "All elements of a list have one type.");
            return [c.Inputs[0]];
        },
        Eval = c =>
        {
            Literal list = c.Inputs[0], element = c.Inputs[2];
            long index = c.Inputs[1].GetLong(0), count = list.Type.Shape[0].Value;
            if (index < 0 || index > count)
                throw OutOfList(index, count, c.Node.Source.OrCaller());
            var result = Literal.Zeros(list.Type.As(list.Type.Shape.With(0, Math.Max(count, index + 1))));
            Array.Copy(list.Data, result.Data, list.Count);
            Array.Copy(element.Data, 0, result.Data, index * element.Count, element.Count);
            return [result];
        },
    };

    /// <summary>The elements of a list along a new first axis of size <c>dim</c>, which the list must have.</summary>
    [Op("list_stack", "?", DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.stack, ONNX ConcatFromSequence")]
    public static readonly OpDef ListStack = new()
    {
        Infer = c =>
        {
            ElementOf(c);
            return [c.Inputs[0].As(c.Inputs[0].Shape.With(0, c.Attrs.Get<Dim>("dim")))];
        },
        Eval = c =>
        {
            if (c.Inputs[0].Type.Shape[0].Value != c.Attrs.Get<Dim>("dim").Evaluate(c.SizeOf))
                Throw.Internal($"list_stack: {c.Inputs[0].Type.Shape[0]} elements where {c.Attrs.Get<Dim>("dim")} were expected");
            return [c.Inputs[0]];
        },
    };

    /// <summary>The error of an index that is not in a list.</summary>
    public static GraphException OutOfList(long index, long count, SourceSpan source) => new(
        DiagnosticIds.OutOfRange, $"tensor array: index {index} is out of range for {count} element{(count == 1 ? "" : "s")}",
        count == 0 ? "The array is empty: add an element first." : $"Use an index from 0 to {count - 1}; Add makes the array longer.", source);

    private static TensorType ElementOf(InferContext c)
    {
        if (!c.Inputs[0].IsList)
            Throw.Shape(c.Op.Name, $"{c.Inputs[0]} is no list", "Make one with list_of.");
        return c.Inputs[0].As(new Shape(c.Inputs[0].Shape.Dims.RemoveAt(0)));
    }
}
