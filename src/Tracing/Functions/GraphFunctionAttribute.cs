namespace TensorGraph;

/// <summary>
/// Marks a method of a <c>partial</c> class whose calls run as one graph, traced once per signature. Conditions of type <see cref="Tensor"/>
/// become graph control flow; everything without tensors runs as plain C# while tracing.
/// </summary>
/// <example>
/// <code>
/// Tensor x = new[] { 8f, 4f };
/// Console.WriteLine(Model.Shrink(x)); // [0.5, 0.25]
///
/// public static partial class Model
/// {
///     [GraphFunction]
///     public static Tensor Shrink(Tensor x)
///     {
///         while (x.Sum() &gt; 1)
///             x = x / 2;
///         return x;
///     }
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GraphFunctionAttribute : Attribute
{
    /// <summary>
    /// Specs of the tensor arguments, e.g. <c>["f32[batch,784]", "i32[batch]"]</c>: the function is traced for these and no others. A size is a
    /// number, a name (equal names are equal sizes) or <c>?</c> (any size).
    /// </summary>
    public string[]? InputSignature { get; set; }

    /// <summary>When sizes of one axis vary from call to call, the second size makes the axis symbolic, so that no further trace is needed.</summary>
    public bool ReduceRetracing { get; set; } = true;

    /// <summary>
    /// Bytes that the gradient of one loop may keep of its iterations. Beyond that it keeps the carried values of every k-th iteration, where k
    /// iterations fit, and computes the iterations between them again; the numbers are the same. 0, the default: all is kept and nothing is computed
    /// twice. The loops of functions that the method calls are included.
    /// </summary>
    public long LoopMemoryBudget { get; set; }
}
