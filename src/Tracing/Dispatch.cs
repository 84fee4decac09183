using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>From the facade's one-liners to the current context.</summary>
internal static class Dispatch
{
    public static Tensor Run(OpDef op, params ReadOnlySpan<Tensor> inputs) => Run(op, Attrs.Empty, inputs);

    public static Tensor Run(OpDef op, Attrs attrs, params ReadOnlySpan<Tensor> inputs) => RunAll(op, attrs, inputs)[0];

    public static Tensor[] RunAll(OpDef op, Attrs attrs, params ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
            Check.NotNull(input, op.Name);
        return ExecutionContext.Current.Run(op, attrs, inputs);
    }

    /// <summary>A C# number as a tensor of another one's dtype; TG2005 when the dtype can't hold it.</summary>
    public static Tensor Number(double number, DType dtype)
    {
        var literal = Literal.Scalar(dtype == DType.String ? DType.F64 : dtype, number);
        if (dtype == DType.String || dtype == DType.Bool || (dtype.IsInteger() && literal.GetDouble(0) != number))
        {
            throw new GraphException(
                DiagnosticIds.NotRepresentable, $"the C# number {number.ToString(System.Globalization.CultureInfo.InvariantCulture)} is not a {dtype.Name()}",
                $"A C# number takes the tensor's dtype; Cast the tensor to a float dtype, or write a number that {dtype.Name()} can hold.", SourceSpan.Capture());
        }

        return Tensor.From(literal);
    }

    /// <summary>A C# integer as a tensor of another one's dtype.</summary>
    public static Tensor Number(long number, DType dtype)
    {
        if (dtype.IsInteger() && Literal.FromLongs(new(dtype, Shape.Scalar), _ => number) is var literal && literal.GetLong(0) == number)
            return Tensor.From(literal);
        return Number((double)number, dtype);
    }
}
