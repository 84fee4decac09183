using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Element type and shape that a traced function takes for one tensor argument.</summary>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Sizes; a symbolic one fits any size, equal names are equal sizes.</param>
public sealed record TensorSpec(DType DType, Shape Shape)
{
    /// <summary>A spec from its text: <c>"f32[batch,784]"</c>; <c>?</c> is any size.</summary>
    /// <exception cref="GraphException">TG1004 when it does not parse.</exception>
    public static TensorSpec Parse(string text)
    {
        var (name, sizes) = SpecSyntax.Split(Check.NotNull(text), out string? error);
        if (error is not null || !DTypes.TryParse(name, out var dtype))
            throw new GraphException(DiagnosticIds.BadSignature, $"spec '{text}': {error}", "Write it as \"f32[batch,784]\".", SourceSpan.Capture());
        return new(dtype, new([.. sizes.Select(size => long.TryParse(size, out long number) ? (Dim)number : Dim.Symbol(size))]));
    }

    /// <summary>The exact spec of a tensor.</summary>
    public static TensorSpec Of(Tensor tensor) => new(Check.NotNull(tensor).DType, tensor.Shape);

    /// <summary><c>f32[batch, 784]</c></summary>
    public override string ToString() => new TensorType(DType, Shape).ToString();
}
