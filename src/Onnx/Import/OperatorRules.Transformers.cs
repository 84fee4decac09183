using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Operators of ONNX Runtime's own domain that optimised exports of transformers have. Source: onnxruntime, docs/ContribOperators.md.
/// </summary>
internal static partial class OperatorRules
{
    /// <summary>The domain. Rules of it have its name in front, and one version.</summary>
    public const string Contributed = "com.microsoft";

    private const string Fused = "activation activation_alpha activation_beta activation_gamma activation_params";
    private const string ConvAttributes = "auto_pad dilations group kernel_shape pads strides";

    private static IEnumerable<OperatorRule> Transformers() =>
    [
        new($"{Contributed}.FusedMatMul", 1, "alpha transA transB transBatchA transBatchB", FusedMatMul) { Limits = "transBatchA and transBatchB are 0" },
        new($"{Contributed}.FusedConv", 1, $"{ConvAttributes} {Fused}", c =>
        {
            var sums = Convolved(c, c.X, c.Y, c.Optional(2));
            return Activated(c, c.Optional(3) is { } other ? c.Builder.Add(sums, other) : sums);
        }) { Limits = "activation is Relu, Sigmoid, Tanh, LeakyRelu, Clip or HardSigmoid" },
        new($"{Contributed}.FusedGemm", 1, $"alpha beta transA transB {Fused}", c => Activated(c, General(c)))
        {
            Limits = "activation is Relu, Sigmoid, Tanh or LeakyRelu",
        },
        new($"{Contributed}.Gelu", 1, "", c => Gelu(c, c.X, isFast: false)),
        new($"{Contributed}.FastGelu", 1, "", c => Gelu(c, c.Optional(1) is { } bias ? c.Builder.Add(c.X, bias) : c.X, isFast: true)),
        new($"{Contributed}.BiasGelu", 1, "", c => Gelu(c, c.Builder.Add(c.X, c.Y), isFast: false)),
        new($"{Contributed}.QuickGelu", 1, "alpha", c => c.Builder.Mul(
            c.X, c.Builder.Emit(OpDefs.Sigmoid, c.Builder.Mul(c.X, c.Float("alpha", 1.702f))))),
        new("SimplifiedLayerNormalization", 7, "axis epsilon stash_type", RootMeanSquare) { Limits = "stash_type is 1" },
        new($"{Contributed}.SkipLayerNormalization", 1, "epsilon", c =>
        {
            var sum = Skipped(c, 4);
            return [Normal(c, sum, [sum.Shape.Rank - 1], c.In(2), c.Optional(3) ?? Zero(c, sum.DType)), null, null, sum];
        }) { Limits = "without mean and variance" },
        new($"{Contributed}.SkipSimplifiedLayerNormalization", 1, "epsilon", c =>
        {
            var sum = Skipped(c, 3);
            return [Scaled(c, sum, c.In(2), [sum.Shape.Rank - 1], c.Float("epsilon", 1e-5f), out _), null, null, sum];
        }) { Limits = "without mean and variance" },
        new($"{Contributed}.EmbedLayerNormalization", 1, "epsilon mask_index_type", Embedded),
        new($"{Contributed}.Attention", 1, "mask_filter_value num_heads qkv_hidden_sizes scale unidirectional", Attention)
        {
            Limits = "no rotary positions, no memory that past and present share, a batch of known size for masks of lengths and starts",
        },
        new($"{Contributed}.MultiHeadAttention", 1, "mask_filter_value num_heads scale unidirectional", MultiHead)
        {
            Limits = "query, key and value of three axes, a batch of known size for masks of lengths and starts",
        },
    ];

    private static Value FusedMatMul(NodeReader c)
    {
        if (c.Int("transBatchA", 0) != 0 || c.Int("transBatchB", 0) != 0)
            throw c.Refuse("it turns axes of the batch");
        Value left = c.Int("transA", 0) != 0 ? Turned(c.Builder, c.X) : c.X, right = c.Int("transB", 0) != 0 ? Turned(c.Builder, c.Y) : c.Y;
        var product = c.Builder.Emit(OpDefs.MatMul, left, right);
        double alpha = c.Float("alpha", 1);
        return alpha == 1 ? product : c.Builder.Mul(product, alpha);
    }

