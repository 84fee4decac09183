using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Makes plain what flows into regions, so that the other passes see through them.</summary>
public static class SimplifyControl
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "control",
        "moves captured constants into the blocks; captures a value once; makes carried values that never change captures, and results that every branch passes through the value itself",
        graph => new Walk().Map(graph));

    private sealed class Walk : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node)
        {
            if (node.Op.Regions is not { OwnsSizes: false } flow)
                return null;
            int selectors = flow.Selectors, carried = flow.Carried(node), captures = flow.Captures(node), count = node.Inputs.Length - selectors;
            Value Input(int parameter) => node.Inputs[selectors + parameter];
            bool IsConstant(int parameter) => parameter >= captures && Input(parameter).Node.Op == OpDefs.Constant;
            int First(int parameter) => Enumerable.Range(captures, count - captures).First(other => Input(other) == Input(parameter));
            var body = node.Regions[flow.Conditions];
            bool IsInvariant(int parameter) => parameter < carried && body.Results[parameter] == body.Parameters[parameter][0];

            int[] invariant = [.. Enumerable.Range(0, carried).Where(IsInvariant)];
            int[] kept = [.. Enumerable.Range(0, count).Where(i => i < captures ? !IsInvariant(i) : !IsConstant(i) && First(i) == i), .. invariant];
            if (kept.Length == count && invariant.Length == 0)
                return flow.Choose is null ? null : PassThrough(node);

            var regions = node.Regions.Select((region, index) => new Rebind(Builder).Map(
                region, kept,
                [.. Enumerable.Range(0, region.Results.Length).Where(result => index < flow.Conditions || !IsInvariant(result))],
                parameter => IsConstant(parameter) ? Builder.Constant(Input(parameter).Node.Attrs
                .Get<Literal>("value")) : region.Parameters[First(parameter)][0]));
            var attrs = invariant.Length == 0 ? node.Attrs : flow.Recount(node.Attrs, carried - invariant.Length, captures - carried);
            var copy = Builder.Emit(node.Op, attrs, [.. node.Inputs.Take(selectors), .. kept.Select(Input)], [.. regions]);
            int next = 0;
            return [.. node.Types.Select((_, i) => IsInvariant(i) ? Input(i) : copy[next++])];
        }

        // A result that is the same capture in every branch is that capture's value.
        private ImmutableArray<Value>? PassThrough(Node node)
        {
            Value?[] through = [.. node.Types.Select((_, i) => Through(node, i))];
            if (through.All(value => value is null))
                return null;
            Builder.Adopt(node);
            return [.. through.Select((value, i) => value ?? node[i])];
        }

        private static Value? Through(Node node, int result)
        {
            int[] parameters = [.. node.Regions.Select(region => region.Parameters.IndexOf(region.Results[result].Node)).Distinct()];
            return parameters is [>= 0 and var parameter] ? node.Inputs[1 + parameter] : null;
        }
    }

    // The same nodes over fewer parameters.
    private sealed class Rebind(GraphBuilder build) : RegionMapper(build)
    {
        protected override void Visit(Node node) => Keep(node, node.Regions);
    }
}
