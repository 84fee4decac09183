namespace TensorGraph;

/// <content>Losses of classes.</content>
public static partial class Loss
{
    /// <summary>
    /// −log softmax(logits)[label]. Shape: (…, classes), (…) → one number. DType: floats, i32 or i64. Errors: TG2001 shapes or an empty batch
    /// (TG3002 when its size is only known as the graph runs), TG2002 dtypes, TG2003 ranks, TG2004 a label out of range, as it runs.
    /// Source: tf.nn.sparse_softmax_cross_entropy_with_logits, torch.nn.functional.cross_entropy.
    /// </summary>
    /// <param name="logits">Scores of the classes, before the softmax.</param>
    /// <param name="labels">Number of the right class.</param>
    public static Tensor SparseSoftmaxCrossEntropy(Tensor logits, Tensor labels) =>
        BatchMean("sparse_softmax_cross_entropy", Ops.SparseSoftmaxCrossEntropy(logits, labels));

    /// <summary>
    /// The same with weights of the classes (the mean is divided by the weights of the labels), smoothed labels, and labels that do not count. 0 when
    /// none counts. Errors: as above; TG2001 weights of another shape, TG2004 smoothing outside of [0, 1). Source: torch.nn.functional.cross_entropy.
    /// </summary>
    /// <param name="logits">Scores of the classes, before the softmax.</param>
    /// <param name="labels">Number of the right class.</param>
    /// <param name="classWeights">One weight for each class; null for 1.</param>
    /// <param name="labelSmoothing">Share of the target that is spread over all classes.</param>
    /// <param name="ignoredLabel">A label that does not count, such as −100; null for none.</param>
    public static Tensor SparseSoftmaxCrossEntropy(
        Tensor logits, Tensor labels, Tensor? classWeights = null, double labelSmoothing = 0, long? ignoredLabel = null)
    {
        const string name = "sparse_softmax_cross_entropy";
        Check.Range(labelSmoothing is >= 0 and < 1, name, nameof(labelSmoothing), labelSmoothing, "in [0, 1)");
        Check.Float(name, Check.NotNull(logits));
        CheckAxis(name, logits);
        CheckWeights(name, classWeights, logits);
        CheckNotEmpty(name, Check.NotNull(labels));
        if (!labels.DType.IsInteger())
            Throw.DType(name, $"the labels are {labels.Type}", "Pass i32 or i64.");
        Tensor counts = ignoredLabel is { } ignored ? labels != ignored : Ops.Equal(labels, labels);
        Tensor certain = Ops.Where(counts, labels, 0L);
        Tensor weights = Ops.Where(counts, classWeights is null ? Ops.OnesLike(certain).Cast(logits.DType) : Ops.Gather(classWeights, certain), 0.0);
        // What a row that does not count holds must not come through as 0 · ∞.
        if (ignoredLabel is not null)
            logits = Ops.Where(Ops.ExpandDims(counts, -1), logits, 0.0);
        Tensor losses = Ops.SparseSoftmaxCrossEntropy(logits, certain) * weights;
        if (labelSmoothing > 0)
        {
            Tensor spread = Ops.Sum(Weighted(Ops.LogSoftmax(logits), classWeights), [-1]) * (-labelSmoothing / logits.Shape[logits.Rank - 1].Value);
            losses = ((1 - labelSmoothing) * losses) + Ops.Where(counts, spread, 0.0);
        }

        return Ops.DivideNoNan(Ops.Sum(losses), Ops.Sum(weights));
    }

    /// <summary>
    /// −Σ targets · log softmax(logits). Shape: (…, classes) twice → one number. DType: floats. Errors: TG2001 shapes or an empty batch (TG3002 as
    /// above), TG2002 dtypes. Source: tf.nn.softmax_cross_entropy_with_logits.
    /// </summary>
    /// <param name="logits">Scores of the classes, before the softmax.</param>
    /// <param name="targets">Probability of each class.</param>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Tensor targets) =>
        BatchMean("softmax_cross_entropy", Ops.SoftmaxCrossEntropy(logits, targets));