    // A list of numbers stays as it is.
    private static Value Turned(GraphBuilder b, Value x) =>
        x.Shape.Rank < 2 ? x : b.Transpose(x, [.. Enumerable.Range(0, x.Shape.Rank - 2), x.Shape.Rank - 1, x.Shape.Rank - 2]);

    private static Value Gelu(NodeReader c, Value x, bool isFast) => c.Builder.Emit(OpDefs.Gelu, Attrs.Of("approximate", isFast), [x])[0];

    private static Value Activated(NodeReader c, Value x)
    {
        var b = c.Builder;
        float[]? numbers = c.Floats("activation_params");
        double Number(int i, string name, double otherwise) => numbers is not null && i < numbers.Length ? numbers[i] : c.Float(name, otherwise);
        return c.Text("activation", "") switch
        {
            "" => x,
            "Relu" => b.Emit(OpDefs.Relu, x),
            "Sigmoid" => b.Emit(OpDefs.Sigmoid, x),
            "Tanh" => b.Emit(OpDefs.Tanh, x),
            "LeakyRelu" => b.Emit(OpDefs.LeakyRelu, Attrs.Of("slope", Number(0, "activation_alpha", 0.01f)), [x])[0],
            "Clip" when numbers is { Length: 2 } => b.Emit(OpDefs.Clip, x, b.Scalar(numbers[0], x), b.Scalar(numbers[1], x)),
            "HardSigmoid" => HardSigmoid(b, x, Number(0, "activation_alpha", 0.2f), Number(1, "activation_beta", 0.5f)),
            var other => throw c.Refuse($"its activation is '{other}'"),
        };
    }

    private static Value Skipped(NodeReader c, int bias)
    {
        var sum = c.Builder.Add(c.X, c.Y);
        return c.Optional(bias) is { } more ? c.Builder.Add(sum, more) : sum;
    }

    // x/√(mean(x²) + ε)·scale
    private static Value Scaled(NodeReader c, Value x, Value scale, int[] axes, double epsilon, out Value inverse)
    {
        var b = c.Builder;
        var wide = b.Cast(x, DType.F32);
        var mean = Reduced(c, OpDefs.ReduceMean, b.Mul(wide, wide), axes, keep: true);
        inverse = b.Emit(OpDefs.Rsqrt, b.Add(mean, b.Scalar(epsilon, mean)));
        return b.Mul(b.Cast(b.Mul(wide, inverse), x.DType), scale);
    }

    private static Value?[] RootMeanSquare(NodeReader c)
    {
        if (c.Int("stash_type", 1) != 1)
            throw c.Refuse("it is computed in another type than f32");
        int first = c.Axis(c.Int("axis", -1), c.X.Shape.Rank);
        var scaled = Scaled(c, c.X, c.Y, [.. Enumerable.Range(first, c.X.Shape.Rank - first)], c.Float("epsilon", 1e-5f), out var inverse);
        return [scaled, inverse];
    }

