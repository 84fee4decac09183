using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Replaces control flow that is decided already by the nodes of the region that runs.</summary>
public static class Inline
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "inline", "puts the body of a `call`, and the chosen branch of an `if` or `switch` whose condition is constant, in its place; drops loops that never run",
        graph => new Walk().Map(graph));

    /// <summary>
    /// Copies a called region: its names for sizes become the sizes of the arguments, and those that it finds out in a run new names.
    /// </summary>
    public static ImmutableArray<Value> Call(GraphBuilder build, Region region, ImmutableArray<Value> arguments) =>
        new Resized(Throw.IfNull(build), SizesOf(Throw.IfNull(region), arguments)).Inline(region, arguments.AsSpan());

    private static SizeSubstitution SizesOf(Region region, ImmutableArray<Value> inputs)
    {
        Dictionary<string, Dim> sizes = [];
        foreach (var (parameter, input) in region.Parameters.Zip(inputs))
        {
            foreach (var (dim, size) in parameter.Types[0].Shape.Zip(input.Shape).Where(pair => pair.First.IsSymbol))
                sizes.TryAdd(dim.ToString(), size);
        }

        // Sizes that the region binds itself get names of their own, since the region may be here twice.
        foreach (var bound in region.AllNodes().Where(inner => inner.Op == OpDefs.BindSize))
            sizes.TryAdd(bound.Attrs.Get<Dim>("dim").ToString(), Dim.Fresh());
        return new(sizes);
    }

    private sealed class Walk : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node)
        {
            if (node.Op.Regions is not { } flow)
                return null;
            if (flow.OwnsSizes)
                return Called(node);
            if (flow.Choose is { } choose && node.Inputs[0].Node is { } selector && selector.Op == OpDefs.Constant)
                return Coerced(Builder.Inline(node.Regions[choose(selector.Attrs.Get<Literal>("value"), node.Regions.Length)],
                    node.Inputs.AsSpan()[flow.Selectors..]), node);
            if (flow.IsEmpty?.Invoke(node) == true)
                return [.. node.Types.Select((type, i) => i < flow.Carried(node) ? node.Inputs[i] : Builder.Zeros(type))];
            return null;
        }

        // The nodes of the called region here, its names for sizes replaced by the sizes that it is called with.
        private ImmutableArray<Value>? Called(Node node)
        {
            var region = node.Regions[0];
            var sizes = SizesOf(region, node.Inputs);
            var arguments = new Value[node.Inputs.Length];
            for (int i = 0; i < arguments.Length; i++)
            {
                var wanted = sizes.Of(region.Parameters[i].Types[0]);
                foreach (var (left, right) in wanted.Shape.Zip(node.Inputs[i].Shape).Where(pair => pair.First != pair.Second))
                {
                    // Sizes that can't be equal: the call stays, and fails when it runs.
                    if (left.IsConstant && right.IsConstant)
                        return null;
                    Builder.Assume(new(left, right, node.Op.Name, node.Source));
                }

                arguments[i] = Coerce(node.Inputs[i], wanted);
            }

            // Where sizes of this call fit no op of the region, the call stays too.
            return Builder.Try(() => Coerced(new Resized(Builder, sizes).Inline(region, arguments), node));
        }

        private ImmutableArray<Value> Coerced(ImmutableArray<Value> results, Node node)
        {
            Builder.Source = node.Source;
            return [.. results.Select((result, i) => Coerce(result, node.Types[i]))];
        }
    }

    private sealed class SizeSubstitution(Dictionary<string, Dim> sizes)
    {
        public TensorType Of(TensorType type) => type.As(type.Shape.Substitute(Of));

        public object Of(object attribute) => attribute switch
        {
            Dim dim => dim.Substitute(Of),
            Shape shape => shape.Substitute(Of),
            _ => attribute,
        };

        private Dim Of(string name) => name == Dim.Dynamic.ToString() ? Dim.Dynamic : sizes[name];
    }

    private sealed class Resized(GraphBuilder build, SizeSubstitution sizes) : RegionMapper(build)
    {
        protected override void Visit(Node node)
        {
            var regions = node.Op.Regions is { OwnsSizes: true } ? node.Regions : [.. node.Regions.Select(Map)];
            Builder.Source = node.Source;
            var attrs = Attrs.Of([.. node.Attrs.Select(attr => (attr.Key, sizes.Of(attr.Value)))]);
            Set(node, Builder.Emit(node.Op, attrs, Map(node.Inputs).AsSpan(), regions));
        }

        protected override void Parameter(Node parameter)
        {
            Builder.Source = parameter.Source;
            this[parameter[0]] = Builder.Parameter(sizes.Of(parameter.Types[0]), parameter.Attrs.Get("name", ""));
        }
    }
}
