using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// Uses of every op, for theories over <see cref="OpTable.All"/>. Pointwise ops and reductions get theirs from their traits, so a new one needs no
/// line here. Every sample has an axis of size <c>n</c>, a number or a symbol; all of them are legal for n ≥ 1.
/// </summary>
public static class OpSamples
{
    // Where a function is defined and smooth, when that is not -2…2.
    private static readonly Dictionary<string, (double Low, double High)> Domains = new()
    {
        ["log"] = (0.2, 3), ["log1p"] = (-0.8, 3), ["sqrt"] = (0.2, 3), ["rsqrt"] = (0.2, 3), ["pow"] = (0.3, 2),
        ["asin"] = (-0.9, 0.9), ["acos"] = (-0.9, 0.9), ["atanh"] = (-0.9, 0.9), ["acosh"] = (1.2, 3), ["tan"] = (-1, 1),
    };

    // Ops without samples, and why.
    private static readonly Dictionary<string, string> Without = new()
    {
        ["parameter"] = "is never in a body",
        ["read_variable"] = "needs a variable", ["assign_variable"] = "needs a variable", ["advance_random"] = "needs a variable",
        ["if"] = "needs blocks", ["switch"] = "needs blocks", ["while"] = "needs blocks", ["scan"] = "needs blocks", ["call"] = "needs blocks",
        ["on_device"] = "needs blocks",
        ["checkpoint"] = "needs blocks",
        ["bind_size"] = "needs nodes of the size", ["check_index"] = "gives nothing", ["list_of"] = "gives a list", ["list_count"] = "needs a list",
        ["list_get"] = "needs a list",
        ["list_set"] = "needs a list", ["list_stack"] = "needs a list", ["list_new"] = "gives a list", ["list_add"] = "needs lists",
    };

    /// <summary>Names of all ops that have samples.</summary>
    public static IEnumerable<string> Ops => OpTable.All.Select(op => op.Name).Where(name => !Without.ContainsKey(name));

    /// <summary>The samples of one op, with sizes in terms of <paramref name="n"/>.</summary>
    public static IReadOnlyList<OpSample> Of(string name, Dim n)
    {
        OpDef op = OpTable.Find(name) ?? throw new InvalidOperationException($"there is no op {name}");
        OpSample[] samples = [.. Table(n).Where(sample => sample.Op == op)];
        if (samples.Length > 0)
            return samples;
        if (op.Is(Traits.Pointwise))
            return [.. Pointwise(op, n)];
        if (op.Is(Traits.Reduction))
            return [.. Reduction(op, n)];
        throw new InvalidOperationException($"op {name} has no sample: add a line to {nameof(OpSamples)}.{nameof(Table)}");
    }

    /// <summary>The element type an op is tried on first.</summary>
    public static DType Usual(OpDef op) => op.Schema.DTypes switch
    {
        DTypeSet.Integer or DTypeSet.IntegerOrBool => DType.I32,
        DTypeSet.Bool => DType.Bool,
        _ => DType.F64,
    };

    private static IEnumerable<OpSample> Pointwise(OpDef op, Dim n)
    {
        var (low, high) = Domains.GetValueOrDefault(op.Name, (-2, 2));
        OpInput Of(params Dim[] dims) => new(new(Usual(op), [.. dims]), low, high);
        if (op.Arity == 1)
            return [new(op, Attrs.Empty, Of(n, 3)), new(op, Attrs.Empty, Of())];
        if (op.Arity == 3)
            return [new(op, Attrs.Empty, Of(n, 3), Of(3), Of(n, 1)), new(op, Attrs.Empty, Of(2, n), Of(), Of())];
        return
        [
            new(op, Attrs.Empty, Of(n, 3), Of(n, 3)),
            new(op, Attrs.Empty, Of(n, 1), Of(3)),
            new(op, Attrs.Empty, Of(), Of(2, n)),
        ];
    }

    private static IEnumerable<OpSample> Reduction(OpDef op, Dim n)
    {
        OpInput x = new TensorType(Usual(op), [2, n, 3]);
        foreach (int[] axes in new int[][] { [0], [1], [2], [0, 2], [0, 1, 2], [] })
            yield return new(op, Attrs.Of(("axes", axes), ("keep", axes.Length == 1)), x);
    }

