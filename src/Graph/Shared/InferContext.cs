using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Types of the results from the types of the inputs; throws TG2xxx for bad ones.</summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
delegate ImmutableArray<TensorType> InferRule(InferContext context);

/// <summary>The view of a type rule on its op. Every rule must work on symbolic sizes.</summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
sealed partial class InferContext(OpDef op, ImmutableArray<TensorType> inputs, Attrs attrs, Action<Dim, Dim>? assume)
{
    // The address space of a process.
    private const double MostBytes = 1L << 47;

    /// <summary>The op.</summary>
    public OpDef Op => op;

    /// <summary>Types of the inputs.</summary>
    public ImmutableArray<TensorType> Inputs => inputs;

    /// <summary>Constant parameters.</summary>
    public Attrs Attrs => attrs;

    /// <summary>
    /// True when two sizes are equal, or may be taken to be: two different symbolic sizes are, and the equality is checked when the graph runs.
    /// </summary>
    public bool Same(Dim a, Dim b)
    {
        if (a == b)
            return true;
        if ((a.IsConstant && b.IsConstant) || assume is null)
            return false;
        assume(a, b);
        return true;
    }

    /// <summary>True when two shapes have one rank and sizes that are, or may be taken to be, equal.</summary>
    public bool Same(Shape a, Shape b) => a.Rank == b.Rank && a.Zip(b).All(pair => Same(pair.First, pair.Second));

    /// <summary>NumPy's broadcast of two shapes; TG2001 when they don't fit.</summary>
    public Shape Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        var dims = new Dim[rank];
        for (int i = 1; i <= rank; i++)
        {
            Dim x = i <= a.Rank ? a[a.Rank - i] : 1, y = i <= b.Rank ? b[b.Rank - i] : 1;
            if (x.Is(1))
                dims[rank - i] = y;
            else if (y.Is(1) || Same(x, y))
                dims[rank - i] = x.IsConstant || y.Is(1) ? x : y;
            else
                Throw.Shape(op.Name, $"shapes do not broadcast: {a} and {b} ({x} ≠ {y})",
                    "Sizes must be equal or 1, counted from the last axis; reshape or transpose one operand.");
        }

