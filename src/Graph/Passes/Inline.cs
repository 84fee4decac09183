using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Replaces control flow that is decided already by the nodes of the block that runs.</summary>
public static class Inline
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "inline", "puts the body of a `call`, and the chosen branch of an `if` or `switch` whose condition is constant, in its place; drops loops that never run",
        graph => new Walk().Run(graph));

    private sealed class Walk : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node)
        {
            if (node.Op == Op.Call)
                return Body(node, node.Regions[0], node.Inputs.AsSpan());
            if (node.Op == Op.If && Constant(node.Inputs[0]) is { } condition)
                return Body(node, node.Regions[condition.GetLong(0) != 0 ? 0 : 1], node.Inputs.AsSpan()[1..]);
            if (node.Op == Op.Switch && Constant(node.Inputs[0]) is { } index)
            {
                long at = index.GetLong(0);
                return Body(node, node.Regions[at < 0 || at >= node.Regions.Length ? ^1 : (int)at], node.Inputs.AsSpan()[1..]);
            }

            if (node.Op == Op.While && Constant(node.Regions[0].Results[0]) is { } go && go.GetLong(0) == 0 && node.Regions[0].Body.All(inner => inner.IsPure))
                return node.Inputs[..node.Types.Length];
            if (node.Op == Op.Scan && node.Attrs.Get<Dim>("length").Is(0))
                return [.. node.Types.Select((type, i) => i < Wiring.Carried(node) ? node.Inputs[i] : B.Zeros(type))];
            return null;
        }

        private ImmutableArray<Value> Body(Node node, Region region, ReadOnlySpan<Value> arguments)
        {
            var results = B.Inline(region, arguments);
            B.Source = node.Source;
            return [.. results.Select((result, i) => Coerce(result, node.Types[i]))];
        }

        private static Literal? Constant(Value value) => value.Node.Op == Op.Constant ? value.Node.Attrs.Get<Literal>("value") : null;
    }
}