    private static IEnumerable<OpSample> Table(Dim n)
    {
        static OpInput F(params Dim[] dims) => new TensorType(DType.F64, [.. dims]);
        static OpInput I(DType dtype, double below, params Dim[] dims) => new(new(dtype, [.. dims]), 0, below);
        static Shape S(params Dim[] dims) => [.. dims];
        static long[] L(params long[] numbers) => numbers;
        OpInput condition = new TensorType(DType.Bool, [n, 1]);

        yield return new(OpDefs.Constant, Attrs.Of("value", Literal.FromDoubles(new(DType.F64, [2, 3]), i => i)));
        yield return new(OpDefs.Select, Attrs.Empty, condition, F(n, 3), F(3));
        yield return new(OpDefs.ToDevice, Attrs.Of("device", "managed"), F(n, 3));
        yield return new(OpDefs.Cast, Attrs.Of("dtype", DType.I32), F(n, 3));
        yield return new(OpDefs.Cast, Attrs.Of("dtype", DType.F64), new OpInput(new(DType.F32, [n])));
        yield return new(OpDefs.Bitcast, Attrs.Of("dtype", DType.I64), F(n, 3));

        yield return new(OpDefs.Reshape, Attrs.Of("shape", S(3, n * 2)), F(n, 6));
        yield return new(OpDefs.BroadcastTo, Attrs.Of("shape", S(2, n, 3)), F(n, 1));
        yield return new(OpDefs.Transpose, Attrs.Of("permutation", L(2, 0, 1)), F(2, n, 3));
        yield return new(OpDefs.Slice, Attrs.Of(("start", S(0, 1)), ("stop", S(n, 6)), ("step", L(1, 2))), F(n, 7));
        yield return new(OpDefs.Slice, Attrs.Of(("start", S(1, 0)), ("stop", S(n, 3)), ("step", L(2, 1))), F(n, 3));
        yield return new(OpDefs.Pad, Attrs.Of(("low", S(1, 0)), ("high", S(n, 2)), ("interior", L(0, 2)), ("fill", 1.5)), F(n, 3));
        yield return new(OpDefs.Pad, Attrs.Of(("low", S(2, -1)), ("high", S(0, -1)), ("interior", L(1, 0)), ("fill", 0.0)), F(n, 4));
        yield return new(OpDefs.Concat, Attrs.Of("axis", 1), F(n, 2), F(n, n), F(n, 1));
        yield return new(OpDefs.Concat, Attrs.Of("axis", 0), F(n));
        yield return new(OpDefs.Reverse, Attrs.Of("axes", L(0, 2)), F(n, 2, 3));

        yield return new(OpDefs.Gather, Attrs.Of(("axis", 1), ("batch", 0)), F(n, 4, 2), I(DType.I32, 4, 3, n));
        yield return new(OpDefs.Gather, Attrs.Of(("axis", 1), ("batch", 1)), F(n, 4), I(DType.I64, 4, n));
        yield return new(OpDefs.Gather, Attrs.Of(("axis", 2), ("batch", 1)), F(n, 2, 4, 3), I(DType.I64, 4, n, 5));
        yield return new(OpDefs.ScatterAdd, Attrs.Of(("axis", 0), ("batch", 0)), F(4, 2), I(DType.I32, 4, n), F(n, 2));
        yield return new(OpDefs.ScatterAdd, Attrs.Of(("axis", 2), ("batch", 1)), F(n, 2, 4), I(DType.I64, 4, n, 5), F(n, 2, 5));
        yield return new(OpDefs.DynamicSlice, Attrs.Of("size", S(n, 2)), F(n, 5), I(DType.I64, 1), I(DType.I32, 4));
        yield return new(OpDefs.DynamicUpdateSlice, Attrs.Empty, F(n, 5), F(1, 2), I(DType.I64, 1), I(DType.I32, 4));
        yield return new(OpDefs.Iota, Attrs.Of(("shape", S(2, n)), ("axis", 1), ("dtype", DType.I32)));
        yield return new(OpDefs.DimSize, Attrs.Of("dim", (n * 2) + 1));
        yield return new(OpDefs.Sort, Attrs.Of(("axis", 1), ("descending", false)), F(2, n));
        yield return new(OpDefs.Sort, Attrs.Of(("axis", 0), ("descending", true)), F(4, n));
        yield return new(OpDefs.ArgMax, Attrs.Of("axis", 1), F(2, n));
        yield return new(OpDefs.ArgMax, Attrs.Of("axis", 0), F(5, n));
        yield return new(OpDefs.ArgMin, Attrs.Of("axis", 1), F(n, 4, 2));
        yield return new(OpDefs.CumSum, Attrs.Of(("axis", 0), ("reverse", false), ("exclusive", false)), F(n, 3));
        yield return new(OpDefs.CumSum, Attrs.Of(("axis", 1), ("reverse", true), ("exclusive", true)), F(n, 4));

        yield return new(OpDefs.Dot, DotAxes([1], [0]), F(n, 4), F(4, 3));
        yield return new(OpDefs.Dot, DotAxes([2, 1], [0, 3], [0], [1]), F(2, 3, n), F(n, 2, 4, 3));
        yield return new(OpDefs.Dot, DotAxes([], []), F(n), F(3));
        yield return new(OpDefs.Conv, Conv(1, [1], [1], [1], S(0), S(0)), F(n, 2, 6), F(3, 2, 3));
        yield return new(OpDefs.Conv, Conv(2, [2, 1], [1, 2], [1, 1], S(1, 0), S(2, 3)), F(2, 4, 6, 5), F(6, 2, 3, 2));
        yield return new(OpDefs.Conv, Conv(1, [2, 3], [2, 1], [1, 2], S(1, -1), S(0, 1)), F(1, 2, n + 4, 6), F(n, 2, 2, 3));
        yield return new(OpDefs.WindowSum, Windows([1, 3], [1, 2], [1, 1], S(0, 1), S(0, 1)), F(n, 6));
        yield return new(OpDefs.WindowSum, Windows([2, 2], [1, 3], [1, 2], S(1, 0), S(0, 1)), F(n, 8));
        yield return new(OpDefs.WindowMax, Windows([1, 3], [1, 2], [1, 1], S(0, 1), S(0, 1)), F(n, 6));
        yield return new(OpDefs.WindowMax, Windows([1, 2, 2], [1, 1, 2], [1, 2, 1], S(0, 0, 0), S(0, 1, 0)), F(n, 5, 4));
        yield return new(OpDefs.WindowArgMax, Windows([1, 3], [1, 2], [1, 1], S(0, 1), S(0, 1)), F(n, 6));

        yield return new(OpDefs.Softmax, Attrs.Of("axis", 1), F(2, n));
        yield return new(OpDefs.Softmax, Attrs.Of("axis", 0), F(4, n));
        yield return new(OpDefs.LogSoftmax, Attrs.Of("axis", 1), F(2, n, 2));
        yield return new(OpDefs.LogSoftmax, Attrs.Of("axis", 1), F(n, 4));
        yield return new(OpDefs.LayerNorm, Attrs.Of(("axes", L(1)), ("epsilon", 0.01)), F(n, 4), F(4), F(4));
        yield return new(OpDefs.LayerNorm, Attrs.Of(("axes", L(0, 2)), ("epsilon", 0.01)), F(n, 2, 3), F(2, 1), F());
        yield return new(OpDefs.SparseSoftmaxCrossEntropy, Attrs.Empty, F(n, 4), I(DType.I32, 4, n));
        yield return new(OpDefs.SparseSoftmaxCrossEntropy, Attrs.Empty, F(2, n, 3), I(DType.I64, 3, 2, n));
        yield return new(OpDefs.SoftmaxCrossEntropy, Attrs.Empty, F(n, 4), F(n, 4));
        yield return new(OpDefs.MeanSquaredError, Attrs.Empty, F(n, 4), F(n, 4));
        yield return new(OpDefs.MatMul, Attrs.Empty, F(n, 4), F(4, 3));
        yield return new(OpDefs.MatMul, Attrs.Empty, F(2, 3, n), F(n, 2));
        yield return new(OpDefs.MatMul, Attrs.Empty, F(n, 1, 2, 3), F(2, 3, n));
        yield return new(OpDefs.MatMul, Attrs.Empty, F(n), F(2, n, 3));
        yield return new(OpDefs.MatMul, Attrs.Empty, F(2, 3, n), F(n));
        yield return new(OpDefs.MatMul, Attrs.Empty, F(n), F(n));
        yield return new(OpDefs.WindowMean, Windows([1, 3], [1, 2], [1, 1], S(0, 1), S(0, 1)), F(n, 6));
        yield return new(OpDefs.WindowMean, Windows([1, 2], [1, 2], [1, 1], S(0, 0), S(0, 0)), F(n, 6));
        yield return new(OpDefs.TakeAlongAxis, Attrs.Of("axis", 0), F(4, n), I(DType.I32, 4, 3, n));
        yield return new(OpDefs.TakeAlongAxis, Attrs.Of("axis", 1), F(n, 3, 2), I(DType.I64, 3, n, 5, 2));
        yield return new(OpDefs.TopK, Attrs.Of(("axis", 1), ("k", 2)), F(n, 4));
        yield return new(OpDefs.TopK, Attrs.Of(("axis", 0), ("k", 1)), F(n, 3));
        yield return new(OpDefs.Cholesky, Attrs.Empty, new OpInput(F(n, 1, 1).Type, 0.5, 2));
        yield return new(OpDefs.Solve, Attrs.Empty, new OpInput(F(n, 1, 1).Type, 0.5, 2), F(n, 1, 3));
        yield return new(OpDefs.Solve, Attrs.Empty, new OpInput(F(1, 1).Type, 0.5, 2), F(1, n));
        yield return new(OpDefs.Qr, Attrs.Empty, new OpInput(F(n, 1, 1).Type, 0.5, 2));
        yield return new(OpDefs.Svd, Attrs.Empty, new OpInput(F(n, 1, 1).Type, 0.5, 2));
        yield return new(OpDefs.Fft, Attrs.Of("inverse", false), F(2, n), F(2, n));
        yield return new(OpDefs.Fft, Attrs.Of("inverse", true), F(n, 4), F(n, 4));
        yield return new(OpDefs.OneHot, Attrs.Of(("classes", n + 1), ("dtype", DType.F32)), I(DType.I32, 3, n));
        yield return new(OpDefs.Linspace, Attrs.Of("count", n), F(), F());
        yield return new(OpDefs.RandomUniform, Attrs.Of(("shape", S(n, 3)), ("dtype", DType.F64)), I(DType.I64, 1e9), I(DType.I64, 1e9));
        yield return new(OpDefs.RandomUniform, Attrs.Of(("shape", S(n)), ("dtype", DType.BF16)), I(DType.I64, 1e9), I(DType.I64, 1e9));
        yield return new(OpDefs.RandomNormal, Attrs.Of(("shape", S(n, 3)), ("dtype", DType.F32)), I(DType.I64, 1e9), I(DType.I64, 1e9));

        yield return new(OpDefs.RandomBits, Attrs.Of("shape", S(n, 3)), I(DType.I64, 1e9), I(DType.I64, 1e9));
        yield return new(OpDefs.Print, Attrs.Of("format", "x = {0}"), F(n));
        yield return new(OpDefs.Assert, Attrs.Of("message", "x = {0}"), new OpInput(new(DType.Bool, Shape.Scalar), 1, 2), F(n));
        yield return new(OpDefs.HostCall, Attrs.Of(("fn", new Resource("double", ResourceKind.HostFunction) { HostFunction = Twice }), ("results", 1),
            ("dtype0", DType.F64), ("shape0", S(n))), F(n));
    }

    private static Attrs DotAxes(int[] leftContract, int[] rightContract, int[]? leftBatch = null, int[]? rightBatch = null) =>
        Attrs.Of(("left_contract", leftContract), ("right_contract", rightContract), ("left_batch", leftBatch ?? []),
        ("right_batch", rightBatch ?? []));

    private static Attrs Conv(long groups, long[] stride, long[] dilation, long[] inputDilation, Shape low, Shape high) =>
        Attrs.Of(("groups", groups), ("stride", stride), ("dilation", dilation), ("input_dilation", inputDilation), ("low", low), ("high", high));

    private static Attrs Windows(long[] window, long[] stride, long[] dilation, Shape low, Shape high) =>
        Attrs.Of(("window", window), ("stride", stride), ("dilation", dilation), ("low", low), ("high", high));

    private static Literal[] Twice(Literal[] inputs) =>
        [inputs[0].Type.DType == DType.F64 ? Literal.FromDoubles(inputs[0].Type, i => 2 * inputs[0].GetDouble(i)) : inputs[0]];
}
