namespace TensorGraph;

/// <summary>
/// Declares the sizes of a tensor: <c>[Shape("batch, 784")]</c> on a parameter, field or property, <c>[return: Shape("batch, 10")]</c> on a result. A
/// size is a number, a name (equal names in one call are equal sizes) or <c>?</c> (any size); no sizes are a scalar. Code that certainly contradicts
/// it is a warning while it is compiled; arguments and results of graph functions are checked when they are traced and called. Errors: TG1003.
/// </summary>
/// <param name="sizes">The sizes, separated by commas.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.ReturnValue)]
public sealed class ShapeAttribute(string sizes) : Attribute
{
    /// <summary>The sizes, separated by commas.</summary>
    public string Sizes { get; } = sizes;
}