    // Rows for tokens, positions and segments, added up and normalised. The lengths of the texts are those of their masks.
    private static Value?[] Embedded(NodeReader c)
    {
        var b = c.Builder;
        Value ids = c.X, table = c.In(2), places = c.In(3);
        if (ids.Shape.Rank != 2 || table.Shape.Rank != 2 || places.Shape.Rank != 2 || c.Optional(7) is { Shape.Rank: not 2 })
            throw c.Refuse($"ids {ids.Type}, rows {table.Type} and positions {places.Type}");
        Value Rows(Value rows, Value at) => b.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [rows, Positions(b, at, rows.Shape[0])])[0];
        var position = c.Optional(8) is { } given ? Rows(places, given) : Slice(b, places, 0, 0, ids.Shape[1]);
        var sum = b.Add(Rows(table, ids), position);
        if (c.Optional(1) is { } segments)
            sum = b.Add(sum, Rows(c.In(4), segments));
        var lengths = c.Optional(7) is { } mask ? b.Cast(Reduced(c, OpDefs.ReduceSum, b.Cast(mask, DType.I64), [1], keep: false), DType.I32)
            : b.Zeros(new(DType.I32, [ids.Shape[0]]));
        return [Normal(c, sum, [2], c.In(5), c.In(6)), lengths, sum];
    }

    private static Value?[] Attention(NodeReader c)
    {
        var b = c.Builder;
        Value x = c.X, weights = c.Y;
        if (x.Shape.Rank != 3 || weights.Shape.Rank != 2 || weights.Shape[1] is not { IsConstant: true, Value: var width })
            throw c.Refuse($"{x.Type} and weights {weights.Type}");
        long[] widths = c.Ints("qkv_hidden_sizes") ?? [width / 3, width / 3, width / 3];
        if (widths.Length != 3 || Array.Exists(widths, part => part < 1 || part > width) || widths.Sum() != width || widths[0] != widths[1])
            throw c.Refuse($"qkv_hidden_sizes is [{string.Join(", ", widths)}]");
        if (widths[1] != widths[2] && (c.Has(4) || c.Wants(1)))
            throw c.Refuse($"keys of {widths[1]} and values of {widths[2]} are no one tensor of the past");
        var all = b.Emit(OpDefs.MatMul, x, weights);
        if (c.Optional(2) is { } bias)
            all = b.Add(all, bias);
        Value query = Slice(b, all, 2, 0, widths[0]), key = Slice(b, all, 2, widths[0], 2 * widths[0]);
        Value value = Slice(b, all, 2, 2 * widths[0], width);
        var past = c.Optional(4);
        Value? Past(int i) => past is { } both ? b.Reshape(Slice(b, both, 0, i, i + 1), new([.. both.Shape.Skip(1)])) : null;
        var (result, keys, values) = Attended(c, query, key, value, c.Optional(3), c.Optional(5), Past(0), Past(1));
        return [result, c.Wants(1) ? b.Emit(OpDefs.Concat, Attrs.Of("axis", 0L), [b.ExpandDims(keys, 0), b.ExpandDims(values, 0)])[0] : null];
    }

    private static Value?[] MultiHead(NodeReader c)
    {
        var b = c.Builder;
        if (!c.Has(1) || !c.Has(2))
            throw c.Refuse("it has key and value in one input");
        Value query = c.X, key = c.Y, value = c.In(2);
        if (c.Optional(3) is { } bias)
        {
            Dim width = query.Shape[2];
            query = b.Add(query, Slice(b, bias, 0, 0, width));
            key = b.Add(key, Slice(b, bias, 0, width, width * 2));
            value = b.Add(value, Slice(b, bias, 0, width * 2, bias.Shape[0]));
        }

        var (result, keys, values) = Attended(c, query, key, value, c.Optional(4), c.Optional(5), c.Optional(6), c.Optional(7));
        return [result, c.Wants(1) ? keys : null, c.Wants(2) ? values : null];
    }

    // softmax(q·kᵀ/√width + mask)·v for each head, and the keys and values of all tokens, those of the past first.
    private static (Value Result, Value Keys, Value Values) Attended(
        NodeReader c, Value query, Value key, Value value, Value? mask, Value? more, Value? pastKeys, Value? pastValues)
    {
        var b = c.Builder;
        long heads = c.Int("num_heads") ?? throw c.Refuse("it has no num_heads");
        if (heads < 1 || new[] { query, key, value }.Any(each => each.Shape.Rank != 3 || each.Shape[2] is not { IsConstant: true, Value: var width }
            || width % heads != 0))
        {
            throw c.Refuse($"{heads} heads of {query.Type}, {key.Type} and {value.Type}");
        }

        Value Split(Value x) => b.Transpose(b.Reshape(x, [x.Shape[0], x.Shape[1], heads, x.Shape[2].Value / heads]), [0, 2, 1, 3]);
        Value After(Value? past, Value x) => past is { } before ? b.Emit(OpDefs.Concat, Attrs.Of("axis", 2L), [before, x])[0] : x;
        Value keys = After(pastKeys, Split(key)), values = After(pastValues, Split(value));
        Dim tokens = keys.Shape[2];
        double scale = c.Float("scale", 0);
        var scores = b.Mul(
            b.Emit(OpDefs.MatMul, Split(query), Turned(b, keys)), scale != 0 ? scale : 1 / Math.Sqrt(query.Shape[2].Value / (double)heads));
        var hidden = b.Scalar(c.Float("mask_filter_value", -10_000), scores);
        if (mask is { } given)
            scores = b.Select(IsSeen(c, given, tokens, query.Shape[0]), scores, b.Add(scores, hidden));
        if (c.Int("unidirectional", 0) != 0)
        {
            Shape matrix = [query.Shape[1], tokens];
            // A token of the query comes after those of the past, and the last one sees all keys, however many there are: so ONNX Runtime has it.
            Value row = b.Iota(matrix, 0), own = pastKeys is { } before ? b.Add(row, b.DimSize(before.Shape[2], row.DType)) : row;
            Value isLast = b.Emit(OpDefs.Equal, row, b.DimSize(query.Shape[1] - 1, row.DType));
            Value isSeen = b.Emit(OpDefs.Or, isLast, b.Emit(OpDefs.LessEqual, b.Iota(matrix, 1), own));
            scores = b.Select(isSeen, scores, b.Scalar(double.NegativeInfinity, scores));
        }

        if (more is { } bias)
            scores = b.Add(scores, bias);
        var shares = b.Emit(OpDefs.Softmax, Attrs.Of("axis", 3L), [scores])[0];
        var joined = b.Transpose(b.Emit(OpDefs.MatMul, shares, values), [0, 2, 1, 3]);
        return (b.Reshape(joined, [query.Shape[0], query.Shape[1], value.Shape[2]]), keys, values);
    }

    // A mask is a length for each text, a flag for each token, or one for each pair of tokens. After the lengths there may be the first token of each
    // text, or the sums of lengths that packed texts need.
    private static Value IsSeen(NodeReader c, Value mask, Dim tokens, Dim batch)
    {
        var b = c.Builder;
        switch (mask.Shape.Rank)
        {
            case 1:
                Dim count = mask.Shape[0];
                bool hasStarts = c.Proto.OpType == nameof(Attention) && count == batch * 2;
                if (!hasStarts && count != (batch * 3) + 2)
                    c.Expect(count, SizeRelation.Equal, batch);
                Value at = b.Reshape(b.Iota([tokens], 0), [1, 1, 1, tokens]);
                Value Part(int i) => b.Reshape(Slice(b, b.Cast(mask, DType.I64), 0, batch * i, batch * (i + 1)), [batch, 1, 1, 1]);
                Value isBefore = b.Emit(OpDefs.Less, at, Part(0));
                return hasStarts ? b.Emit(OpDefs.And, isBefore, b.Emit(OpDefs.GreaterEqual, at, Part(1))) : isBefore;
            case 2 or 3:
                var flags = b.Emit(OpDefs.Greater, mask, b.Scalar(0, mask));
                Shape shape = mask.Shape;
                c.Expect(shape[0], SizeRelation.Equal, batch);
                c.Expect(shape[shape.Rank - 1], SizeRelation.Equal, tokens);
                return b.Reshape(flags, shape.Rank == 2 ? [shape[0], 1, 1, shape[1]] : [shape[0], 1, shape[1], shape[2]]);
            default: throw c.Refuse($"its mask is {mask.Type}");
        }
    }
}
