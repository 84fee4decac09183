using System.Collections.Immutable;

namespace TensorGraph.Analyzers;

/// <summary>
/// The values that leave a region: variables that it changes and that are read later; <paramref name="Dead"/> ones, which must not keep a tensor of
/// the inside although nothing reads them; and those that a second branch reads as they were, <paramref name="Restored"/> with the dead ones.
/// </summary>
internal sealed record RegionResults(ImmutableArray<CarriedVariable> Variables, ImmutableArray<string> Dead, ImmutableArray<string> Restored)
{
    public static readonly RegionResults None = new([], [], []);
}
