using TorchSharp;

namespace TensorGraph.Torch;

// torch.nn.functional: activations, losses, layers without parameters of their own.
public static partial class TorchApi
{
    public static Tensor relu(this Tensor x) => Ops.Relu(x);

    public static Tensor gelu(this Tensor x) => Ops.Gelu(x);

    public static Tensor silu(this Tensor x) => Ops.Silu(x);

    public static Tensor relu6(this Tensor x) => nn.functional.Inside(x, 0, 6, x);

    public static Tensor leaky_relu(this Tensor x, Scalar negative_slope) => Ops.LeakyRelu(x, negative_slope.ToDouble());

    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => Ops.Relu(Fresh("relu", inplace, x));

            public static Tensor relu6(Tensor x, bool inplace = false) => Inside(Fresh("relu6", inplace, x), 0, 6, x);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                Ops.LeakyRelu(Fresh("leaky_relu", inplace, input), negative_slope);

            public static Tensor elu(Tensor x, double alpha = 1, bool inplace = false) => Ops.Elu(Fresh("elu", inplace, x), alpha);

            public static Tensor selu(Tensor x, bool inplace = false) =>
                mul(Ops.Elu(Fresh("selu", inplace, x), 1.6732632423543772848170429916717), 1.0507009873554804934193349852946);

            public static Tensor gelu(Tensor x, bool inplace = false) => Ops.Gelu(Fresh("gelu", inplace, x));

            public static Tensor gelu(Tensor x, TorchSharp.Modules.GELU.Approximate approximate, bool inplace = false)
            {
                if (approximate == TorchSharp.Modules.GELU.Approximate.none) return gelu(x, inplace);
                Tensor inner = mul(add(x, mul(pow(x, 3), 0.044715)), Math.Sqrt(2 / Math.PI));
                return mul(mul(Fresh("gelu", inplace, x), 0.5), add(Ops.Tanh(inner), 1));
            }

            public static Tensor silu(Tensor x, bool inplace = false) => Ops.Silu(Fresh("silu", inplace, x));

            public static Tensor mish(Tensor x, bool inplace = false) => mul(Fresh("mish", inplace, x), Ops.Tanh(Ops.Softplus(x)));

            public static Tensor sigmoid(Tensor x, bool inplace = false) => Ops.Sigmoid(Promotion.Float(Fresh("sigmoid", inplace, x)));

            public static Tensor tanh(Tensor x, bool inplace = false) => Ops.Tanh(Fresh("tanh", inplace, x));

            public static Tensor hardtanh(Tensor x, double min_val = -1, double max_val = 1, bool inplace = false) =>
                Inside(Fresh("hardtanh", inplace, x), min_val, max_val, x);

            public static Tensor hardsigmoid(Tensor input, bool inplace = false) =>
                div(Inside(add(Fresh("hardsigmoid", inplace, input), 3), 0, 6, add(input, 3)), 6);

            public static Tensor hardswish(Tensor input, bool inplace = false) => Ops.Where(
                le(Fresh("hardswish", inplace, input), -3), zeros_like(input), Ops.Where(ge(input, 3), input, div(mul(input, add(input, 3)), 6)));

            // Without a gradient at the bounds.
            internal static Tensor Inside(Tensor x, double min, double max, Tensor value) =>
                Ops.Where(le(x, min), full_like(x, min), Ops.Where(ge(x, max), full_like(x, max), value));

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Ops.Where(
                gt(mul(x, beta), threshold), x, div(Ops.Softplus(Ops.Where(gt(mul(x, beta), threshold), zeros_like(x), mul(x, beta))), beta));

            public static Tensor softsign(Tensor x, bool inplace = false) => div(Fresh("softsign", inplace, x), add(abs(x), 1));

            public static Tensor logsigmoid(Tensor x) => Ops.LogSigmoid(x);

            public static Tensor softmax(Tensor input, long dim, torch.ScalarType? dtype = null) => TorchApi.softmax(input, dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => TorchApi.log_softmax(x, dim);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                Fresh("dropout", inplace, input);
                if (p is < 0 or > 1)
                    Throw.Raise(
                        DiagnosticIds.NotTraceableTorch, "dropout", FormattableString.Invariant($"the probability is {p}"), "It lies between 0 and 1.");
                if (!training || p == 0) return input;
                if (p == 1) return zeros_like(input);
                Tensor kept = Ops.GreaterEqual(Ops.RandomUniform(input.Shape), (Tensor)(float)p);
                return Ops.Where(kept, div(input, 1 - p), zeros_like(input));
            }

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
            {
                Tensor product = Ops.MatMul(input, Ops.Transpose(weights));
                return bias is null ? product : Ops.Add(product, bias);
            }

