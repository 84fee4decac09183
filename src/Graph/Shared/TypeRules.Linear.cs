using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Equations and factors of matrices.</summary>
internal static partial class TypeRules
{
    public static ImmutableArray<TensorType> Cholesky(InferContext c)
    {
        CheckSquare(c);
        return [c.Inputs[0]];
    }

    public static ImmutableArray<TensorType> Solve(InferContext c)
    {
        CheckSquare(c);
        TensorType a = c.Inputs[0], b = c.Inputs[1];
        c.SameDTypes(a, b);
        if (a.Rank != b.Rank)
            Throw.Rank(c.Op.Name, $"{a} and {b} have different numbers of axes", "Add axes; a vector is a matrix of one column: Ops.ExpandDims(b, 1).");
        for (int axis = 0; axis < a.Rank - 1; axis++)
        {
            if (!c.Same(a.Shape[axis], b.Shape[axis]))
                Throw.Shape(c.Op.Name, $"axis {axis} differs: {a} and {b}", "Rows and batch axes are equal; only the columns of the right side are free.");
        }

        return [b];
    }

    private static void CheckSquare(InferContext c)
    {
        var a = c.Inputs[0];
        if (a.Rank < 2)
            Throw.Rank(c.Op.Name, $"{a} is no matrix", "Pass a tensor with at least two axes.");
        if (!c.Same(a.Shape[a.Rank - 2], a.Shape[a.Rank - 1]))
            Throw.Shape(c.Op.Name, $"the matrices of {a} are not square", "The last two axes are equal.");
    }
}
