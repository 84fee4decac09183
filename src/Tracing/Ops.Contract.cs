using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Sums of products.</summary>
public static partial class Ops
{
    /// <summary>
    /// General product: sums over pairs of contracted axes, for each index of the batch axes. Shape: batch, rest of left, rest of right.
    /// Source: lax.dot_general.
    /// </summary>
    public static Tensor Dot(Tensor left, Tensor right, int[] leftContract, int[] rightContract, int[]? leftBatch = null,
        int[]? rightBatch = null) => Dispatch.Run(
        OpDefs.Dot, Attrs.Of(("left_contract", leftContract), ("right_contract", rightContract), ("left_batch", leftBatch ?? []),
        ("right_batch", rightBatch ?? [])), left, right);

    /// <summary>
    /// Matrix product over the last two axes; leading axes broadcast; a vector is a row on the left, a column on the right.
    /// Errors: TG2001 inner sizes differ, TG2002 dtypes differ, TG2003 a scalar. Source: NumPy matmul.
    /// </summary>
    /// <example>
    /// <code>
    /// Tensor a = new float[,] { { 1, 2 }, { 3, 4 } };
    /// Console.WriteLine(Ops.MatMul(a, a)[0]); // [7, 10]
    /// </code>
    /// </example>
    public static Tensor MatMul(Tensor left, Tensor right) => Dispatch.Run(OpDefs.MatMul, left, right);

    /// <summary>
    /// Products of elements, summed over the axes whose letter the result does not have: <c>Ops.Einsum("bij,bjk->bik", a, b)</c>. A letter that an
    /// operand has twice is its diagonal; without <c>-></c> the result has the letters that occur once, in order; <c>...</c> stands for all other
    /// axes, which broadcast.
    /// </summary>
    /// <remarks>
    /// DType: numbers, the same for all. Errors: TG1002 null; TG2001 an equation that does not fit the operands; TG2002. Gradient: to all
    /// operands. Source: np.einsum.
    /// </remarks>
    /// <example>
    /// <code>
    /// Tensor a = new float[,] { { 1, 2 }, { 3, 4 } };
    /// Console.WriteLine(Ops.Einsum("ij-&gt;j", a)); // [4, 6]
    /// Console.WriteLine(Ops.Einsum("ij,ij-&gt;", a, a)); // 30
    /// </code>
    /// </example>
    public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> operands) => new Einsum(equation, operands).Run();

    /// <summary>
    /// Cross-correlation. x: (n, c, spatial…), weights: (o, c / groups, window…). One entry per spatial axis in each list; missing lists are ones
    /// (padding: zeros). Source: ONNX Conv.
    /// </summary>
    public static Tensor Conv(Tensor x, Tensor weights, long[]? stride = null, long[]? padding = null, long[]? dilation = null, int groups = 1)
    {
        int spatial = Math.Max(0, Check.NotNull(x).Rank - 2);
        var pad = new Shape(padding ?? new long[spatial]);
        return Dispatch.Run(
            OpDefs.Conv,
            Attrs.Of(("stride", stride ?? Ones(spatial)), ("dilation", dilation ?? Ones(spatial)), ("input_dilation", Ones(spatial)), ("low", pad),
            ("high", pad), ("groups", (long)groups)),
            x, weights);

        static long[] Ones(int count) => [.. Enumerable.Repeat(1L, count)];
    }
}