        return new([.. dims]);
    }

    /// <summary>Axis counted from the front; a negative one counts from the back. TG2004 when out of range.</summary>
    public int Axis(long axis, int rank) => Axis(op.Name, axis, rank);

    /// <summary>Axis counted from the front; a negative one counts from the back. TG2004, which names the op, when out of range.</summary>
    public static int Axis(string op, long axis, int rank)
    {
        if (axis < -rank || axis >= rank)
            Throw.Range(op, $"axis {axis} is out of range for rank {rank}", rank == 0
                ? "A scalar has no axes."
                : $"Use an axis from {-rank} to {rank - 1}.");
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>
    /// Different axes in ascending order, counted from the front; all of them when none is given. TG2004, which names the op, otherwise.
    /// </summary>
    public static int[] AllAxes(string op, int[]? axes, int rank)
    {
        if (axes is null || axes.Length == 0)
            return [.. Enumerable.Range(0, rank)];
        int[] result = [.. axes.Select(axis => Axis(op, axis, rank)).Order()];
        if (result.Distinct().Count() != result.Length)
            Throw.Range(op, $"axes [{string.Join(", ", axes)}] name one axis twice", "Name every axis once.");
        return result;
    }

    /// <summary>
    /// True when a ≤ b, or may be taken to be; what can't be decided from the names is checked when the graph runs, as max(a, b) = b.
    /// </summary>
    public bool AtMost(Dim a, Dim b) => (a.Is(0) && b.IsSymbol) || Same(Dim.Max(a, b), b);

    /// <summary>A list of different axes of a tensor in ascending order, counted from the front. TG2004 otherwise.</summary>
    public int[] Axes(string name, int rank)
    {
        int[] axes = attrs.Axes(name);
        for (int i = 0; i < axes.Length; i++)
        {
            if (Axis(axes[i], rank) != axes[i] || (i > 0 && axes[i] <= axes[i - 1]))
                Throw.Range(op.Name, $"axes [{string.Join(", ", axes)}] of {string.Join(" and ", inputs)}",
                    "Name each axis once, counted from the front, in ascending order.");
        }

        return axes;
    }

    /// <summary>One axis of the first input, counted from the front. TG2004 otherwise.</summary>
    public int Axis()
    {
        long axis = attrs.Get<long>("axis");
        if (Axis(axis, inputs[0].Rank) != axis)
            Throw.Range(op.Name, $"axis {axis} of {inputs[0]}", "Count axes from the front.");
        return (int)axis;
    }

    /// <summary>
    /// A list with one number for each of <paramref name="count"/> axes, none below <paramref name="least"/>. TG2003 or TG2004 otherwise.
    /// </summary>
    public long[] Longs(string name, int count, long least)
    {
        long[] list = [.. attrs.Longs(name)];
        if (list.Length != count)
            Throw.Rank(op.Name, $"'{name}' has {list.Length} numbers, but there are {count} axes: {string.Join(" and ", inputs)}",
                "Give one number for each axis.");
        if (list.Any(number => number < least))
            Throw.Range(op.Name, $"'{name}' is [{string.Join(", ", list)}]", $"No number may be below {least}.");
        return list;
    }

    /// <summary>A list with one size for each of <paramref name="count"/> axes. TG2003 otherwise.</summary>
    public Shape Sizes(string name, int count)
    {
        var list = attrs.Get<Shape>(name);
        if (list.Rank != count)
            Throw.Rank(op.Name, $"'{name}' has {list.Rank} sizes, but there are {count} axes: {string.Join(" and ", inputs)}",
                "Give one size for each axis.");
        return list;
    }

    /// <summary>
    /// Input <paramref name="index"/> holds positions: i32 or i64, of the given rank when one is given. TG2002 or TG2003 otherwise.
    /// </summary>
    public void Positions(int index, int rank = -1)
    {
        if (inputs[index].DType != DType.I32 && inputs[index].DType != DType.I64)
            Throw.DType(op.Name, $"positions are {inputs[index]}", "They must be i32 or i64; use Cast.");
        if (rank >= 0 && inputs[index].Rank != rank)
            Throw.Rank(op.Name, $"positions are {inputs[index]}", rank == 0
                ? "A position is one number without axes."
                : $"They must have {rank} axes.");
    }

    /// <summary>The inputs have one element type. TG2002 otherwise.</summary>
    public void SameDTypes(params ReadOnlySpan<TensorType> types)
    {
        foreach (var type in types)
        {
            if (type.DType != types[0].DType)
                Throw.DType(op.Name, $"element types differ: {string.Join(" and ", types.ToArray())}", PromotionRemedy(types));
        }
    }

    // No cast gives text.
    internal static string PromotionRemedy(ReadOnlySpan<TensorType> types)
    {
        foreach (var type in types)
        {
            if (!type.DType.IsNumber() && type.DType != DType.Bool)
                return "Text joins only text: write $\"…{x}…\" for a line of C#, or Ops.Print with several arguments for one of the graph.";
        }

        return $"There is no implicit promotion: write Cast(x, DType.{types[0].DType}) on one operand.";
    }

    /// <summary>Types of the results. TG2xxx when the inputs do not fit.</summary>
    internal ImmutableArray<TensorType> Infer()
    {
        CheckArity();
        CheckDTypes();
        var types = op.Signature is { } signature ? FromSignature(signature) : op.Rule!(this);
        foreach (var type in types)
        {
            if (type.Shape.Any(dim => dim.ValueOr(0) < 0))
                Throw.Range(op.Name, $"the result would be {type}", "Sizes are not negative.");
            CheckBytes(op.Name, type);
        }

        return types;
    }

    /// <summary>True for more elements than any memory holds; symbolic sizes count as 1.</summary>
    public static bool IsTooLarge(TensorType type)
    {
        double bytes = Math.Max(1, type.DType.Size());
        foreach (var dim in type.Shape.Dims)
            bytes *= Math.Max(1, dim.ValueOr(1));
        return bytes > MostBytes;
    }

    /// <summary>TG2004, which names the op, for more elements than any memory holds.</summary>
    public static void CheckBytes(string op, TensorType type)
    {
        if (IsTooLarge(type))
            Throw.Range(op, $"the result would be {type}, which no memory holds", "Use smaller sizes, or compute it part by part.");
    }

    private void CheckArity()
    {
        bool variadic = op.Is(Traits.Variadic) || op.Is(Traits.Control);
        if (inputs.Length < op.Arity || (inputs.Length > op.Arity && !variadic))
            Throw.Rank(op.Name, $"takes {(variadic ? "at least " : "")}{op.Arity} inputs, got {inputs.Length}", "Pass one value for each input.");
    }

    /// <summary>The shape rule of <see cref="ShapeSignature"/> plus the dtype rule of the schema.</summary>
    private ImmutableArray<TensorType> FromSignature(ShapeSignature signature)
    {
        if (op.Is(Traits.Variadic) ? inputs.IsEmpty : inputs.Length != signature.Inputs.Count)
            Throw.Internal($"{op.Name}: takes {signature.Inputs.Count}{(op.Is(Traits.Variadic) ? " or more" : "")} inputs, got {inputs.Length}");
        Dictionary<string, Dim> sizes = [];
        Shape batch = Shape.Scalar;
        for (int i = 0; i < inputs.Length; i++)
            batch = Broadcast(batch, Bind(signature.Inputs[Math.Min(i, signature.Inputs.Count - 1)], inputs[i], sizes));
        DType dtype = op.Schema.ReturnsBool ? DType.Bool : inputs[0].DType;
        return [.. signature.Results.Select(result =>
            new TensorType(dtype, new([.. result.SelectMany(token => token == "..." ? batch.Dims : [Size(token, sizes)])])))];
    }

    private void CheckDTypes()
    {
        foreach (var input in inputs)
        {
            if (!Allows(op.Schema.DTypes, input.DType))
                Throw.DType(op.Name, $"does not take {input.DType.Name()}: it got {string.Join(" and ", inputs)}",
                    $"It takes {Describe(op.Schema.DTypes)}; {(input.DType == DType.String ? "text becomes numbers in C# only" : "use Cast")}.");
            if (op.Signature is not null && input.DType != inputs[0].DType)
                Throw.DType(op.Name, $"element types differ: {string.Join(" and ", inputs)}", PromotionRemedy(inputs.AsSpan()));
        }
    }

    private Shape Bind(IReadOnlyList<string> tokens, TensorType input, Dictionary<string, Dim> sizes)
    {
        int batch = tokens.Contains("...") ? input.Rank - (tokens.Count - 1) : input.Rank == tokens.Count ? 0 : -1;
        if (batch < 0)
            Throw.Rank(op.Name, $"needs {(tokens.Contains("...") ? "at least " : "")}{tokens.Count(token => token != "...")} axes, got {input}",
                "Reshape the operand.");
        var batchDims = ImmutableArray.CreateBuilder<Dim>();
        int axis = 0;
        foreach (string token in tokens)
        {
            if (token == "...")
            {
                for (int i = 0; i < batch; i++)
                    batchDims.Add(input.Shape[axis++]);
                continue;
            }

            Dim size = input.Shape[axis++];
            if (!sizes.TryGetValue(token, out Dim known))
                sizes[token] = size;
            else if (!Same(known, size))
                Throw.Shape(op.Name, $"sizes '{token}' differ: {string.Join(" and ", inputs)} ({known} ≠ {size})",
                    "Transpose or reshape one operand.");
        }

        return new(batchDims.ToImmutable());
    }

    private static Dim Size(string token, Dictionary<string, Dim> sizes) =>
        sizes.TryGetValue(token, out Dim size) ? size : long.Parse(token, System.Globalization.CultureInfo.InvariantCulture);

    private static bool Allows(DTypeSet set, DType dtype) => set switch
    {
        DTypeSet.Any => true,
        DTypeSet.NoString => dtype.IsNumber() || dtype == DType.Bool,
        DTypeSet.Number => dtype.IsNumber(),
        DTypeSet.NumberOrString => dtype.IsNumber() || dtype == DType.String,
        DTypeSet.Integer => dtype.IsInteger(),
        DTypeSet.IntegerOrBool => dtype.IsInteger() || dtype == DType.Bool,
        DTypeSet.Float => dtype.IsFloat(),
        _ => dtype == DType.Bool,
    };

    private static string Describe(DTypeSet set) => set switch
    {
        DTypeSet.NoString => "anything but text",
        DTypeSet.Number => "integers and floats",
        DTypeSet.NumberOrString => "integers, floats and text",
        DTypeSet.Integer => "integers",
        DTypeSet.IntegerOrBool => "integers and bool",
        DTypeSet.Float => "floats",
        _ => "bool",
    };
}
