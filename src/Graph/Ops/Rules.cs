namespace TensorGraph.Ir;

/// <summary>Evaluation rules that whole families of ops share.</summary>
internal static class Rules
{
    /// <summary>f(x) on floats; integers through g when given, else through f.</summary>
    public static EvalRule Unary(Func<double, double> f, Func<long, long>? g = null) => c =>
    {
        var x = c.Inputs[0];
        var result = Result(c, x.Type.Shape);
        bool integers = g is not null && !x.Type.DType.IsFloat();
        for (long i = 0; i < result.Count; i++)
        {
            if (integers)
                result.SetLong(i, g!(x.GetLong(i)));
            else
                result.SetDouble(i, f(x.GetDouble(i)));
        }

        return [result];
    };

    /// <summary>f on 64-bit integers, whatever the dtype.</summary>
    public static EvalRule UnaryBits(Func<long, long> f) => Unary(_ => throw new InvalidOperationException("floats are not allowed"), f);

    /// <summary>f(x, y) with broadcasting; integers and bool through g when given.</summary>
    public static EvalRule Binary(Func<double, double, double> f, Func<long, long, long>? g = null) => c =>
    {
        Literal x = c.Inputs[0], y = c.Inputs[1];
        var shape = Broadcast(c);
        var result = Result(c, shape);
        bool integers = g is not null && !x.Type.DType.IsFloat();
        foreach (var (i, index) in Indices(shape))
        {
            long a = Offset(x, index), b = Offset(y, index);
            if (integers)
                result.SetLong(i, g!(x.GetLong(a), y.GetLong(b)));
            else
                result.SetDouble(i, f(x.GetDouble(a), y.GetDouble(b)));
        }

        return [result];
    };

    /// <summary>f on 64-bit integers, whatever the dtype.</summary>
    public static EvalRule BinaryBits(Func<long, long, long> f) => Binary((_, _) => throw new InvalidOperationException("floats are not allowed"), f);

    /// <summary>Folds the axes of attribute <c>axes</c>, in double precision or in 64-bit integers.</summary>
    public static EvalRule Reduction(double start, Func<double, double, double> f, Func<DType, long> startInteger, Func<long, long, long> g) => c =>
    {
        var x = c.Inputs[0];
        int[] axes = c.Attrs.Axes();
        Shape kept = TypeRules.Reduced(x.Type.Shape, axes, keep: true);
        var result = Result(c, TypeRules.Reduced(x.Type.Shape, axes, c.Attrs.Get("keep", false)));
        var slots = new Literal(new TensorType(DType.I64, kept), new long[result.Count]);
        double[] doubles = [.. Enumerable.Repeat(start, (int)result.Count)];
        long[] longs = [.. Enumerable.Repeat(startInteger(x.Type.DType), (int)result.Count)];
        bool floats = x.Type.DType.IsFloat();
        foreach (var (i, index) in Indices(x.Type.Shape))
        {
            long slot = Offset(slots, index);
            if (floats)
                doubles[slot] = f(doubles[slot], x.GetDouble(i));
            else
                longs[slot] = g(longs[slot], x.GetLong(i));
        }

        for (long i = 0; i < result.Count; i++)
        {
            if (floats)
                result.SetDouble(i, doubles[i]);
            else
                result.SetLong(i, longs[i]);
        }

        return [result];
    };

    /// <summary>
    /// The first input's elements at other places: <paramref name="place"/> gets an index of the result and fills in where its element comes from.
    /// </summary>
    public static Literal Rearrange(EvalContext c, Shape shape, Action<long[], long[]> place)
    {
        var result = Result(c, shape);
        var from = new long[c.Inputs[0].Type.Rank];
        foreach (var (i, index) in Indices(shape))
        {
            place(index, from);
            result.Copy(i, c.Inputs[0], Offset(c.Inputs[0], from));
        }

        return result;
    }

    /// <summary>Zeros of the result's dtype and the given shape.</summary>
    public static Literal Result(EvalContext c, Shape shape, int index = 0) => Literal.Zeros(c.Node.Types[index].As(shape));

    /// <summary>The broadcast shape of all inputs' values.</summary>
    public static Shape Broadcast(EvalContext c)
    {
        var context = new InferContext(c.Node.Op, [], Attrs.Empty, null);
        return c.Inputs.Aggregate(Shape.Scalar, (shape, input) => context.Broadcast(shape, input.Type.Shape));
    }

    /// <summary>All positions of a shape in row-major order, with their number. The array is reused.</summary>
    public static IEnumerable<(long Number, long[] Index)> Indices(Shape shape)
    {
        long[] sizes = shape.ToArray(), index = new long[sizes.Length];
        long count = sizes.Aggregate(1L, (product, size) => product * size);
        for (long number = 0; number < count; number++)
        {
            yield return (number, index);
            for (int axis = sizes.Length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--)
                index[axis] = 0;
        }
    }

    /// <summary>
    /// All lines of a shape along an axis, in row-major order: number, offset of the first element, distance of elements, how many.
    /// </summary>
    public static IEnumerable<(long Number, long First, long Stride, long Count)> Lines(Shape shape, int axis)
    {
        long count = shape[axis].Value, stride = 1, outer = 1;
        for (int i = 0; i < shape.Rank; i++)
        {
            outer *= i < axis ? shape[i].Value : 1;
            stride *= i > axis ? shape[i].Value : 1;
        }

        for (long i = 0; i < outer; i++)
        {
            for (long j = 0; j < stride; j++)
                yield return ((i * stride) + j, (i * count * stride) + j, stride, count);
        }
    }

    /// <summary>The offset in a literal of position <paramref name="index"/> of a broadcast shape.</summary>
    public static long Offset(Literal literal, ReadOnlySpan<long> index)
    {
        var shape = literal.Type.Shape;
        long offset = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            long size = shape[axis].Value;
            offset = (offset * size) + (size == 1 ? 0 : index[index.Length - shape.Rank + axis]);
        }

        return offset;
    }
}
