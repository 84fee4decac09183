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
                return Call(node);
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

        // The called block's nodes here, its names for sizes replaced by the sizes that it is called with.
        private ImmutableArray<Value>? Call(Node node)
        {
            Dictionary<string, Dim> sizes = [];
            var region = node.Regions[0];
            foreach (var (parameter, input) in region.Parameters.Zip(node.Inputs))
            {
                foreach (var (dim, size) in parameter.Types[0].Shape.Zip(input.Shape).Where(pair => pair.First.IsSymbol))
                    sizes.TryAdd(dim.ToString(), size);
            }

            // Sizes that the block binds itself get names of their own, since the block may stand here twice.
            foreach (var bound in region.AllNodes().Where(inner => inner.Op == Op.BindSize))
                sizes.TryAdd(bound.Attrs.Get<Dim>("dim").ToString(), Dim.Fresh());

            var wanted = region.Parameters.Select(parameter => Bind(parameter.Types[0], sizes)).ToArray();
            Dictionary<Value, Value> map = [];
            for (int i = 0; i < wanted.Length; i++)
            {
                foreach (var (left, right) in wanted[i].Shape.Zip(node.Inputs[i].Shape).Where(pair => pair.First != pair.Second))
                {
                    // Sizes that can't be equal: the call stays, and fails when it runs.
                    if (left.IsConstant && right.IsConstant)
                        return null;
                    B.Assume(new(left, right, node.Op.Name, node.Source));
                }

                map[region.Parameters[i][0]] = Coerce(node.Inputs[i], wanted[i]);
            }

            foreach (var inner in region.Body)
                Copy(inner, map, sizes);
            B.Source = node.Source;
            return [.. region.Results.Select((result, i) => Coerce(map[result], node.Types[i]))];
        }

        private void Copy(Node node, Dictionary<Value, Value> map, Dictionary<string, Dim> sizes)
        {
            var regions = node.Op == Op.Call ? node.Regions : [.. node.Regions.Select(region => Copy(region, map, sizes))];
            var attrs = Attrs.Of([.. node.Attrs.Select(attr => (attr.Key, attr.Value switch
            {
                Dim dim => dim.Substitute(name => SizeOf(name, sizes)),
                Shape shape => shape.Substitute(name => SizeOf(name, sizes)),
                _ => attr.Value,
            }))]);
            B.Source = node.Source;
            var copy = B.Emit(node.Op, attrs, [.. node.Inputs.Select(input => map[input])], regions);
            for (int i = 0; i < node.Types.Length; i++)
                map[node[i]] = copy[i];
        }

        private Region Copy(Region region, Dictionary<Value, Value> map, Dictionary<string, Dim> sizes)
        {
            B.BeginRegion();
            foreach (var parameter in region.Parameters)
            {
                B.Source = parameter.Source;
                map[parameter[0]] = B.Parameter(Bind(parameter.Types[0], sizes), parameter.Attrs.Get("name", ""));
            }

            foreach (var node in region.Body)
                Copy(node, map, sizes);
            return B.EndRegion([.. region.Results.Select(result => map[result])]).Region;
        }

        private static Dim SizeOf(string name, Dictionary<string, Dim> sizes) => name == Dim.Dynamic.ToString() ? Dim.Dynamic : sizes[name];

        private static TensorType Bind(TensorType type, Dictionary<string, Dim> sizes) => type.As(type.Shape.Substitute(name => SizeOf(name, sizes)));

        private ImmutableArray<Value> Body(Node node, Region region, ReadOnlySpan<Value> arguments)
        {
            var results = B.Inline(region, arguments);
            B.Source = node.Source;
            return [.. results.Select((result, i) => Coerce(result, node.Types[i]))];
        }

        private static Literal? Constant(Value value) => value.Node.Op == Op.Constant ? value.Node.Attrs.Get<Literal>("value") : null;
    }
}
