using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>Brings equal things to one form, so that the rules that follow need only one side of each equation.</summary>
public static class Canonicalize
{
    private static readonly Pattern X = Pattern.Any();
    private static readonly Pattern Y = Pattern.Any();

    private static readonly ILookup<OpDef, Rule> Index = RuleRewriter.Index(Rules);

    /// <summary>The pass.</summary>
    public static Pass Pass { get; } = new("canonicalize", "constants to the right, broadcasts left to the ops that broadcast",
        graph => new RuleRewriter(Index).Map(graph));

    /// <summary>The rules, in the order in which they are tried.</summary>
    internal static ImmutableArray<Rule> Rules => [.. OpTable.All.Where(op => op.Is(Traits.Commutative)).Select(ConstantRight), .. OpTable.All
        .Where(op => op.Is(Traits.Pointwise)).Select(DropBroadcast)];

    // c + x = x + c, but not for text
    private static Rule ConstantRight(OpDef op) => new(
        "constant-right", "f(c, x) = f(x, c) for commutative f and constant c",
        Pattern.Of(op, X.When(x => IsConstant(x) && x.DType != DType.String), Y.When(y => !IsConstant(y))),
        m => m.Builder.Emit(op, m[Y], m[X]));

    // f(broadcast(x), y) = f(x, y) when y alone gives the result's shape
    private static Rule DropBroadcast(OpDef op) => new(
        "drop-broadcast", "f(broadcast_to(x), y) = f(x, y) for pointwise f, when the shape stays",
        Pattern.Node(op),
        m =>
        {
            var inputs = m.Root.Inputs;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i].Node.Op == OpDefs.BroadcastTo && IsShape(inputs.SetItem(i, inputs[i].Node.Inputs[0]), m.Root.Types[0].Shape))
                    inputs = inputs.SetItem(i, inputs[i].Node.Inputs[0]);
            }

            return inputs == m.Root.Inputs ? null : m.Builder.Emit(op, m.Root.Attrs, inputs.AsSpan())[0];
        });

    private static bool IsConstant(Value value) =>
        value.Node.Op == OpDefs.Constant || (value.Node.Op == OpDefs.BroadcastTo && value.Node.Inputs[0].Node.Op == OpDefs.Constant);

    // Whether the inputs broadcast to that shape without taking any two symbolic sizes for equal.
    private static bool IsShape(ImmutableArray<Value> inputs, Shape shape)
    {
        for (int axis = 1; axis <= shape.Rank; axis++)
        {
            var sizes = inputs.Where(input => input.Shape.Rank >= axis).Select(input => input.Shape.Dims[^axis]).Where(size => !size.Is(1))
                .Distinct().ToArray();
            if (sizes.Length > 1 || (sizes.Length == 1 ? sizes[0] : 1) != shape.Dims[^axis])
                return false;
        }

        return inputs.All(input => input.Shape.Rank <= shape.Rank) && inputs.Any(input => input.Shape.Rank == shape.Rank);
    }
}
