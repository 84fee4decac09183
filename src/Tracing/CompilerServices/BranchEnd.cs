namespace TensorGraph.CompilerServices;

/// <summary>
/// A finished branch: its region, which of its leaves may have any length, and the states of the tensor arrays that it changed, with the places of
/// their tensors among the leaves.
/// </summary>
internal sealed record BranchEnd(TracedRegion Region, bool[] HasAnyLength, Dictionary<TensorArray, BranchEnd.Changed> Arrays)
{
    /// <summary>An array's state at the end of the branch; its leaves begin at <paramref name="First"/>.</summary>
    public sealed record Changed(ArrayState State, int First);

    public int Count => HasAnyLength.Length;

    /// <summary>The same with leaves that have no value, from <paramref name="at"/> on.</summary>
    public BranchEnd Pad(int at, int count)
    {
        Region.Pad(at, count);
        return new(
            Region, [.. HasAnyLength[..at], .. new bool[count], .. HasAnyLength[at..]],
            Arrays.ToDictionary(a => a.Key, a => a.Value with { First = a.Value.First + count }));
    }

    public static BranchEnd Of(TraceContext trace, ControlScope scope, Tensor?[] leaves, string[] names)
    {
        var all = new List<Tensor?>();
        bool[] hasAnyLength = new bool[leaves.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            hasAnyLength[i] = TracedRegion.HasAnyLength(trace, leaves[i]);
            all.Add(TracedRegion.Leaving(trace, leaves[i], i < names.Length ? names[i] : "the result"));
        }

        var arrays = new Dictionary<TensorArray, Changed>(ReferenceEqualityComparer.Instance);
        foreach (var entry in scope.Entries.Where(entry => entry.IsChanged))
        {
            var state = entry.Array.State;
            // Nothing of a size that only this branch knows can leave it, but a list can.
            if (entry.Before is ArrayState.Listed || state.Leaves.Any(leaf => leaf.Rank > 0 && trace.IsBoundHere(leaf.Shape[0])))
                state = state.ToList(entry.Array.ElementType!.Value);
            arrays.Add(entry.Array, new(state, all.Count));
            all.AddRange(state.Leaves);
        }

        var region = TracedRegion.Close(trace, scope.TapesAround, all.ToArray());
        scope.Close();
        return new(region, hasAnyLength, arrays);
    }
}
