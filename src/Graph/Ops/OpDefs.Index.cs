using System.Globalization;

namespace TensorGraph.Ir;

/// <summary>Elements at places that are themselves data. A place out of range is an error at run time (TG2004), never clamped or wrapped.</summary>
public static partial class OpDefs
{
    /// <summary>
    /// Inputs x, positions (i32 or i64). Entries of axis <c>axis</c> of x at the positions; the first <c>batch</c> axes (≤ axis) of both go together.
    /// Shape: x[..axis] + positions[batch..] + x[axis + 1..].
    /// </summary>
    [Op("gather", "?", Inputs = 2, DTypes = DTypeSet.Any, Traits = Traits.Checked, Source = "np.take, tf.gather")]
    public static readonly OpDef Gather = new()
    {
        Eval = c =>
        {
            Literal x = c.Inputs[0], positions = c.Inputs[1];
            var result = Rules.Result(c, c.ResultType().Shape);
            foreach (var (i, from) in Places(c, x, positions))
                result.Copy(i, x, from);
            return [result];
        },
        AccumulateVjp = (c, soFar) => c.Builder.Emit(ScatterAdd, c.Attrs, [soFar, c.X(1), c.G])[0],
    };

    /// <summary>
    /// Inputs x, positions, updates of the shape that <c>gather</c> with these attributes gives. x with the updates added at the positions, in
    /// row-major order of the updates.
    /// </summary>
    [Op("scatter_add", "?", Inputs = 3, Traits = Traits.Checked, Source = "np.add.at, tf.tensor_scatter_nd_add")]
    public static readonly OpDef ScatterAdd = new()
    {
        Eval = c =>
        {
            Literal x = c.Inputs[0], updates = c.Inputs[2];
            var result = new Literal(x.Type, (Array)x.Data.Clone());
            double[] sums = x.Type.DType.IsFloat() ? [.. Enumerable.Range(0, (int)x.Count).Select(i => x.GetDouble(i))] : [];
            foreach (var (i, to) in Places(c, x, c.Inputs[1]))
            {
                if (x.Type.DType.IsFloat())
                    sums[to] += updates.GetDouble(i);
                else
                    result.SetLong(to, unchecked(result.GetLong(to) + updates.GetLong(i)));
            }

            for (int i = 0; i < sums.Length; i++)
                result.SetDouble(i, sums[i]);
            return [result];
        },
        Vjp = c => [c.G, null, c.Builder.Emit(Gather, c.Attrs, [c.G, c.X(1)])[0]],
    };

    /// <summary>
    /// Inputs x and one start (i32 or i64 scalar) for each axis. The block of shape <c>size</c> that begins there; it must lie inside x (TG2004).
    /// </summary>
    [Op("dynamic_slice", "?", DTypes = DTypeSet.Any, Traits = Traits.Variadic | Traits.Checked, Source = "lax.dynamic_slice (without clamping)")]
    public static readonly OpDef DynamicSlice = new()
    {
        Eval = c =>
        {
            var shape = c.ResultType().Shape;
            long[] start = Starts(c, shape, 1);
            return [Rules.Rearrange(c, shape, (index, from) =>
            {
                for (int axis = 0; axis < from.Length; axis++)
                    from[axis] = start[axis] + index[axis];
            })];
        },
        AccumulateVjp = (c, soFar) =>
        {
            var starts = c.Node.Inputs.Skip(1);
            return c.Builder.Emit(DynamicUpdateSlice, Attrs.Empty,
                [soFar, c.Builder.Add(c.Builder.Emit(DynamicSlice, c.Attrs, [soFar, .. starts])[0], c.G), .. starts])[0];
        },
    };

    /// <summary>
    /// Inputs x, block, and one start (i32 or i64 scalar) for each axis. x with the block in place of what was there; it must lie inside x (TG2004).
    /// </summary>
    [Op("dynamic_update_slice", "?", Inputs = 2, DTypes = DTypeSet.Any, Traits = Traits.Variadic | Traits.Checked,
        Source = "lax.dynamic_update_slice (without clamping)")]
    public static readonly OpDef DynamicUpdateSlice = new()
    {
        Eval = c =>
        {
            Literal x = c.Inputs[0], block = c.Inputs[1];
            long[] start = Starts(c, block.Type.Shape, 2);
            var result = new Literal(x.Type, (Array)x.Data.Clone());
            foreach (var (i, index) in Rules.Indices(block.Type.Shape))
                result.Copy(Rules.Offset(result, index.Zip(start, (a, b) => a + b).ToArray()), block, i);
            return [result];
        },
        Vjp = c =>
        {
            Value[] starts = [.. c.Node.Inputs.Skip(2)];
            var kept = c.Builder.Emit(DynamicUpdateSlice, Attrs.Empty, [c.G, c.Builder.Zeros(c.X(1).Type), .. starts])[0];
            return [kept, c.Builder.Emit(DynamicSlice, Attrs.Of("size", c.X(1).Shape), [c.G, .. starts])[0], .. starts.Select(_ => (Value?)null)];
        },
    };

    /// <summary>0, 1, 2, … along axis <c>axis</c> of shape <c>shape</c>, in dtype <c>dtype</c>.</summary>
    [Op("iota", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.NoGradient, Source = "np.arange, lax.iota")]
    public static readonly OpDef Iota = new()
    {
        Eval = c =>
        {
            var result = Rules.Result(c, c.ResultType().Shape);
            foreach (var (i, index) in Rules.Indices(result.Type.Shape))
                result.SetLong(i, index[c.Attrs.Get<long>("axis")]);
            return [result];
        },
    };

