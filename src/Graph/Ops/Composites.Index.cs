namespace TensorGraph.Ir;

/// <summary>Products, pooling, selection and random numbers in terms of the primitives.</summary>
public static partial class OpDefs
{
    /// <summary>
    /// Matrix product over the last two axes, the others broadcast; an operand with one axis is a row on the left, a column on the right, and that
    /// axis disappears.
    /// </summary>
    [Op("matmul", "?", Inputs = 2, Source = "np.matmul")]
    public static readonly OpDef MatMul = new()
    {
        Decompose = (b, n) =>
        {
            Value left = n.Inputs[0], right = n.Inputs[1];
            int rank = left.Shape.Rank;
            // A right operand without batch axes meets the rows of all of left's at once.
            if (right.Shape.Rank <= 2)
                return [b.Dot(left, right, [rank - 1], [0])];
            int batch = n.Types[0].Rank - Math.Min(rank, 2);
            var axes = Enumerable.Range(0, batch).ToArray();
            Shape outer = new([.. n.Types[0].Shape.Take(batch)]);
            left = b.BroadcastTo(left, new([.. outer, .. left.Shape.TakeLast(2)]));
            right = b.BroadcastTo(right, new([.. outer, .. right.Shape.TakeLast(2)]));
            return [b.Dot(left, right, [left.Shape.Rank - 1], [batch], axes, axes)];
        },
    };

    /// <summary>Mean of each window, of the elements that are not padding. Attributes as for <c>window_sum</c>.</summary>
    [Op("window_mean", "?", DTypes = DTypeSet.Float, Source = "ONNX AveragePool (count_include_pad=0)")]
    public static readonly OpDef WindowMean = new()
    {
        Decompose = (b, n) => InSingle(b, n, x =>
        {
            var sum = b.Emit(WindowSum, n.Attrs, [x])[0];
            bool padded = n.Attrs.Get<Shape>("low").Concat(n.Attrs.Get<Shape>("high")).Any(dim => !dim.IsConstant || dim.Value > 0);
            return b.Div(sum, padded
                ? b.Emit(WindowSum, n.Attrs, [b.Ones(x.Type)])[0]
                : b.Scalar(n.Attrs.Longs("window").Aggregate(1L, (product, size) => product * size), x));
        }),
    };

    /// <summary>
    /// Inputs x, positions (i32 or i64) of the same rank. Element i of the result along axis <c>axis</c> is x at positions[i]; other axes go
    /// together.
    /// </summary>
    [Op("take_along_axis", "?", Inputs = 2, DTypes = DTypeSet.Any, Traits = Traits.Checked, Source = "np.take_along_axis")]
    public static readonly OpDef TakeAlongAxis = new()
    {
        // The axis last, all others as one batch axis.
        Decompose = (b, n) =>
        {
            Value x = n.Inputs[0], positions = n.Inputs[1];
            int axis = (int)n.Attrs.Get<long>("axis");
            int[] order = [.. Enumerable.Range(0, x.Shape.Rank).Where(i => i != axis), axis];
            Shape outer = x.Shape.Without([axis]);
            Value Rows(Value a) => b.Reshape(b.Transpose(a, order), new([outer.ElementCount, a.Shape[axis]]));
            var rows = b.Emit(Gather, Attrs.Of(("axis", 1), ("batch", 1)), [Rows(x), Rows(positions)])[0];
            var taken = b.TransposeBack(b.Reshape(rows, new([.. outer.Dims, positions.Shape[axis]])), order);
            return [b.Reshape(taken, positions.Shape)];
        },
    };

    /// <summary>
    /// Results: the <c>k</c> largest elements along axis <c>axis</c>, largest first, and their i32 positions; of equal ones the first. NaNs come
    /// last.
    /// </summary>
    [Op("top_k", "?", Source = "tf.math.top_k (any axis)")]
    public static readonly OpDef TopK = new()
    {
        Decompose = (b, n) =>
        {
            long axis = n.Attrs.Get<long>("axis"), k = n.Attrs.Get<long>("k");
            var first = b.Emit(Sort, Attrs.Of(("axis", axis), ("descending", true), ("count", k)), n.Inputs.AsSpan());
            return [first[0], first[1]];
        },
    };

    /// <summary>
    /// 1 of dtype <c>dtype</c> where the new last axis, of size <c>classes</c>, counts the integer input, else 0; nothing for an input out of range.
    /// </summary>
    [Op("one_hot", "?", DTypes = DTypeSet.Integer, Traits = Traits.NoGradient, Source = "tf.one_hot")]
    public static readonly OpDef OneHot = new()
    {
        Decompose = (b, n) =>
        {
            // In i64, so that no class number wraps in a narrow label type.
            var labels = b.Cast(n.Inputs[0], DType.I64);
            var hit = b.Emit(Equal, b.ExpandDims(labels, labels.Shape.Rank), b.Iota([n.Attrs.Get<Dim>("classes")], 0));
            return [b.Cast(hit, n.Types[0].DType)];
        },
    };