    /// <summary>
    /// The same with weights of the classes and smoothed targets. Errors: as above; TG2001 weights of another shape, TG2004 smoothing outside of
    /// [0, 1). Source: torch.nn.functional.cross_entropy with probabilities.
    /// </summary>
    /// <param name="logits">Scores of the classes, before the softmax.</param>
    /// <param name="targets">Probability of each class.</param>
    /// <param name="classWeights">One weight for each class; null for 1.</param>
    /// <param name="labelSmoothing">Share of the targets that is spread over all classes.</param>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Tensor targets, Tensor? classWeights = null, double labelSmoothing = 0)
    {
        const string name = "softmax_cross_entropy";
        Check.Range(labelSmoothing is >= 0 and < 1, name, nameof(labelSmoothing), labelSmoothing, "in [0, 1)");
        CheckPair(name, logits, targets);
        CheckAxis(name, logits);
        CheckWeights(name, classWeights, logits);
        Tensor smooth = (targets * (1 - labelSmoothing)) + (labelSmoothing / logits.Shape[logits.Rank - 1].Value);
        return Ops.Mean(-Ops.Sum(Weighted(smooth * Ops.LogSoftmax(logits), classWeights), [-1]));
    }

    /// <summary>
    /// −target·log σ(logit) − (1 − target)·log(1 − σ(logit)), of each element. Shape: the same twice → one number. DType: floats. Errors: TG2001
    /// shapes or an empty batch (TG3002 as above), TG2002 dtypes, TG2003 ranks. Source: tf.nn.sigmoid_cross_entropy_with_logits,
    /// torch.nn.functional.binary_cross_entropy_with_logits.
    /// </summary>
    /// <param name="logits">Scores, before the sigmoid.</param>
    /// <param name="targets">Probability of each.</param>
    public static Tensor SigmoidCrossEntropy(Tensor logits, Tensor targets)
    {
        CheckPair("sigmoid_cross_entropy", logits, targets);
        return Ops.Mean(Ops.SigmoidCrossEntropy(logits, targets));
    }

    /// <summary>
    /// The same with a weight of what is true and smoothed targets. Errors: as above; TG2004 smoothing outside of [0, 1), or a weight that is not
    /// above 0. Source: pos_weight of torch.nn.functional.binary_cross_entropy_with_logits.
    /// </summary>
    /// <param name="logits">Scores, before the sigmoid.</param>
    /// <param name="targets">Probability of each.</param>
    /// <param name="positiveWeight">Factor of the first term.</param>
    /// <param name="labelSmoothing">Share of the targets that becomes ½.</param>
    public static Tensor SigmoidCrossEntropy(Tensor logits, Tensor targets, double positiveWeight = 1, double labelSmoothing = 0)
    {
        const string name = "sigmoid_cross_entropy";
        Check.Range(positiveWeight > 0 && double.IsFinite(positiveWeight), name, nameof(positiveWeight), positiveWeight, "above 0");
        Check.Range(labelSmoothing is >= 0 and < 1, name, nameof(labelSmoothing), labelSmoothing, "in [0, 1)");
        CheckPair(name, logits, targets);
        Tensor smooth = (targets * (1 - labelSmoothing)) + (labelSmoothing / 2);
        return Ops.Mean((Ops.Softplus(-logits) * smooth * positiveWeight) + (Ops.Softplus(logits) * (1 - smooth)));
    }

    private static Tensor Weighted(Tensor x, Tensor? classWeights) => classWeights is null ? x : x * classWeights;

    private static void CheckWeights(string name, Tensor? classWeights, Tensor logits)
    {
        if (classWeights is null)
            return;
        Dim classes = logits.Shape[logits.Rank - 1];
        if (classWeights.Rank != 1 || classWeights.Shape[0] != classes)
            Throw.Shape(name, $"the class weights are {classWeights.Type}, the logits {logits.Type}", $"Pass {classes} weights.");
    }
}
