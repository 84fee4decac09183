using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Functions that make tensors of sizes and numbers.</summary>
public static partial class Ops
{
    /// <summary>
    /// Ones on a diagonal, zeros elsewhere; <paramref name="diagonal"/> 1 is the one above the main diagonal. Shape: rows, columns (as many as rows
    /// by default). Errors: TG2004 negative sizes. Source: np.eye.
    /// </summary>
    public static Tensor Eye(Dim rows, Dim? columns = null, int diagonal = 0, DType dtype = DType.F32) =>
        Cast(Equal(Positions([rows, columns ?? rows], 0) + (long)diagonal, Positions([rows, columns ?? rows], 1)), dtype);

    /// <summary>
    /// The numbers from start (0 when only one number is given) up to, and without, stop, in steps. DType: that of the numbers together in C#, unless
    /// one is given. Errors: TG2004 a step of 0, or too many numbers; TG2005. Source: np.arange.
    /// </summary>
    /// <remarks>The number of elements is a constant; <see cref="Iota"/> takes sizes that are only known when the graph runs.</remarks>
    public static Tensor Arange(Scalar start, Scalar? stop = null, Scalar? step = null, DType? dtype = null)
    {
        var (first, end, by) = (stop is null ? 0 : start, stop ?? start, step ?? 1);
        double count = Math.Ceiling((end.ToDouble() - first.ToDouble()) / by.ToDouble());
        if (!double.IsFinite(count))
            Throw.Range("arange", $"from {first} to {end} in steps of {by}", "Use finite numbers and a step other than 0.");
        var type = dtype ?? (step is null ? Scalar.Together(start, end) : Scalar.Together(Scalar.Together(start, end), by));
        var wide = type is DType.F16 or DType.BF16 ? DType.F32 : type;
        return Cast(Add(Mul(Iota((long)Math.Max(count, 0), wide), by), first), type);
    }

    /// <summary>
    /// Each vector repeated along the axes of the others, its own axis being the one of its place. Shape: the sizes of all vectors in order.
    /// Errors: TG1002 null; TG2003 a tensor with another number of axes than one. Source: np.meshgrid(indexing='ij'), torch.meshgrid.
    /// </summary>
    public static Tensor[] Meshgrid(params ReadOnlySpan<Tensor> vectors)
    {
        var sizes = new Dim[vectors.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (Check.NotNull(vectors[i]).Rank != 1)
                Throw.Rank("meshgrid", $"operand {i + 1} is {vectors[i].GraphType}", "Pass vectors.");
            sizes[i] = vectors[i].GraphType.Shape[0];
        }

        var grids = new Tensor[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            Dim[] own = [.. Enumerable.Repeat((Dim)1, sizes.Length)];
            own[i] = sizes[i];
            grids[i] = BroadcastTo(Reshape(vectors[i], own), Shape.Create(sizes));
        }

        return grids;
    }

    // 0, 1, … along an axis, i64.
    internal static Tensor Positions(Shape shape, int axis) =>
        Dispatch.Run(OpDefs.Iota, Attrs.Of(("shape", shape), ("axis", (long)axis), ("dtype", DType.I64)));
}
