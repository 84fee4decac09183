using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Selections and conversions.</summary>
internal static partial class TypeRules
{
    public static ImmutableArray<TensorType> Select(InferContext c)
    {
        if (c.Inputs[0].DType != DType.Bool)
            Throw.DType(c.Op.Name, $"the condition is {c.Inputs[0]}", "It must be bool; compare or cast it.");
        c.SameDTypes(c.Inputs[1], c.Inputs[2]);
        return [new(c.Inputs[1].DType, c.Broadcast(c.Inputs[0].Shape, c.Broadcast(c.Inputs[1].Shape, c.Inputs[2].Shape)))];
    }

    public static ImmutableArray<TensorType> Cast(InferContext c)
    {
        var dtype = c.Attrs.Get<DType>("dtype");
        if (dtype == DType.String)
            Throw.DType(c.Op.Name, $"{c.Inputs[0]} can't become text", "Use print or a host call to format numbers.");
        return [c.Inputs[0].As(dtype)];
    }

    public static ImmutableArray<TensorType> Bitcast(InferContext c)
    {
        var dtype = c.Attrs.Get<DType>("dtype");
        if (!dtype.IsNumber() || dtype.Size() != c.Inputs[0].DType.Size())
            Throw.DType(c.Op.Name, $"{c.Inputs[0]} and {dtype.Name()} differ in width",
                "Only numbers of the same width can be reinterpreted; use Cast to convert values.");
        return [c.Inputs[0].As(dtype)];
    }
}
