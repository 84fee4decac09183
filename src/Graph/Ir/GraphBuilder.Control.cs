using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Control flow from finished blocks.</summary>
public partial class GraphBuilder
{
    /// <summary>Emits an <c>if</c> (or <c>switch</c>) over blocks that may capture different outer values.</summary>
    public Node Branch(OpDef op, Value selector, params ReadOnlySpan<(Region Region, ImmutableArray<Value> Captures)> blocks)
    {
        var captures = Merge(blocks);
        var regions = ImmutableArray.CreateBuilder<Region>();
        foreach (var block in blocks)
            regions.Add(Align(block.Region, block.Captures, captures));
        return Emit(op, Attrs.Empty, [selector, .. captures], regions.ToImmutable());
    }

    /// <summary>Emits a <c>while</c>; both blocks take the carried values first.</summary>
    public Node Loop(ReadOnlySpan<Value> carried, (Region Region, ImmutableArray<Value> Captures) condition,
        (Region Region, ImmutableArray<Value> Captures) body)
    {
        var captures = Merge([condition, body]);
        return Emit(
            OpDefs.While, Attrs.Of("carried", (long)carried.Length), [.. carried, .. captures],
            [Align(condition.Region, condition.Captures, captures), Align(body.Region, body.Captures, captures)]);
    }

    /// <summary>Emits a <c>scan</c>; the region takes the carried values, then one slice of each sequence.</summary>
    /// <param name="carried">State, first of the results.</param>
    /// <param name="sequences">What is gone through along the first axis.</param>
    /// <param name="length">Size of that axis.</param>
    /// <param name="body">(carried, slices) → (carried, outputs).</param>
    /// <param name="reverse">From the end to the start.</param>
    public ImmutableArray<Value> Scan(
        ReadOnlySpan<Value> carried, ReadOnlySpan<Value> sequences, Dim length, (Region Region, ImmutableArray<Value> Captures) body,
        bool reverse = false)
    {
        var node = Emit(OpDefs.Scan, ScanAttrs(carried.Length, sequences.Length, length, reverse), [.. carried, .. sequences, .. body.Captures],
            [body.Region]);
        return [.. body.Region.Results.Select((_, i) => node[i])];
    }

    internal static Attrs ScanAttrs(int carried, int sequences, Dim length, bool reverse) =>
        Attrs.Of(("carried", (long)carried), ("sequences", (long)sequences), ("length", length), ("reverse", reverse));

    private static ImmutableArray<Value> Merge(ReadOnlySpan<(Region Region, ImmutableArray<Value> Captures)> blocks)
    {
        var all = new List<Value>();
        foreach (var block in blocks)
            all.AddRange(block.Captures);
        return [.. all.Distinct()];
    }

    // The block with one parameter for each of `all`, in that order, after its own parameters.
    private static Region Align(Region region, ImmutableArray<Value> captures, ImmutableArray<Value> all)
    {
        int own = region.Parameters.Length - captures.Length;
        var parameters = region.Parameters.Take(own).Concat(all.Select(value =>
        {
            int index = captures.IndexOf(value);
            return index >= 0 ? region.Parameters[own + index] : new Node(OpDefs.Parameter, [], Attrs.Empty, [], [value.Type], value.Node.Source);
        }));
        return region with { Parameters = [.. parameters] };
    }
}
