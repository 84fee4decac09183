using System.Collections.Immutable;

namespace TensorGraph.Ir;

public sealed partial class InferContext
{
    /// <summary>Blocks.</summary>
    public ImmutableArray<Region> Regions { get; init; } = [];
}
