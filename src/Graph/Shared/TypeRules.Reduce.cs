using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Reductions, normalisations and losses.</summary>
internal static partial class TypeRules
{
    public static ImmutableArray<TensorType> Reduction(InferContext c) =>
        [c.Inputs[0].As(Reduced(c.Inputs[0].Shape, c.Axes("axes", c.Inputs[0].Rank), c.Attrs.Get("keep", false)))];

    public static ImmutableArray<TensorType> Extremum(InferContext c)
    {
        int axis = c.Axis();
        if (!c.AtMost(1, c.Inputs[0].Shape[axis]))
            Throw.Shape(c.Op.Name, $"axis {axis} of {c.Inputs[0]} is empty", "Of no elements none is the largest or smallest.");
        return [new(DType.I32, c.Inputs[0].Shape.Without([axis]))];
    }

    public static ImmutableArray<TensorType> AlongAxis(InferContext c)
    {
        c.Axis();
        return [c.Inputs[0]];
    }

    /// <summary>A shape without the reduced axes, or with 1 in their places.</summary>
    public static Shape Reduced(Shape shape, int[] axes, bool keep) =>
        keep ? new([.. shape.Dims.Select((dim, axis) => axes.Contains(axis) ? (Dim)1 : dim)]) : shape.Without(axes);

    public static ImmutableArray<TensorType> LayerNorm(InferContext c)
    {
        var x = c.Inputs[0];
        c.SameDTypes(c.Inputs.AsSpan());
        c.Axes("axes", x.Rank);
        foreach (var part in c.Inputs.Skip(1))
        {
            if (part.Rank > x.Rank || c.Broadcast(x.Shape, part.Shape) is var shape
                && !shape.Zip(x.Shape).All(pair => c.Same(pair.First, pair.Second)))
                Throw.Shape(c.Op.Name, $"{part} does not broadcast to {x}", "Scale and offset have the shape of the normalised axes.");
        }

        return [x];
    }

    public static ImmutableArray<TensorType> SparseSoftmaxCrossEntropy(InferContext c)
    {
        TensorType logits = c.Inputs[0], labels = c.Inputs[1];
        CheckLogits(c, logits);
        c.Positions(1);
        if (labels.Rank != logits.Rank - 1)
            Throw.Rank(c.Op.Name, $"labels {labels} for logits {logits}",
                "Labels have one axis less than logits; for labels with probabilities use softmax_cross_entropy.");
        if (!labels.Shape.Zip(logits.Shape).All(pair => c.Same(pair.First, pair.Second)))
            Throw.Shape(c.Op.Name, $"labels {labels} for logits {logits}", "Pass one label for each row of logits.");
        return [logits.As(labels.Shape)];
    }

    public static ImmutableArray<TensorType> SoftmaxCrossEntropy(InferContext c)
    {
        TensorType logits = c.Inputs[0], targets = c.Inputs[1];
        CheckLogits(c, logits);
        c.SameDTypes(logits, targets);
        if (!c.Same(logits.Shape, targets.Shape))
            Throw.Shape(c.Op.Name, $"targets {targets} for logits {logits}",
                "Both have one shape; for integer labels use sparse_softmax_cross_entropy.");
        return [logits.As(new Shape(logits.Shape.Dims.RemoveAt(logits.Rank - 1)))];
    }

    private static void CheckLogits(InferContext c, TensorType logits)
    {
        if (!logits.DType.IsFloat())
            Throw.DType(c.Op.Name, $"logits are {logits}", "Logits are floats; use Cast.");
        if (logits.Rank == 0)
            Throw.Rank(c.Op.Name, $"logits are {logits}", "The last axis of logits counts the classes.");
        if (!c.AtMost(1, logits.Shape[logits.Rank - 1]))
            Throw.Shape(c.Op.Name, $"logits {logits} have no classes", "The last axis of logits counts the classes.");
    }
}
