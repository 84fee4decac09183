using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// Computes what depends on constants only, with the interpreter. A fold never grows the graph's data: broadcasts, ranges and random numbers
/// stay nodes. Nodes that fail (an index out of range) stay too, and fail when and if they run.
/// </summary>
public static class FoldConstants
{
    // The interpreter is slow on purpose; more elements than this are left to the back end.
    private const long MostElements = 4096;

    private static readonly Interpreter Interpreter = new();

    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new("fold", "computes nodes whose inputs are constants, unless the result is larger than its inputs",
        graph => new Walk().Map(graph));

    private sealed class Walk : Rewriter
    {
        protected override ImmutableArray<Value>? Replace(Node node)
        {
            if (node.Op == OpDefs.Constant || node.Types.IsEmpty || !node.IsPure || !node.Regions.IsEmpty
                || !node.Inputs.All(input => input.Node.Op == OpDefs.Constant))
                return null;
            long elements = node.Inputs.Sum(input => input.Shape.ElementCount.Value);
            if (elements > MostElements || !node.Types.All(type => type.Shape.IsConstant)
                || node.Types.Sum(type => type.Shape.ElementCount.Value) > Math.Max(1, elements))
                return null;
            if (node.Attrs.Any(attr => attr.Value is Dim { IsConstant: false } or Shape { IsConstant: false }))
                return null;
            return Evaluate(node)?.Select(Builder.Constant).ToImmutableArray();
        }

        private static Literal[]? Evaluate(Node node)
        {
            try
            {
                return Interpreter.Run(node, [.. node.Inputs.Select(input => input.Node.Attrs.Get<Literal>("value"))],
                    name => throw new InvalidOperationException($"size {name}"));
            }
            catch (Exception fault) when (Verifier.MisfitOf(fault) is not null)
            {
                return null;
            }
        }
    }
}
