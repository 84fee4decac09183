using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Makes plain what flows into blocks, so that the other passes see through them.</summary>
public static class SimplifyControl
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "control",
        "moves captured constants into the blocks; captures a value once; makes carried values that never change captures, and results that every branch passes through the value itself",
        graph => new Walk().Run(graph));

    private sealed class Walk : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node)
        {
            if (!Wiring.Describes(node.Op))
                return null;
            int selectors = Wiring.Selectors(node), carried = Wiring.Carried(node), captures = Wiring.Captures(node), count = node.Inputs.Length - selectors;
            Value Input(int parameter) => node.Inputs[selectors + parameter];
            bool IsConstant(int parameter) => parameter >= captures && Input(parameter).Node.Op == Op.Constant;
            int First(int parameter) => Enumerable.Range(captures, count - captures).First(other => Input(other) == Input(parameter));
            var body = Wiring.Bodies(node)[0];
            bool IsInvariant(int parameter) => parameter < carried && body.Results[parameter] == body.Parameters[parameter][0];

            int[] invariant = [.. Enumerable.Range(0, carried).Where(IsInvariant)];
            int[] kept = [.. Enumerable.Range(0, count).Where(i => i < captures ? !IsInvariant(i) : !IsConstant(i) && First(i) == i), .. invariant];
            if (kept.Length == count && invariant.Length == 0)
                return PassThrough(node);

            var regions = node.Regions.Select(region => Rebind(
                region, kept,
                parameter => IsConstant(parameter) ? B.Constant(Input(parameter).Node.Attrs.Get<Literal>("value")) : region.Parameters[First(parameter)][0],
                ReferenceEquals(region, body) ? result => !IsInvariant(result) : _ => true));
            var attrs = invariant.Length == 0 ? node.Attrs : node.Attrs.Without("stacks").With("carried", (long)(carried - invariant.Length));
            var copy = B.Emit(node.Op, attrs, [.. node.Inputs.Take(selectors), .. kept.Select(Input)], [.. regions]);
            int next = 0;
            return [.. node.Types.Select((_, i) => IsInvariant(i) ? Input(i) : copy[next++])];
        }

        // A result that is the same capture in every branch is that capture's value.
        private ImmutableArray<Value>? PassThrough(Node node)
        {
            if (node.Op != Op.If && node.Op != Op.Switch)
                return null;
            Value?[] through = [.. node.Types.Select((_, i) => Through(node, i))];
            if (through.All(value => value is null))
                return null;
            B.Adopt(node);
            return [.. through.Select((value, i) => value ?? node[i])];
        }

        private static Value? Through(Node node, int result)
        {
            int[] parameters = [.. node.Regions.Select(region => region.Parameters.IndexOf(region.Results[result].Node)).Distinct()];
            return parameters is [>= 0 and var parameter] ? node.Inputs[1 + parameter] : null;
        }

        // The block with only some parameters, in that order; what the others stand for is made or found inside.
        private Region Rebind(Region region, int[] kept, Func<int, Value> substitute, Func<int, bool> keepsResult)
        {
            B.BeginRegion();
            foreach (int parameter in kept)
                B.Adopt(region.Parameters[parameter]);
            Dictionary<Value, Value> map = [];
            foreach (int parameter in Enumerable.Range(0, region.Parameters.Length).Except(kept))
                map[region.Parameters[parameter][0]] = substitute(parameter);
            foreach (var node in region.Body)
            {
                var copy = node.With([.. node.Inputs.Select(input => map.GetValueOrDefault(input, input))], node.Regions);
                B.Adopt(copy);
                for (int i = 0; i < node.Types.Length; i++)
                    map[node[i]] = copy[i];
            }

            return B.EndRegion(region.Results.Where((_, i) => keepsResult(i)).Select(result => map.GetValueOrDefault(result, result)).ToArray()).Region;
        }
    }
}
