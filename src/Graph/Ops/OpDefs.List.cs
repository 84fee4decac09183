namespace TensorGraph.Ir;

/// <summary>
/// Lists: any number of tensors, or of lists, of one type as one value, which loops can carry while it grows. The type of a list is that of its
/// elements with an axis <c>?</c> in front. Only these ops take lists; control flow passes them on.
/// </summary>
/// <remarks>
/// The gradient of a list is a list that goes on with zeros behind its last element, so that an empty one is zero and a read adds to one element
/// alone. That is what attribute <c>padded</c> is for.
/// </remarks>
public static partial class OpDefs
{
    /// <summary>
    /// Input: an i64 scalar. From here on the size named by attribute <c>dim</c> is that number: what follows in the block may have axes of it.
    /// </summary>
    [Op("bind_size", "?", Inputs = 1, DTypes = DTypeSet.Integer, Traits = Traits.NoGradient,
        Source = "sizes that depend on data; torch.export's unbacked sizes")]
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

    /// <summary>Inputs: index and count, i64 scalars. TG2004 unless 0 ≤ index &lt; count. Attribute <c>positions_are</c>: as in gather.</summary>
    [Op("check_index", "?", Inputs = 2, DTypes = DTypeSet.Integer, Traits = Traits.NoGradient | Traits.Checked, Source = "System.Collections.Generic.List")]
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
            if (index >= 0 && index < count)
                return [];
            throw c.Node.Attrs.Find(PositionsAre) is string what ? OutOfAxis(what, index, count, c.Node.Source.OrCaller())
                : OutOfList(index, count, c.Node.Source.OrCaller());
        },
        Effects = _ => [new Effect(Resource.Assert, IsWrite: true)],
    };

    /// <summary>An empty list of elements with dtype <c>dtype</c> and shape <c>shape</c>.</summary>
    [Op("list_new", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.List | Traits.NoGradient, Source = "tf.TensorArray, ONNX SequenceEmpty")]
    public static readonly OpDef ListNew = new()
    {
        Infer = c => [new TensorType(c.Attrs.Get<DType>("dtype"), c.Attrs.Get<Shape>("shape")).List],
        Eval = c => [Literal.FromElements(c.ResultType(), [])],
    };

    /// <summary>The rows of a tensor as a list.</summary>
    [Op("list_of", "?", DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.unstack, ONNX SplitToSequence")]
    public static readonly OpDef ListOf = new()
    {
        Infer = c =>
        {
            if (c.Inputs[0].Rank == 0)
                Throw.Rank(c.Op.Name, $"{c.Inputs[0]} has no axis to take elements from", "Pass a tensor with at least one axis.");
            return [c.Inputs[0].Element.List];
        },
        Eval = c => [c.Inputs[0]],
        Vjp = c => [c.Builder.Emit(ListStack, Attrs.Of(("dim", c.X().Shape[0]), ("padded", true)), [c.G])[0]],
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

    /// <summary>
    /// Inputs: list, index (i64 scalar). The element there; TG2004 when there is none, or with <c>padded</c> zeros behind the last one.
    /// </summary>
    [Op("list_get", "?", Inputs = 2, DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.read, ONNX SequenceAt")]
    public static readonly OpDef ListGet = new()
    {
        Infer = c =>
        {
            c.Positions(1, rank: 0);
            return [ElementOf(c)];
        },
        Eval = c => [ElementAt(c, c.Inputs[0], c.Inputs[1].GetLong(0))],
        AccumulateVjp = (c, soFar) =>
        {
            var padded = Attrs.Of("padded", true);
            return c.Builder.Emit(ListSet, padded, [soFar, c.X(1), c.Builder.Add(c.Builder.Emit(ListGet, padded, [soFar, c.X(1)])[0], c.G)])[0];
        },
    };

    /// <summary>
    /// Inputs: list, index (i64 scalar), element. The list with that element there; an index equal to the count makes it one longer. TG2004
    /// otherwise, or with <c>padded</c> zeros in between.
    /// </summary>
    [Op("list_set", "?", Inputs = 3, DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.write, ONNX SequenceInsert")]
    public static readonly OpDef ListSet = new()
    {
        Infer = c =>
        {
            c.Positions(1, rank: 0);
            TensorType element = ElementOf(c), got = c.Inputs[2];
            c.SameDTypes(element, got);
            if (!c.Same(element.Shape, got.Shape))
                Throw.Shape(c.Op.Name, $"the elements are {element}, the new one is {got}", "All elements of a list have one type.");
            return [c.Inputs[0]];
        },
        Eval = c =>
        {
            var list = c.Inputs[0];
            long index = c.Inputs[1].GetLong(0), count = list.Type.Shape[0].Value;
            if (index < 0 || (index > count && !c.Attrs.Get("padded", false)))
                throw OutOfList(index, count, c.Node.Source.OrCaller());
            List<Literal> elements = [.. Enumerable.Range(0, (int)Math.Max(count, index + 1))
                .Select(i => i < count ? list.Entry(i) : ZeroOf(c, c.Node.Inputs[0].Type.Element))];
            elements[(int)index] = c.Inputs[2];
            return [Literal.FromElements(c.ResultType(), elements)];
        },
        Vjp = c =>
        {
            var padded = Attrs.Of("padded", true);
            var kept = c.Builder.Emit(ListSet, padded, [c.G, c.X(1), c.Builder.Zeros(c.X(2).Type)])[0];
            return [kept, null, c.Builder.Emit(ListGet, padded, [c.G, c.X(1)])[0]];
        },
    };

    /// <summary>Two lists element by element; behind the end of the shorter one, what the longer one has.</summary>
    [Op("list_add", "?", Inputs = 2, Traits = Traits.List, Source = "sum of two gradients of a list")]
    public static readonly OpDef ListAdd = new()
    {
        Infer = c =>
        {
            c.SameDTypes(c.Inputs[0], c.Inputs[1]);
            var element = ElementOf(c);
            if (!c.Inputs[1].IsList || !c.Same(element.Shape, c.Inputs[1].Element.Shape))
                Throw.Shape(c.Op.Name, $"lists of different elements: {c.Inputs[0]} and {c.Inputs[1]}", "All elements of a list have one type.");
            return [c.Inputs[0]];
        },
        Eval = c => [AddLists(c, c.Node.Types[0], c.Inputs[0], c.Inputs[1])],
        Vjp = c => [c.G, c.G],
    };

    /// <summary>
    /// The elements of a list along a new first axis of size <c>dim</c>, which the list must have; with <c>padded</c>, the first <c>dim</c> ones.
    /// </summary>
    [Op("list_stack", "?", DTypes = DTypeSet.Any, Traits = Traits.List, Source = "tf.TensorArray.stack, ONNX ConcatFromSequence")]
    public static readonly OpDef ListStack = new()
    {
        Infer = c =>
        {
            if (ElementOf(c).IsList)
                Throw.Shape(c.Op.Name, $"the elements of {c.Inputs[0]} are lists", "Stack lists of tensors only.");
            return [c.Inputs[0].As(c.Inputs[0].Shape.With(0, c.Attrs.Get<Dim>("dim")))];
        },
        Eval = c =>
        {
            long count = c.Inputs[0].Type.Shape[0].Value, size = c.Attrs.Get<Dim>("dim").Evaluate(c.SizeOf);
            if (count != size && !c.Attrs.Get("padded", false))
                Throw.Internal($"list_stack: {count} elements where {size} were expected");
            return [Literal.FromElements(c.Node.Inputs[0].Type.As(c.Bind(c.Node.Inputs[0].Type.Shape)),
                [.. Enumerable.Range(0, (int)size).Select(i => ElementAt(c, c.Inputs[0], i))])];
        },
        Vjp = c => [c.Builder.Emit(ListOf, c.G)],
    };

    /// <summary>The error of an index that is not in a list.</summary>
    public static GraphException OutOfList(long index, long count, SourceSpan source) => new(
        DiagnosticIds.OutOfRange, $"tensor array: index {index} is out of range for {count} element{(count == 1 ? "" : "s")}",
        count == 0 ? "The array is empty: add an element first." : $"Use an index from 0 to {count - 1}; Add makes the array longer.", source);

    private static Literal AddLists(EvalContext c, TensorType list, Literal left, Literal right)
    {
        int longer = (int)Math.Max(left.Type.Shape[0].Value, right.Type.Shape[0].Value);
        return Literal.FromElements(list.As(c.Bind(list.Shape)), [.. Enumerable.Range(0, longer).Select(i =>
            i >= left.Type.Shape[0].Value ? right.Entry(i)
            : i >= right.Type.Shape[0].Value ? left.Entry(i)
            : list.Element.IsList ? AddLists(c, list.Element, left.Entry(i), right.Entry(i))
            : Literal.FromDoubles(left.Entry(i).Type, k => left.Entry(i).GetDouble(k) + right.Entry(i).GetDouble(k)))]);
    }

    // Behind the last element too, for a padded list.
    private static Literal ElementAt(EvalContext c, Literal list, long index)
    {
        long count = list.Type.Shape[0].Value;
        if (index >= 0 && index < count)
            return list.Entry(index);
        if (index < 0 || !c.Attrs.Get("padded", false))
            throw OutOfList(index, count, c.Node.Source.OrCaller());
        return ZeroOf(c, c.Node.Inputs[0].Type.Element);
    }

    private static Literal ZeroOf(EvalContext c, TensorType type) =>
        type.IsList ? Literal.FromElements(type, []) : Literal.Zeros(type.As(c.Bind(type.Shape)));

    private static TensorType ElementOf(InferContext c)
    {
        if (!c.Inputs[0].IsList)
            Throw.Shape(c.Op.Name, $"{c.Inputs[0]} is no list", "Make one with list_of.");
        return c.Inputs[0].Element;
    }
}