            internal static Tensor embedding(Tensor x, Tensor weight) => Ops.Gather(weight, x);

            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                if (num_classes < 0)
                {
                    Throw.Raise(
                        DiagnosticIds.NotTraceableTorch, "one_hot", "the number of classes is not given, and a graph would have to read it from the labels",
                        "Give it: one_hot(x, 10).");
                }
                return Ops.OneHot(Ops.Gather(Ops.Iota(num_classes, DType.I64), x), num_classes, DType.I64);
            }

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
            {
                int[] axes = [.. Enumerable.Range(input.Rank - normalized_shape.Length, normalized_shape.Length)];
                Tensor scale = weight ?? Ops.Full(new Shape(normalized_shape), 1, input.DType);
                return Ops.LayerNorm(input, scale, bias ?? Ops.Full(new Shape(normalized_shape), 0, input.DType), axes, eps);
            }

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05)
            {
                Dim[] sizes = [.. input.Shape.Dims];
                Tensor apart = Ops.Reshape(input, [sizes[0], num_groups, sizes[1].Value / num_groups, .. sizes[2..]]);
                int[] axes = [.. Enumerable.Range(2, input.Rank - 1)];
                Tensor mean = Ops.Mean(apart, axes, keep: true), variance = Ops.Variance(apart, axes, keep: true);
                Tensor normal = Ops.Reshape(Ops.Mul(Ops.Sub(apart, mean), Ops.Rsqrt(add(variance, eps))), sizes);
                return Channels(normal, weight, bias);
            }

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12) =>
                div(input, clamp(Ops.Norm(input, [Axis(input, dim)], true, p), min: eps));

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8)
            {
                int[] axis = [Axis(x1, dim)];
                // The gradient knows nothing of the bound.
                Tensor Length(Tensor x)
                {
                    Tensor length = Root(Ops.Sum(Ops.Square(x), axis, keep: true)), constant = Ops.StopGradient(length);
                    return Ops.Add(length, Ops.Sub(clamp(constant, min: eps), constant));
                }
                return Ops.Sum(Ops.Mul(Ops.Div(x1, Length(x1)), Ops.Div(x2, Length(x2))), axis);
            }

            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                Tensor scores = Ops.MatMul(mul(query, 1 / Math.Sqrt(query.Shape[query.Rank - 1].Value)), transpose(key, -1, -2));
                if (is_casual)
                {
                    Tensor reaches = Ops.Tril(Ops.Full(Shape.Create([query.Shape[query.Rank - 2], key.Shape[key.Rank - 2]]), 1));
                    attn_mask = Bool(reaches);
                }
                if (attn_mask is { DType: DType.Bool }) scores = Ops.Where(attn_mask, scores, full_like(scores, float.NegativeInfinity));
                else if (attn_mask is not null) scores = add(scores, attn_mask);
                if (attn_mask is null) return Ops.MatMul(dropout(Ops.Softmax(scores), p), value);
                // Nothing to attend to gives zeros.
                Tensor empty = Ops.Equal(
                    Ops.ReduceMax(scores, [scores.Rank - 1], keep: true), Promotion.Number(double.NegativeInfinity, scores.DType));
                Tensor weights = Ops.Where(empty, zeros_like(scores), Ops.Softmax(Ops.Where(empty, zeros_like(scores), scores)));
                return Ops.MatMul(dropout(weights, p), value);
            }

            /// <summary>Weight and bias of each channel, the second axis.</summary>
            internal static Tensor Channels(Tensor x, Tensor? weight, Tensor? bias)
            {
                if (weight is not null) x = Ops.Mul(x, PerChannel(weight, x.Rank));
                return bias is null ? x : Ops.Add(x, PerChannel(bias, x.Rank));
            }

            /// <summary>A vector along the second axis.</summary>
            internal static Tensor PerChannel(Tensor vector, int rank) =>
                Ops.Reshape(vector, [vector.Shape[0], .. Enumerable.Repeat((Dim)1, Math.Max(rank - 2, 0))]);

            /// <summary>The tensor, of which a function leaves no other value behind in a graph.</summary>
            internal static Tensor Fresh(string op, bool inplace, Tensor x)
            {
                if (inplace)
                {
                    Throw.Raise(
                        DiagnosticIds.NotTraceableTorch, op, "inplace: true would change a tensor that has another name", "Leave inplace out: a graph writes in place where it can.");
                }
                return x;
            }
        }
    }
}
