using TensorGraph;

namespace Algorithms;

/// <summary>Iterations whose number the data decides. Each is a loop of the graph.</summary>
public static partial class Numeric
{
    /// <summary>
    /// Lloyd's algorithm: centers move to the mean of the points that are nearest to them until none moves. Gives centers and number of iterations.
    /// </summary>
    [GraphFunction]
    public static (Tensor Centers, Tensor Iterations) KMeans(Tensor points, Tensor centers)
    {
        Tensor isMoving = true, iterations = 0;
        while (isMoving)
        {
            Tensor offsets = Ops.ExpandDims(points, 1) - centers;
            Tensor nearest = Ops.ArgMax(-(offsets * offsets).Sum([2]));
            Tensor members = Ops.OneHot(nearest, centers.Shape[0]);
            Tensor counts = Ops.ExpandDims(members.Sum([0]), 1);
            // A center without points stays.
            Tensor next = Ops.Where(counts > 0, Ops.MatMul(Ops.Transpose(members), points) / Ops.Max(counts, 1), centers);
            isMoving = Ops.ReduceMax(Ops.Abs(next - centers)) > 1e-6f;
            centers = next;
            iterations += 1;
        }

        return (centers, iterations);
    }

    /// <summary>Newton's method for a root of x³ − 2x − 5, Wallis's example; the derivative comes from the tape.</summary>
    [GraphFunction]
    public static (Tensor Root, Tensor Iterations) Newton(Tensor x)
    {
        Tensor step = 1.0, iterations = 0;
        while (Ops.Abs(step) > 1e-12)
        {
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = (x * x * x) - (2 * x) - 5;
            step = y / tape.Gradient(y, x)!;
            x -= step;
            iterations += 1;
        }

        return (x, iterations);
    }

    /// <summary>Conjugate gradients: solves a·x = b for a symmetric positive definite matrix.</summary>
    [GraphFunction]
    public static (Tensor Solution, Tensor Iterations) ConjugateGradients(Tensor a, Tensor b)
    {
        Tensor x = Ops.ZerosLike(b), residual = b, direction = b, iterations = 0;
        Tensor square = (residual * residual).Sum();
        while (square > 1e-20)
        {
            Tensor image = Ops.MatMul(a, direction);
            Tensor step = square / (direction * image).Sum();
            x += step * direction;
            residual -= step * image;
            Tensor next = (residual * residual).Sum();
            direction = residual + (next / square * direction);
            square = next;
            iterations += 1;
        }

        return (x, iterations);
    }
}
