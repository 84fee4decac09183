namespace TensorGraph.Ir;

/// <summary>Factors of matrices of any shape, the last two axes; the axes before them are a batch. Computed in double precision.</summary>
public static partial class OpDefs
{
    /// <summary>
    /// Two results: with k the smaller number of rows and columns, m × k with orthonormal columns and k × n upper triangular with no negative
    /// diagonal, whose product is the input. Gradient: where the matrix has at least as many rows as columns, and independent columns.
    /// </summary>
    [Op("qr", "?", DTypes = DTypeSet.Float, Source = "np.linalg.qr, mode='reduced'; gradient: Walter and Lehmann 2010")]
    public static readonly OpDef Qr = new()
    {
        Eval = c => EachFactored(c, static (x, rows, columns, results) => HostFactors.Qr(x, rows, columns, results[0], results[1])),
        // With M = R·Rg' − Qg'·Q and C its lower triangle, mirrored: (Qg + Q·C)·R⁻ᵀ.
        Vjp = c =>
        {
            var b = c.Builder;
            if ((c.X().Shape[^2] - c.X().Shape[^1]) is { IsConstant: true, Value: < 0 })
                throw new GraphException(DiagnosticIds.NoGradient, $"qr: a matrix with more columns than rows, {c.X().Type}, has no gradient",
                    "Factor its transpose.", c.Node.Source.OrCaller());
            Value q = c.Y(), r = c.Y(1), gq = c.Gradient(0);
            var m = b.Sub(Product(b, r, Turned(b, c.Gradient(1))), Product(b, Turned(b, gq), q));
            var mirrored = b.Add(Triangle(b, m, strict: false), Turned(b, Triangle(b, m, strict: true)));
            return [Turned(b, b.Emit(Solve, r, Turned(b, b.Add(gq, Product(b, q, mirrored)))))];
        },
    };

    /// <summary>
    /// Three results: with k the smaller number of rows and columns, m × k with orthonormal columns, k singular values from the largest to the
    /// smallest, and k × n with orthonormal rows; the product of the first, the diagonal matrix and the last is the input. The largest element of
    /// each column of the first is positive. Gradient: where the singular values whose vectors are used differ from all others and are not 0.
    /// </summary>
    [Op("svd", "?", DTypes = DTypeSet.Float, Source = "np.linalg.svd, full_matrices=False; gradient: Townsend 2016")]
    public static readonly OpDef Svd = new()
    {
        Eval = c => EachFactored(c, static (x, rows, columns, results) => HostFactors.Svd(x, rows, columns, results[0], results[1], results[2])),
        Vjp = SvdVjp,
    };

    // With F = 1 / (sⱼ² − sᵢ²) off the diagonal: U·(F∘(Uᵀ·Ug − Ugᵀ·U)·S + diag(Sg) + S·F∘(Vᵀ·Vg − Vgᵀ·V))·Vᵀ, and what leads out of U and out of V.
    private static System.Collections.Immutable.ImmutableArray<Value?> SvdVjp(VjpContext c)
    {
        var b = c.Builder;
        Value u = c.Y(), s = c.Y(1), vt = c.Y(2), v = Turned(b, vt), gu = c.Gradient(0), gv = Turned(b, c.Gradient(2));
        int rank = u.Shape.Rank;
        Value across = b.ExpandDims(s, rank - 2), down = b.ExpandDims(s, rank - 1);
        Shape square = new([.. s.Shape, s.Shape[^1]]), matrix = new([.. square.TakeLast(2)]);
        var isDiagonal = b.Emit(Equal, b.Iota(matrix, 0), b.Iota(matrix, 1));
        var squares = b.Sub(b.Mul(across, across), b.Mul(down, down));
        var divisors = b.Select(isDiagonal, b.Ones(squares.Type), squares);
        // Equal values and zeros matter only to what reads their vectors: where no gradient comes, none goes on.
        Value Quotient(Value x, Value divisor)
        {
            Value zeros = b.Zeros(x.Type), all = b.BroadcastTo(divisor, x.Shape);
            return b.Select(b.Emit(And, b.Emit(Equal, x, zeros), b.Emit(Equal, all, zeros)), zeros, b.Div(x, all));
        }

        Value Skew(Value x, Value gradient)
        {
            var inner = Product(b, Turned(b, x), gradient);
            return Quotient(b.Sub(inner, Turned(b, inner)), divisors);
        }

        var diagonal = b.Select(isDiagonal, b.BroadcastTo(b.ExpandDims(c.Gradient(1), rank - 1), square), b.Zeros(squares.Type));
        var middle = b.Add(b.Add(b.Mul(Skew(u, gu), across), diagonal), b.Mul(down, Skew(v, gv)));
        Value Outside(Value x, Value gradient) =>
            Quotient(b.Sub(gradient, Product(b, x, Product(b, Turned(b, x), gradient))), across);
        return [b.Add(
            Product(b, b.Add(Product(b, u, middle), Outside(u, gu)), vt),
            Product(b, u, Turned(b, Outside(v, gv))))];
    }

