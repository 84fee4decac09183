namespace TensorGraph;

/// <summary>
/// The name of something that changes while a method is traced, as memory of another library does. Each use of a tensor that has it reads it anew.
/// </summary>
internal abstract class TensorName
{
    /// <summary>Tells whether the trace under way may make names; null where no library makes any.</summary>
    public static Func<bool>? AreMade { get; set; }

    /// <summary>The value as it is here, as a tensor that names nothing.</summary>
    public abstract Tensor Read();

    /// <summary>A value that a branch or loop gives, which may be what is named or not: it can't be used when that has changed.</summary>
    public abstract Tensor Maybe(Tensor value);

    /// <summary>An iteration ends with this name, so that the next one begins with it.</summary>
    /// <param name="start">The tensor that it begins with.</param>
    /// <exception cref="GraphException">Where the iteration has read that behind a change of what is named.</exception>
    public abstract void CheckCarried(CarriedName start);
}
