using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>C# values as tensors and back.</summary>
public sealed partial class Tensor
{
    /// <summary>A tensor with the elements of an array of any rank (also text), or of an array of arrays of one length.</summary>
    /// <exception cref="GraphException">TG2002 when the element type is not a dtype's, TG2001 rows of different lengths, TG1002 for null.</exception>
    public static Tensor From(Array values)
    {
        Check.NotNull(values);
        if (values.GetType().GetElementType()!.IsArray)
            return JaggedArray.ToTensor(values);
        if (!DTypes.TryFromClr(values.GetType().GetElementType()!, out var dtype))
            throw NoDType(values.GetType().GetElementType()!);
        var sizes = new long[values.Rank];
        for (int axis = 0; axis < sizes.Length; axis++)
            sizes[axis] = values.GetLength(axis);
        return From(dtype, sizes, values);
    }

    /// <summary>A tensor of the given sizes with the elements of a flat array in row-major order; without sizes a vector.</summary>
    /// <exception cref="GraphException">TG2001 when the number of elements differs, TG2002 for a bad element type.</exception>
    public static Tensor From<T>(T[] values, params ReadOnlySpan<long> sizes)
    {
        Check.NotNull(values);
        if (sizes.IsEmpty || !DTypes.TryFromClr(typeof(T), out var dtype))
            return From((Array)values);
        if (sizes.Length == 0)
            return From(dtype, [values.Length], values);
        var shape = new Shape(sizes);
        IndexRules.CheckLength(shape, values.Length);
        return From(dtype, sizes, values);
    }

    /// <summary>A tensor with a copy of the elements of a span, row-major; without sizes a vector. Of a <c>Memory</c> pass the <c>Span</c>.</summary>
    /// <exception cref="GraphException">TG2001 when the number of elements differs, TG2002 for a bad element type.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> sizes)
        where T : unmanaged
    {
        if (!DTypes.TryFromClr(typeof(T), out var dtype))
            throw NoDType(typeof(T));
        var shape = sizes.IsEmpty ? new Shape(values.Length) : new Shape(sizes);
        IndexRules.CheckLength(shape, values.Length);
        return new(TensorData.From(new(dtype, shape), values));
    }