    /// <summary>
    /// Inputs: real and imaginary part. Two results, those of Σₖ xₖ·e^(∓2πi·jk / n) along the last axis: − without attribute <c>inverse</c>, + with
    /// it, which does not divide by n.
    /// </summary>
    [Op("fft", "?", Inputs = 2, DTypes = DTypeSet.Float, Source = "np.fft.fft; Cooley and Tukey 1965, Bluestein 1970")]
    public static readonly OpDef Fft = new()
    {
        Required = [("inverse", typeof(bool))],
        Eval = c =>
        {
            Literal x = c.Inputs[0], real = Rules.Result(c, x.Type.Shape), imaginary = Rules.Result(c, x.Type.Shape, 1);
            bool inverse = c.Attrs.Get<bool>("inverse");
            foreach (var (_, first, stride, count) in Rules.Lines(x.Type.Shape, x.Type.Rank - 1))
            {
                var line = new System.Numerics.Complex[count];
                for (int i = 0; i < count; i++)
                    line[i] = new(x.GetDouble(first + (i * stride)), c.Inputs[1].GetDouble(first + (i * stride)));
                line = HostFourier.Transform(line, inverse);
                for (int i = 0; i < count; i++)
                {
                    real.SetDouble(first + (i * stride), line[i].Real);
                    imaginary.SetDouble(first + (i * stride), line[i].Imaginary);
                }
            }

            return [real, imaginary];
        },
        // Linear: the conjugate of the transform.
        Vjp = c =>
        {
            var back = c.Builder.Emit(Fft, Attrs.Of("inverse", !c.Attrs.Get<bool>("inverse")), [c.Gradient(0), c.Gradient(1)]);
            return [back[0], back[1]];
        },
    };

    // f(matrix, rows, columns, results) for each of the batch.
    private static Literal[] EachFactored(EvalContext c, Action<double[], int, int, double[][]> f)
    {
        var x = c.Inputs[0];
        int rank = x.Type.Rank, rows = (int)x.Type.Shape[rank - 2].Value, columns = (int)x.Type.Shape[rank - 1].Value;
        Literal[] results = [.. c.Node.Types.Select((_, i) => Rules.Result(c, c.ResultType(i).Shape, i))];
        long count = x.Type.Shape.Take(rank - 2).Aggregate(1L, (product, dim) => product * dim.Value);
        for (long i = 0; i < count && rows * columns > 0; i++)
        {
            double[] matrix = [.. Enumerable.Range(0, rows * columns).Select(k => x.GetDouble((i * rows * columns) + k))];
            double[][] values = [.. results.Select(result => new double[result.Count / count])];
            if (matrix.All(double.IsFinite))
                f(matrix, rows, columns, values);
            else
                Array.ForEach(values, result => Array.Fill(result, double.NaN));
            for (int result = 0; result < results.Length; result++)
            {
                for (int k = 0; k < values[result].Length; k++)
                    results[result].SetDouble((i * values[result].Length) + k, values[result][k]);
            }
        }

        return results;
    }
}
