namespace TensorGraph.Ir;

/// <summary>Equations and factors of matrices: the last two axes. The axes before them are a batch, and equal for all inputs.</summary>
public static partial class OpDefs
{
    /// <summary>
    /// The lower triangular matrix L with positive diagonal for which L·Lᵀ is the input, a symmetric positive definite matrix of which the lower
    /// triangle is read. Where it is not positive definite the matrix is NaN.
    /// </summary>
    [Op("cholesky", "?", DTypes = DTypeSet.Float, Source = "np.linalg.cholesky; gradient: Murray 2016")]
    public static readonly OpDef Cholesky = new()
    {
        Eval = c => EachMatrix(c, static (x, _, n, _) => Factor(x, n)),
        // With Φ the lower triangle, its diagonal halved: Φ(S + Sᵀ), S = L⁻ᵀ · Φ(Lᵀ·g) · L⁻¹.
        Vjp = c =>
        {
            var b = c.Builder;
            Value l = c.Y(), upper = Turned(b, l);
            var half = HalfTriangle(b, Product(b, upper, Triangle(b, c.G, strict: false)));
            var left = b.Emit(Solve, upper, half);
            var both = Turned(b, b.Emit(Solve, upper, Turned(b, left)));
            return [HalfTriangle(b, b.Add(both, Turned(b, both)))];
        },
    };

    /// <summary>
    /// Inputs a, b. The x for which a·x = b, with one solution for each column of b; ±∞ or NaN where a is singular. Gauss with the largest pivots of
    /// each column.
    /// </summary>
    [Op("solve", "?", Inputs = 2, DTypes = DTypeSet.Float, Source = "np.linalg.solve")]
    public static readonly OpDef Solve = new()
    {
        Eval = c => EachMatrix(c, Eliminate),
        // a⁻ᵀ·g for b, and −(a⁻ᵀ·g)·xᵀ for a.
        Vjp = c =>
        {
            var b = c.Builder;
            var right = b.Emit(Solve, Turned(b, c.X()), c.G);
            return [b.Neg(Product(b, right, Turned(b, c.Y()))), right];
        },
    };

    // Rows and columns exchanged.
    private static Value Turned(GraphBuilder b, Value a)
    {
        int rank = a.Shape.Rank;
        return b.Transpose(a, [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2]);
    }

    private static Value Product(GraphBuilder b, Value x, Value y)
    {
        int rank = x.Shape.Rank;
        int[] batch = [.. Enumerable.Range(0, rank - 2)];
        return b.Dot(x, y, [rank - 1], [rank - 2], batch, batch);
    }

    private static Value Triangle(GraphBuilder b, Value a, bool strict)
    {
        Shape matrix = new([.. a.Shape.TakeLast(2)]);
        var isBelow = b.Emit(strict ? Greater : GreaterEqual, b.Iota(matrix, 0), b.Iota(matrix, 1));
        return b.Select(isBelow, a, b.Zeros(a.Type));
    }

    private static Value HalfTriangle(GraphBuilder b, Value a) => b.Mul(b.Add(Triangle(b, a, strict: false), Triangle(b, a, strict: true)), 0.5);

    // f(matrix of the first input, matrix of the last one, rows, columns of that) for each of the batch.
    private static Literal[] EachMatrix(EvalContext c, Func<double[], double[], int, int, double[]> f)
    {
        Literal x = c.Inputs[0], y = c.Inputs[^1], result = Rules.Result(c, y.Type.Shape);
        int n = (int)x.Type.Shape[x.Type.Rank - 1].Value, columns = (int)y.Type.Shape[y.Type.Rank - 1].Value;
        static double[] Read(Literal from, long first, int count) => [.. Enumerable.Range(0, count).Select(i => from.GetDouble(first + i))];
        for (long i = 0; n * columns > 0 && i < result.Count / (n * columns); i++)
        {
            double[] values = f(Read(x, i * n * n, n * n), Read(y, i * n * columns, n * columns), n, columns);
            for (int k = 0; k < values.Length; k++)
                result.SetDouble((i * n * columns) + k, values[k]);
        }

        return [result];
    }

    private static double[] Factor(double[] a, int n)
    {
        var l = new double[n * n];
        for (int j = 0; j < n; j++)
        {
            for (int i = j; i < n; i++)
            {
                double rest = a[(i * n) + j];
                for (int k = 0; k < j; k++)
                    rest -= l[(i * n) + k] * l[(j * n) + k];
                if (i == j && !(rest > 0))
                    return [.. Enumerable.Repeat(double.NaN, n * n)];
                l[(i * n) + j] = i == j ? Math.Sqrt(rest) : rest / l[(j * n) + j];
            }
        }

        return l;
    }

    private static double[] Eliminate(double[] a, double[] b, int n, int columns)
    {
        for (int j = 0; j < n; j++)
        {
            int pivot = j;
            for (int i = j + 1; i < n; i++)
                pivot = Math.Abs(a[(i * n) + j]) > Math.Abs(a[(pivot * n) + j]) ? i : pivot;
            Exchange(a, n, j, pivot);
            Exchange(b, columns, j, pivot);
            for (int i = j + 1; i < n; i++)
            {
                double factor = a[(i * n) + j] / a[(j * n) + j];
                for (int k = j; k < n && factor != 0; k++)
                    a[(i * n) + k] -= factor * a[(j * n) + k];
                for (int k = 0; k < columns && factor != 0; k++)
                    b[(i * columns) + k] -= factor * b[(j * columns) + k];
            }
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = 0; k < columns; k++)
            {
                double rest = b[(i * columns) + k];
                for (int j = i + 1; j < n; j++)
                    rest -= a[(i * n) + j] * b[(j * columns) + k];
                b[(i * columns) + k] = rest / a[(i * n) + i];
            }
        }

        return b;
    }

    private static void Exchange(double[] rows, int width, int i, int j)
    {
        for (int k = 0; k < width && i != j; k++)
            (rows[(i * width) + k], rows[(j * width) + k]) = (rows[(j * width) + k], rows[(i * width) + k]);
    }
}
