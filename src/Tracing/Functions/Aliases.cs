using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// Which arguments of a call are one and the same tensor: for each leaf the first leaf with that tensor, and null where every tensor is another.
/// A tape or a comparison of references in the method tells them apart, so that they are part of the signature.
/// </summary>
internal static class Aliases
{
    // Up to here comparing each with each is cheaper than a table.
    private const int Few = 8;

    public static int[]? Of(ReadOnlySpan<Leaf> leaves)
    {
        if (!Any(leaves))
            return null;
        Dictionary<Tensor, int> firsts = new(ReferenceEqualityComparer.Instance);
        int[] found = new int[leaves.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = i;
            if (leaves[i].Tensor is { } tensor && !firsts.TryAdd(tensor, i))
                found[i] = firsts[tensor];
        }

        return found;
    }

    /// <summary>True when a call has the same tensors at the same leaves. A call without aliases allocates nothing.</summary>
    public static bool Fit(ReadOnlySpan<Leaf> leaves, int[]? wanted) =>
        wanted is null ? !Any(leaves) : Of(leaves) is { } found && found.AsSpan().SequenceEqual(wanted);

    private static bool Any(ReadOnlySpan<Leaf> leaves)
    {
        if (leaves.Length > Few)
            return AnyOfMany(leaves);
        for (int i = 1; i < leaves.Length; i++)
        {
            if (leaves[i].Tensor is not { } tensor)
                continue;
            for (int k = 0; k < i; k++)
            {
                if (ReferenceEquals(leaves[k].Tensor, tensor))
                    return true;
            }
        }

        return false;
    }

    // Open addressing: a slot has the number of a leaf, plus one.
    private static bool AnyOfMany(ReadOnlySpan<Leaf> leaves)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * leaves.Length));
        Span<int> slots = size <= 1024 ? stackalloc int[size] : new int[size];
        slots.Clear();
        for (int i = 0; i < leaves.Length; i++)
        {
            if (leaves[i].Tensor is not { } tensor)
                continue;
            int slot = RuntimeHelpers.GetHashCode(tensor) & (size - 1);
            for (; slots[slot] != 0; slot = (slot + 1) & (size - 1))
            {
                if (ReferenceEquals(leaves[slots[slot] - 1].Tensor, tensor))
                    return true;
            }

            slots[slot] = i + 1;
        }

        return false;
    }
}
