namespace TensorGraph;

/// <summary>What a tensor of a trace names where that changes while the method runs, as memory of another library does: each use reads it anew.</summary>
internal abstract class TensorName
{
    /// <summary>The value as it is here, as a tensor that names nothing.</summary>
    public abstract Tensor Read();
}