    /// <summary>A tensor with a copy of the elements of a list, row-major; without sizes a vector.</summary>
    /// <exception cref="GraphException">TG1002; TG2001 when the number of elements differs, TG2002 for a bad element type.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(-1)]
    public static Tensor From<T>(List<T> values, params ReadOnlySpan<long> sizes)
        where T : unmanaged =>
        From((ReadOnlySpan<T>)System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Check.NotNull(values)), sizes);

    /// <summary>A tensor with a copy of a literal's elements.</summary>
    public static Tensor From(Literal literal) => new(TensorData.From(Check.NotNull(literal)), isFree: literal.Type.Shape.Rank == 0);

    /// <summary>One bool.</summary>
    public static implicit operator Tensor(bool value) => Of(DType.Bool, value);

    /// <summary>One i32.</summary>
    public static implicit operator Tensor(int value) => Of(DType.I32, value);

    /// <summary>One i64.</summary>
    public static implicit operator Tensor(long value) => Of(DType.I64, value);

    /// <summary>One f32.</summary>
    public static implicit operator Tensor(float value) => Of(DType.F32, value);

    /// <summary>One f64.</summary>
    public static implicit operator Tensor(double value) => Of(DType.F64, value);

    /// <summary>One piece of text.</summary>
    public static implicit operator Tensor(string value) => Of(DType.String, Check.NotNull(value));

    /// <summary>One f16.</summary>
    public static implicit operator Tensor(Half value) => Of(DType.F16, value);

    /// <summary>One bf16.</summary>
    public static implicit operator Tensor(BFloat16 value) => Of(DType.BF16, value);

    /// <summary>A vector of f32.</summary>
    public static implicit operator Tensor(float[] values) => From(values);

    /// <summary>A vector of f64.</summary>
    public static implicit operator Tensor(double[] values) => From(values);

    /// <summary>A vector of i32.</summary>
    public static implicit operator Tensor(int[] values) => From(values);

    /// <summary>A vector of i64.</summary>
    public static implicit operator Tensor(long[] values) => From(values);

    /// <summary>A vector of bool.</summary>
    public static implicit operator Tensor(bool[] values) => From(values);

    /// <summary>A vector of u8.</summary>
    public static implicit operator Tensor(byte[] values) => From(values);

    /// <summary>A vector of text.</summary>
    public static implicit operator Tensor(string[] values) => From(values);

    /// <summary>A matrix of i64.</summary>
    public static implicit operator Tensor(long[,] values) => From(values);

    /// <summary>A matrix of bool.</summary>
    public static implicit operator Tensor(bool[,] values) => From(values);

    /// <summary>A tensor of f32 with three axes.</summary>
    public static implicit operator Tensor(float[,,] values) => From(values);

    /// <summary>A tensor of f32 with four axes.</summary>
    public static implicit operator Tensor(float[,,,] values) => From(values);

    /// <summary>A matrix of f32.</summary>
    public static implicit operator Tensor(float[,] values) => From(values);

    /// <summary>A matrix of f64.</summary>
    public static implicit operator Tensor(double[,] values) => From(values);

    /// <summary>A matrix of i32.</summary>
    public static implicit operator Tensor(int[,] values) => From(values);

    /// <summary>The only element; waits for it.</summary>
    public static explicit operator float(Tensor value) => (float)Check.NotNull(value).ToDouble();

    /// <summary>The only element; waits for it.</summary>
    public static explicit operator double(Tensor value) => Check.NotNull(value).ToDouble();

    /// <summary>The only element; waits for it.</summary>
    public static explicit operator int(Tensor value) => Check.NotNull(value).Item<int>();

    /// <summary>The only element; waits for it.</summary>
    public static explicit operator long(Tensor value) => Check.NotNull(value).Item<long>();

    /// <summary>The only element; waits for it.</summary>
    public static explicit operator bool(Tensor value) => Check.NotNull(value).IsTrue("a cast to bool");

    /// <summary>True when the tensor is one bool that is true, so that <c>if</c> and <c>while</c> take tensors.</summary>
    public static bool operator true(Tensor value) => Check.NotNull(value).IsTrue(Condition);

    /// <summary>True when the tensor is one bool that is false.</summary>
    public static bool operator false(Tensor value) => !Check.NotNull(value).IsTrue(Condition);

    private static GraphException NoDType(Type element) => new(
        DiagnosticIds.DTypeMismatch, $"from: an array of {element.Name} is not a tensor",
        $"Element types are {string.Join(", ", DTypes.All.Select(d => d.Clr().Name))}.", SourceSpan.Capture());

    private static Tensor Of<T>(DType dtype, T value) => new(TensorData.From(new Literal(new(dtype, Shape.Scalar), new[] { value })), isFree: true);

    private static Tensor From(DType dtype, ReadOnlySpan<long> sizes, Array values)
    {
        var flat = Literal.Zeros(new(dtype, new Shape(values.LongLength))).Data;
        if (dtype == DType.String)
            CopyText(values, (string[])flat);
        else
            new Literal(new(dtype, new Shape(values.LongLength)), flat).CopyFrom(values);
        return new(TensorData.From(new Literal(new(dtype, new Shape(sizes)), flat)));
    }

    private static void CopyText(Array from, string[] to)
    {
        int i = 0;
        foreach (string? text in from)
            to[i++] = text ?? throw new GraphException(DiagnosticIds.NullArgument, $"from: element {i - 1} is null", "Use an empty string.",
                SourceSpan.Capture());
    }

    private bool IsTrue(string use)
    {
        if (Trace is not null)
            return Trace.Guesses-- > 0 ? false : throw SymbolicUse(use);
        if (DType != DType.Bool || Type.Shape.ElementCount.Value != 1)
            throw CompilerServices.TracedRegion.NotOneBool(Type, SourceSpan.Capture());
        return Data.Element<bool>(0);
    }
}
