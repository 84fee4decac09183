using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Takes out of loops what each iteration would compute alike.</summary>
public static class Hoist
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "hoist",
        "computes products, sums and pointwise ops of captures before the loop, unless the result is larger than what it is computed from",
        graph => new Walk().Map(graph));

    private sealed class Walk : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node)
        {
            if (node.Op.Regions is not { IsLoop: true, OwnsSizes: false } flow)
                return null;
            int captures = flow.Captures(node), selectors = flow.Selectors;
            HashSet<string> sizes = [.. node.Inputs.SelectMany(input => input.Shape.Dims).SelectMany(dim => dim.Symbols)];
            Invariants[] found = [.. node.Regions.Select(region => new Invariants(region, captures, sizes))];
            if (found.All(region => region.Hoisted.Count == 0))
                return null;

            var before = new List<Value>();
            foreach (var (region, invariants) in node.Regions.Zip(found))
                before.AddRange(new Copy(Builder).Run(region, invariants, node.Inputs.AsSpan()[selectors..]));
            Builder.Source = node.Source;
            int first = 0;
            var regions = ImmutableArray.CreateBuilder<Region>(found.Length);
            foreach (var (region, invariants) in node.Regions.Zip(found))
            {
                regions.Add(new Extend(Builder, invariants, before, first).Run(region));
                first += invariants.Hoisted.Count;
            }

            var loop = Builder.Emit(node.Op, node.Attrs, [.. node.Inputs, .. before], regions.MoveToImmutable());
            return [.. node.Types.Select((type, i) => Coerce(loop[i], type))];
        }
    }

    /// <summary>The nodes of a region that have the same results in each iteration, and those of them that are worth a place outside.</summary>
    private sealed class Invariants
    {
        private readonly HashSet<Node> _all = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<Node> _hoisted = new(ReferenceEqualityComparer.Instance);
        // What has as many elements as something that is kept anyway.
        private readonly HashSet<Node> _kept = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<string> _sizes;

        public Invariants(Region region, int captures, HashSet<string> sizes)
        {
            _sizes = sizes;
            _all.UnionWith(region.Parameters.Skip(captures));
            _kept.UnionWith(_all);
            foreach (var node in region.Body.Where(IsInvariant))
            {
                _all.Add(node);
                bool isWorthIt = IsWorthIt(node);
                if (isWorthIt)
                    Hoisted.Add(node);
                if (isWorthIt || (IsMovement(node) && node.Op != OpDefs.BroadcastTo && _kept.Contains(node.Inputs[0].Node)))
                    _kept.Add(node);
            }

            _hoisted.UnionWith(Hoisted);
            Needed.UnionWith(Hoisted);
            foreach (var node in region.Body.Reverse().Where(Needed.Contains))
                Needed.UnionWith(node.Inputs.Select(input => input.Node));
        }

        /// <summary>The nodes that are computed outside, in order.</summary>
        public List<Node> Hoisted { get; } = [];

        public bool IsHoisted(Node node) => _hoisted.Contains(node);

        /// <summary>Those nodes, and what they are computed from.</summary>
        public HashSet<Node> Needed { get; } = new(ReferenceEqualityComparer.Instance);

        private bool IsInvariant(Node node) =>
            node is { IsPure: true, Op: { Regions: null, Eval: not null }, Types.Length: 1 } && node.Op != OpDefs.Parameter
            && (CannotFail(node.Op) || IsMovement(node) || node.Op == OpDefs.Constant) && !node.Types[0].IsList && node.Types[0].DType != DType.String
            && node.Inputs.All(input => _all.Contains(input.Node) && !input.Type.IsList && input.DType != DType.String)
            && node.Types[0].Shape.Dims.Concat(node.Attrs.SelectMany(entry => SizesIn(entry.Value))).All(dim => dim.Symbols.All(_sizes.Contains));

        // What moves elements costs a loop nothing, and what is only spread would have to be kept. A loop without iterations fails of nothing, so
        // that what may fail, as an index out of range does, stays inside.
        private bool IsWorthIt(Node node) => !IsMovement(node) && node.Inputs.Any(input => input.Node.Op != OpDefs.Constant)
            && (!node.Op.Traits.HasFlag(Traits.Pointwise)
                || node.Inputs.Any(input => input.Shape == node.Types[0].Shape && _kept.Contains(input.Node)));

        private static bool CannotFail(OpDef op) => op == OpDefs.Dot || op.Traits.HasFlag(Traits.Pointwise) || op.Traits.HasFlag(Traits.Reduction);

        private static bool IsMovement(Node node) => node.Op.Traits.HasFlag(Traits.Movement) || node.Op.Traits.HasFlag(Traits.Alias);

        private static IEnumerable<Dim> SizesIn(object attribute) => attribute switch
        {
            Dim dim => [dim],
            Shape shape => shape.Dims,
            _ => [],
        };
    }

    // What is hoisted, outside.
    private sealed class Copy(GraphBuilder build) : RegionMapper(build)
    {
        public IEnumerable<Value> Run(Region region, Invariants invariants, ReadOnlySpan<Value> inputs)
        {
            for (int i = 0; i < region.Parameters.Length; i++)
                this[region.Parameters[i][0]] = inputs[i];
            foreach (var node in region.Body.Where(invariants.Needed.Contains))
                Copy(node);
            return [.. invariants.Hoisted.Select(node => this[node[0]])];
        }
    }

    // A region with one more parameter for each hoisted value of the loop, its own ones from a number on.
    private sealed class Extend(GraphBuilder build, Invariants invariants, List<Value> before, int first) : RegionMapper(build)
    {
        public Region Run(Region region)
        {
            Builder.BeginRegion();
            foreach (var parameter in region.Parameters)
                Parameter(parameter);
            for (int i = 0; i < before.Count; i++)
            {
                var parameter = Builder.Parameter(before[i].Type);
                if (i >= first && i < first + invariants.Hoisted.Count)
                    this[invariants.Hoisted[i - first][0]] = parameter;
            }

            return Builder.EndRegion(Body(region).AsSpan()).Region;
        }

        protected override void Visit(Node node)
        {
            if (!invariants.IsHoisted(node))
                Keep(node, node.Regions);
        }
    }
}
