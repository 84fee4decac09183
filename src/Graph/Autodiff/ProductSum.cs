using System.Diagnostics.CodeAnalysis;

namespace TensorGraph.Ir;

/// <summary>
/// A gradient that adds products over the iterations of a scan, as that of weights does. Where the factors of all iterations are in sequences, one
/// product over the sequences is the sum.
/// </summary>
internal sealed class ProductSum
{
    private readonly Value? _before;
    private readonly List<(Node Product, List<Node> Moves)> _terms = [];
    private readonly HashSet<Node> _additions = [];

    private ProductSum(Value? before) => _before = before;

    /// <summary>Nodes of an iteration that add to what was found before.</summary>
    public IReadOnlySet<Node> Additions => _additions;

    /// <summary>Finds the products of a gradient.</summary>
    /// <param name="gradient">What an iteration gives.</param>
    /// <param name="before">What it adds to; null if it gives its own part alone.</param>
    /// <param name="backward">The nodes of the iteration that compute gradients.</param>
    /// <param name="isKept">True for a value of which there is a sequence.</param>
    /// <param name="found">The sum; null if it is not one of products of such values, or if more than the gradient needs it in the iteration.</param>
    public static bool TryFind(
        Value gradient, Value? before, IEnumerable<Node> backward, Func<Value, bool> isKept, [NotNullWhen(true)] out ProductSum? found)
    {
        found = new ProductSum(before);
        ProductSum sum = found;
        if (found.Add(gradient, isKept) && found._terms.Count > 0
            && !backward.Any(node => !sum._additions.Contains(node) && node.Inputs.Any(sum.IsPart)))
            return true;
        found = null;
        return false;
    }

    /// <summary>The sum over all iterations.</summary>
    /// <param name="b">Takes the nodes.</param>
    /// <param name="sequence">The sequence of a value.</param>
    public Value Emit(GraphBuilder b, Func<Value, Value> sequence) =>
        _terms.Select(term => Emit(b, term.Product, term.Moves, sequence)).Aggregate(b.Add);

    private static Value Emit(GraphBuilder b, Node product, List<Node> moves, Func<Value, Value> sequence)
    {
        var axes = TypeRules.DotAxes.Of(product.Attrs);
        var value = b.Dot(
            sequence(product.Inputs[0]), sequence(product.Inputs[1]), [0, .. Later(axes.LeftContract)], [0, .. Later(axes.RightContract)],
            Later(axes.LeftBatch), Later(axes.RightBatch));
        foreach (var move in moves)
            value = b.Emit(move.Op, move.Attrs, [value])[0];
        return value;

        static int[] Later(int[] axes) => [.. axes.Select(axis => axis + 1)];
    }

    // What was found before must go into additions alone.
    private bool IsPart(Value value) => value == _before || (_before is not null && _additions.Contains(value.Node));

    private bool Add(Value value, Func<Value, bool> isKept)
    {
        if (value == _before)
            return true;
        var node = value.Node;
        if (node.Op == OpDefs.Add)
        {
            _additions.Add(node);
            return node.Inputs.All(input => input.Type == value.Type && Add(input, isKept));
        }

        List<Node> moves = [];
        for (; node.Op == OpDefs.Transpose || node.Op == OpDefs.Reshape; node = node.Inputs[0].Node)
            moves.Insert(0, node);
        _terms.Add((node, moves));
        return node.Op == OpDefs.Dot && node.Inputs.All(isKept);
    }
}