    /// <summary>Inputs start, stop (scalars). <c>count</c> numbers at equal distances, both ends included.</summary>
    [Op("linspace", "?", Inputs = 2, DTypes = DTypeSet.Float, Source = "np.linspace")]
    public static readonly OpDef Linspace = new()
    {
        // start·(1 − t) + stop·t with t = i/(count − 1) hits both ends exactly; one number alone is start.
        Decompose = (b, n) =>
        {
            Dim count = n.Attrs.Get<Dim>("count");
            DType dtype = n.Types[0].DType, wide = dtype is DType.F64 ? DType.F64 : DType.F32;
            var t = b.Div(b.Iota([count], 0, wide), b.DimSize(Dim.Max(count - 1, 1), wide));
            var (start, stop) = (b.Cast(n.Inputs[0], wide), b.Cast(n.Inputs[1], wide));
            return [b.Cast(b.Add(b.Mul(start, b.Sub(b.Scalar(1, t), t)), b.Mul(stop, t)), dtype)];
        },
    };

    /// <summary>
    /// Inputs key, counter (i64 scalars). Numbers of shape <c>shape</c> and dtype <c>dtype</c>, equally likely in 0 ≤ u &lt; 1: as many random bits
    /// as the dtype has precision. Uses <see cref="RandomWords"/> words for each number.
    /// </summary>
    [Op("random_uniform", "?", Inputs = 2, Traits = Traits.NoGradient, Source = "np.random.Generator.random")]
    public static readonly OpDef RandomUniform =
    new() { Infer = InferRandom, Decompose = (b, n) => [b.Cast(Uniform(b, n, n.Types[0].Shape), n.Types[0].DType)] };

    /// <summary>
    /// Inputs key, counter (i64 scalars). Numbers of shape <c>shape</c> and dtype <c>dtype</c> from the standard normal distribution, by Box and
    /// Muller's transform: √(−2 log(1 − u₁)) · cos 2πu₂. Uses <see cref="RandomWords"/> words for each number.
    /// </summary>
    [Op("random_normal", "?", Inputs = 2, Traits = Traits.NoGradient, Source = "Box and Muller 1958")]
    public static readonly OpDef RandomNormal = new()
    {
        Infer = InferRandom,
        Decompose = (b, n) =>
        {
            Shape shape = n.Types[0].Shape, pair = new([2, .. shape]);
            var uniform = Uniform(b, n, pair);
            Value Part(int i) => b.Reshape(b.Slice(uniform, new Shape(new long[pair.Rank]).With(0, i), pair.With(0, i + 1)), shape);
            var radius = b.Emit(Sqrt, b.Mul(b.Emit(Log1p, b.Neg(Part(0))), -2));
            return [b.Cast(b.Mul(radius, b.Emit(Cos, b.Mul(Part(1), 2 * Math.PI))), n.Types[0].DType)];
        },
    };

    /// <summary>
    /// How many 32-bit words <c>random_uniform</c> or <c>random_normal</c> uses for one number; the counter moves on by a quarter of all words,
    /// rounded up.
    /// </summary>
    public static int RandomWords(OpDef op, DType dtype) => (op == RandomNormal ? 2 : 1) * (dtype == DType.F64 ? 2 : 1);

    private static System.Collections.Immutable.ImmutableArray<TensorType> InferRandom(InferContext c)
    {
        var dtype = c.Attrs.Get<DType>("dtype");
        if (!dtype.IsFloat())
            Throw.DType(c.Op.Name, $"can't draw {dtype.Name()}", "Draw floats and cast them, or use random_bits.");
        foreach (var input in c.Inputs)
        {
            if (input != new TensorType(DType.I64, Shape.Scalar))
                Throw.DType(c.Op.Name, $"key and counter are {c.Inputs[0]} and {c.Inputs[1]}", "Both must be i64 without axes.");
        }

        return [new(dtype, c.Attrs.Get<Shape>("shape"))];
    }

    // The upper bits of one word, as many as the precision; for f64 27 + 26 bits of two words. f16 and bf16 stay in f32 until the end.
    private static Value Uniform(GraphBuilder b, Node n, Shape shape)
    {
        DType dtype = n.Types[0].DType;
        Value Words(Shape of) => b.Emit(RandomBits, Attrs.Of("shape", of), n.Inputs.AsSpan())[0];
        Value Upper(Value words, int bits) => b.Emit(ShiftRightLogical, words, b.Scalar(32 - bits, words));
        if (dtype != DType.F64)
        {
            int bits = dtype switch { DType.F16 => 11, DType.BF16 => 8, _ => 24 };
            return b.Mul(b.Cast(Upper(Words(shape), bits), DType.F32), Math.ScaleB(1, -bits));
        }

        Shape pair = new([2, .. shape]);
        var words = Words(pair);
        Value Part(int i, int bits) => b.Cast(
            Upper(b.Reshape(b.Slice(words, new Shape(new long[pair.Rank]).With(0, i), pair.With(0, i + 1)), shape), bits), DType.F64);
        return b.Mul(b.Add(b.Mul(Part(0, 27), Math.ScaleB(1, 26)), Part(1, 26)), Math.ScaleB(1, -53));
    }
}