    /// <summary>The size <c>dim</c>, known when the graph runs, as an i64 scalar.</summary>
    [Op("dim_size", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.NoGradient, Source = "tf.shape")]
    public static readonly OpDef DimSize = new()
    {
        Required = [("dim", typeof(Dim))],
        Infer = _ => [new(DType.I64, Shape.Scalar)],
        Eval = c => [Literal.FromLongs(c.ResultType(), _ => c.Attrs.Get<Dim>("dim").Evaluate(c.SizeOf))],
    };

    /// <summary>
    /// Results: the elements sorted along axis <c>axis</c>, and the i32 places they had. Stable; NaNs come last, also when <c>descending</c>; −0 =
    /// +0. With <c>count</c> only so many, from the first on.
    /// </summary>
    [Op("sort", "?", Source = "np.sort and np.argsort, kind='stable'")]
    public static readonly OpDef Sort = new()
    {
        Eval = EvalSort,
        Vjp = c => [c.Builder.ScatterAlong(c.Gradient(0), c.Y(1), c.X().Shape, (int)c.Attrs.Get<long>("axis"))],
    };

    /// <summary>
    /// Attribute of gather, scatter_add and check_index: the composite op and its word for a position, for the error of one that is out of range.
    /// </summary>
    internal const string PositionsAre = "positions_are";

    /// <summary>TG2004: a position that is no place of the axis.</summary>
    public static GraphException PositionOutOfRange(Node node, long position, int axis, TensorType type)
    {
        string what = node.Attrs.Get(PositionsAre, $"{node.Op.Name}: position"), word = what[(what.LastIndexOf(' ') + 1)..];
        return new(DiagnosticIds.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"{what} {position} is out of range for axis {axis} of {type}"),
            InRange($"{char.ToUpperInvariant(word[0])}{word[1..]}s", type.Shape[axis].Value - 1), node.Source.OrCaller());
    }

    /// <summary>TG2004: a position that is no place of an axis of which only the size is known.</summary>
    private static GraphException OutOfAxis(string what, long position, long size, SourceSpan source) => new(
        DiagnosticIds.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"{what} {position} is out of range for an axis of size {size}"),
        InRange("Positions", size - 1), source);

    /// <summary>The remedy for a place that is out of range.</summary>
    public static string InRange(string what, long last) =>
        last < 0 ? "The axis is too short: skip it with a condition on its size." : $"{what} go from 0 to {last}.";

    // For every element of gather's result: its number and where it comes from in x.
    private static IEnumerable<(long Number, long Place)> Places(EvalContext c, Literal x, Literal positions)
    {
        Shape from = x.Type.Shape, at = positions.Type.Shape;
        int axis = (int)c.Attrs.Get<long>("axis"), batch = (int)c.Attrs.Get("batch", 0L), own = at.Rank - batch;
        Shape gathered = new([.. from.Take(axis), .. at.Skip(batch), .. from.Skip(axis + 1)]);
        foreach (var (number, index) in Rules.Indices(gathered))
        {
            long position = positions.GetLong(Rules.Offset(positions, [.. index[..batch], .. index[axis..(axis + own)]]));
            if (position < 0 || position >= from[axis].Value)
                throw PositionOutOfRange(c.Node, position, axis, x.Type);
            yield return (number, Rules.Offset(x, [.. index[..axis], position, .. index[(axis + own)..]]));
        }
    }

    private static long[] Starts(EvalContext c, Shape size, int first)
    {
        long[] starts = [.. c.Inputs.Skip(first).Select(start => start.GetLong(0))];
        for (int axis = 0; axis < starts.Length; axis++)
        {
            long room = c.Inputs[0].Type.Shape[axis].Value - size[axis].Value;
            if (starts[axis] < 0 || starts[axis] > room)
                Throw.Range(c.Node.Op.Name, $"start {starts[axis]} of a block {size} is out of range for axis {axis} of {c.Inputs[0].Type}",
                    InRange("Starts", room));
        }

        return starts;
    }

    private static Literal[] EvalSort(EvalContext c)
    {
        var x = c.Inputs[0];
        bool descending = c.Attrs.Get("descending", false);
        int axis = (int)c.Attrs.Get<long>("axis");
        long wanted = c.Attrs.Get("count", x.Type.Shape[axis].Value);
        Shape shape = x.Type.Shape.With(axis, wanted);
        Literal sorted = Rules.Result(c, shape), places = Rules.Result(c, shape, 1);
        foreach (var (line, first, stride, count) in Rules.Lines(x.Type.Shape, axis))
        {
            long to = (line / stride * wanted * stride) + (line % stride);
            var order = Enumerable.Range(0, (int)count).Order(Comparer<int>.Create((i, j) => Compare(first + (i * stride), first + (j * stride))));
            foreach (var (rank, place) in order.Take((int)wanted).Index())
            {
                sorted.Copy(to + (rank * stride), x, first + (place * stride));
                places.SetLong(to + (rank * stride), place);
            }
        }

        return [sorted, places];

        int Compare(long i, long j)
        {
            if (!x.Type.DType.IsFloat())
                return descending ? x.GetLong(j).CompareTo(x.GetLong(i)) : x.GetLong(i).CompareTo(x.GetLong(j));
            double a = x.GetDouble(i), b = x.GetDouble(j);
            if (double.IsNaN(a) || double.IsNaN(b))
                return double.IsNaN(a).CompareTo(double.IsNaN(b));
            return a == b ? 0 : a < b != descending ? -1 : 1;
        }
    }
}
