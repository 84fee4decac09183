using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Activations and losses of neural networks, element by element or along the last axis.</summary>
public static partial class Ops
{
    /// <summary>max(x, 0); its gradient at 0 is 0. Source: tf.nn.relu.</summary>
    public static Tensor Relu(Tensor x) => Dispatch.Run(OpDefs.Relu, x);

    /// <summary>x · Φ(x), with Φ the normal distribution. DType: floats. Source: Hendrycks and Gimpel 2016.</summary>
    public static Tensor Gelu(Tensor x) => Dispatch.Run(OpDefs.Gelu, x);

    /// <summary>eˣ / Σ eˣ along an axis. DType: floats. Source: tf.nn.softmax.</summary>
    public static Tensor Softmax(Tensor x, int axis = -1) =>
        Dispatch.Run(OpDefs.Softmax, Attrs.Of("axis", (long)Axis("softmax", axis, Check.NotNull(x).Rank)), x);

    /// <summary>x − log Σ eˣ along an axis. DType: floats. Source: tf.nn.log_softmax.</summary>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) =>
        Dispatch.Run(OpDefs.LogSoftmax, Attrs.Of("axis", (long)Axis("log_softmax", axis, Check.NotNull(x).Rank)), x);

    /// <summary>
    /// −log softmax(logits)[label], one for each label. Shape: (…, classes), (…) → (…). DType: floats, i32 or i64. Errors: TG2001, TG2002, TG2003,
    /// TG2004 a label out of range. Source: tf.nn.sparse_softmax_cross_entropy_with_logits.
    /// </summary>
    public static Tensor SparseSoftmaxCrossEntropy(Tensor logits, Tensor labels) => Dispatch.Run(OpDefs.SparseSoftmaxCrossEntropy, logits, labels);

    /// <summary>
    /// −Σ targets · log softmax(logits) over the last axis. Shape: (…, classes) twice → (…). DType: floats. Errors: TG2001, TG2002.
    /// Source: tf.nn.softmax_cross_entropy_with_logits.
    /// </summary>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Tensor targets) => Dispatch.Run(OpDefs.SoftmaxCrossEntropy, logits, targets);

    /// <summary>Mean of (a − b)² over all elements, broadcast. DType: floats. Errors: TG2001, TG2002. Source: torch.nn.functional.mse_loss.</summary>
    public static Tensor MeanSquaredError(Tensor a, Tensor b) => Dispatch.Run(OpDefs.MeanSquaredError, a, b);
}
