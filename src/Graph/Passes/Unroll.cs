using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Short loops without a loop: kernels reach over their iterations then, and constants of each are known.</summary>
public static class Unroll
{
    private const long MostIterations = 8;
    private const long MostNodes = 64;

    // A graph of very many such loops would take longer to compile than it ever saves.
    private const long MostNodesOfGraph = 8_192;

    // A loop writes its results over each other, and rows of them where they stay; iterations one after the other have memory of their own.
    private const long MostBytes = 16 << 20;

    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "unroll", $"puts loops of at most {MostIterations} iterations and {MostNodes} nodes in all, the number of which is known, one iteration after the other",
        graph => new Walk(graph.NodeCount).Map(graph));

    private sealed class Walk(long nodes) : Rewriter
    {
        private long _nodes = nodes;

        protected override ImmutableArray<Value>? Replace(Node node)
        {
            long? trips = node.Op == OpDefs.While ? TripCount.Of(node) : node.Op == OpDefs.Scan ? Length(node) : null;
            if (trips is not (>= 1 and <= MostIterations) || node.Inputs.Any(input => input.Type.IsList))
                return null;
            if (!node.Regions.All(CanBeRepeated) || !node.Regions[..^1].All(IsPure))
                return null;
            var body = node.Regions[^1];
            long added = trips.Value * body.Body.Count(inner => inner.Op != OpDefs.Constant);
            if (added > MostNodes || _nodes + added > MostNodesOfGraph || node.Types.Sum(BytesOf) > MostBytes)
                return null;
            _nodes += added;
            var results = node.Op == OpDefs.While ? Iterations(node, trips.Value) : Steps(node, trips.Value);
            return [.. results.Select((result, i) => Coerce(result, node.Types[i]))];
        }

        private ImmutableArray<Value> Iterations(Node node, long trips)
        {
            int carried = node.Types.Length;
            ImmutableArray<Value> values = node.Inputs;
            for (long i = 0; i < trips; i++)
                values = [.. Next(node, values), .. node.Inputs[carried..]];
            return values[..carried];
        }

        private ImmutableArray<Value> Steps(Node node, long trips)
        {
            int carried = node.Op.Regions!.Carried(node), captures = node.Op.Regions.Captures(node);
            bool isReverse = node.Attrs.Get("reverse", false);
            var state = node.Inputs[..carried];
            var stacked = new Value[node.Types.Length - carried][];
            for (int i = 0; i < stacked.Length; i++)
                stacked[i] = new Value[trips];
            for (long step = 0; step < trips; step++)
            {
                long at = isReverse ? trips - 1 - step : step;
                var slices = node.Inputs[carried..captures].Select(sequence => Entry(sequence, at));
                var results = Next(node, [.. state, .. slices, .. node.Inputs[captures..]]);
                state = results[..carried];
                for (int i = 0; i < stacked.Length; i++)
                    stacked[i][at] = Builder.ExpandDims(results[carried + i], 0);
            }

            Builder.Source = node.Source;
            return [.. state, .. stacked.Select(entries => Builder.Emit(OpDefs.Concat, Attrs.Of("axis", 0L), entries)[0])];
        }

        private ImmutableArray<Value> Next(Node node, ImmutableArray<Value> arguments)
        {
            var results = new RegionMapper(Builder).Inline(node.Regions[^1], arguments.AsSpan());
            Builder.Source = node.Source;
            return results;
        }

        private Value Entry(Value sequence, long at)
        {
            long[] zeros = new long[sequence.Shape.Rank];
            Shape start = new(zeros), stop = sequence.Shape;
            return Builder.Reshape(
                Builder.Slice(sequence, new(start.Dims.SetItem(0, at)), new(stop.Dims.SetItem(0, at + 1))), sequence.Type.Element.Shape);
        }

        private static long? Length(Node scan) => scan.Attrs.Get<Dim>("length") is { IsConstant: true } length ? length.Value : null;

        private static bool IsPure(Region region) => region.Body.All(node => node.IsPure);

        // As far as sizes are known.
        private static long BytesOf(TensorType type) =>
            type.DType.Size() * type.Shape.Dims.Where(size => size.IsConstant).Aggregate(1L, (count, size) => count * size.Value);

        // A region inside belongs to one node, and a size that a run finds out to one place. What a later iteration replaces would be dropped, and an
        // error with it.
        private static bool CanBeRepeated(Region region) => region.Body.All(node =>
            node.Regions.IsEmpty && node.Op != OpDefs.BindSize && !node.Types.Any(type => type.IsList) && !node.Op.Traits.HasFlag(Traits.Checked));
    }
}
