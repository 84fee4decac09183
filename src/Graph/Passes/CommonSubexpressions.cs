using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// Computes equal expressions of a block once. Reads are expressions too: two reads of a resource are equal when nothing was written in between,
/// and a read after an assignment is what was assigned. C# code that the graph calls may have written any variable.
/// </summary>
public static class CommonSubexpressions
{
    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new(
        "cse", "computes equal expressions once; reads a variable once between two assignments, and not at all after one in the same block",
        graph => new Walk().Map(graph));

    private sealed class Walk : Rewriter
    {
        private readonly Stack<Block> _blocks = [];

        protected override ImmutableArray<Value> Body(Region region)
        {
            _blocks.Push(new());
            var results = base.Body(region);
            _blocks.Pop();
            return results;
        }

        protected override ImmutableArray<Value>? Replace(Node node)
        {
            var block = _blocks.Peek();
            foreach (var effect in node.Effects)
            {
                if (effect.IsWrite)
                    block.Versions[effect.Resource] = block.Versions.GetValueOrDefault(effect.Resource) + 1;
            }

            if (node.CallsCode)
                block.CallsOfCode++;
            if (node.Op == OpDefs.AssignVariable)
            {
                var variable = node.Attrs.Get<Resource>("var");
                if (variable.Type == node.Inputs[0].Type)
                    block.Known[new(OpDefs.ReadVariable, Attrs.Of("var", variable), [], [block.Versions[variable], block.CallsOfCode])] = [node.Inputs[0]];
            }

            if (node.Types.IsEmpty || !node.Regions.IsEmpty || node.Effects.Any(effect => effect.IsWrite))
                return null;
            var versions = node.Effects.Select(effect => block.Versions.GetValueOrDefault(effect.Resource));
            var key = new Key(node.Op, node.Attrs, node.Inputs, node.IsPure ? [] : [.. versions, block.CallsOfCode]);
            if (block.Known.TryGetValue(key, out var known))
                return known.Select(value => value.Type).SequenceEqual(node.Types) ? known : null;
            block.Known[key] = [.. node.Types.Select((_, i) => node[i])];
            return null;
        }
    }

    private sealed class Block
    {
        public Dictionary<Key, ImmutableArray<Value>> Known { get; } = [];

        /// <summary>How often a resource was written so far.</summary>
        public Dictionary<Resource, int> Versions { get; } = new(ReferenceEqualityComparer.Instance);

        /// <summary>How often C# code was called so far.</summary>
        public int CallsOfCode { get; set; }
    }

    private readonly struct Key(OpDef op, Attrs attrs, ImmutableArray<Value> inputs, ImmutableArray<int> versions) : IEquatable<Key>
    {
        private readonly OpDef _op = op;
        private readonly Attrs _attrs = attrs;
        private readonly ImmutableArray<Value> _inputs = inputs;
        private readonly ImmutableArray<int> _versions = versions;

        // Joining texts has the op of a commutative sum, but is not commutative.
        private bool Commutes => _op.Is(Traits.Commutative) && _inputs.Length == 2 && _inputs[0].DType != DType.String;

        public bool Equals(Key other) =>
            _op == other._op && _attrs.Equals(other._attrs) && _versions.AsSpan().SequenceEqual(other._versions.AsSpan())
            && (_inputs.AsSpan().SequenceEqual(other._inputs.AsSpan())
            || (Commutes && other._inputs.Length == 2 && _inputs[0] == other._inputs[1] && _inputs[1] == other._inputs[0]));

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            int inputs = 0;
            for (int i = 0; i < _inputs.Length; i++)
                inputs = Commutes ? inputs + _inputs[i].GetHashCode() : HashCode.Combine(inputs, _inputs[i]);
            return HashCode.Combine(RuntimeHelpers.GetHashCode(_op), _attrs, inputs);
        }
    }
}
