using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>From the facade's one-liners to the current context.</summary>
internal static class Dispatch
{
    public static Tensor Run(OpDef op, params ReadOnlySpan<Tensor> inputs) => Run(op, Attrs.Empty, inputs);

    public static Tensor Run(OpDef op, Attrs attrs, params ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
            Check.NotNull(input, op.Name);
        return ExecutionContext.Current.RunSingle(op, attrs, inputs);
    }

    public static Tensor[] RunAll(OpDef op, Attrs attrs, params ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
            Check.NotNull(input, op.Name);
        return ExecutionContext.Current.Run(op, attrs, inputs);
    }

    /// <summary>A C# number as a tensor of another one's dtype, on its device; TG2005 when the dtype can't hold it.</summary>
    public static Tensor Number(double number, Tensor like) => Numbers.Of(number, like);

    /// <summary>A C# integer as a tensor of another one's dtype, on its device.</summary>
    public static Tensor Number(long number, Tensor like) =>
        number is <= Numbers.LargestExact and >= -Numbers.LargestExact ? Numbers.Of(number, like) : Numbers.OfLarge(number, like);
}
