namespace TensorGraph;

/// <summary>Losses: one number, the mean over the batch. An empty batch is an error, since its mean is not a number.</summary>
public static class Loss
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
    /// −Σ targets · log softmax(logits). Shape: (…, classes) twice → one number. DType: floats. Errors: TG2001 shapes or an empty batch (TG3002 as
    /// above), TG2002 dtypes. Source: tf.nn.softmax_cross_entropy_with_logits.
    /// </summary>
    /// <param name="logits">Scores of the classes, before the softmax.</param>
    /// <param name="targets">Probability of each class.</param>
    public static Tensor SoftmaxCrossEntropy(Tensor logits, Tensor targets) =>
        BatchMean("softmax_cross_entropy", Ops.SoftmaxCrossEntropy(logits, targets));

    /// <summary>
    /// (prediction − target)². Shape: the same twice → one number; nothing is broadcast, since (n, 1) against (n) would compare every prediction
    /// with every target. DType: floats. Errors: TG2001 shapes or an empty batch (TG3002 as above), TG2002 dtypes, TG2003 ranks.
    /// Source: torch.nn.functional.mse_loss.
    /// </summary>
    /// <param name="predictions">What the model says.</param>
    /// <param name="targets">What is right.</param>
    public static Tensor MeanSquaredError(Tensor predictions, Tensor targets)
    {
        const string name = "mean_squared_error";
        if (Check.NotNull(predictions).Rank != Check.NotNull(targets).Rank)
            Throw.Rank(name, $"predictions are {predictions.Type}, targets {targets.Type}", "Reshape one of them: a loss does not broadcast.");
        if (predictions.Shape.InGraph.Zip(targets.Shape.InGraph)
            .Any(pair => pair.First != pair.Second && (pair.First.IsConstant || pair.Second.IsConstant)))
            Throw.Shape(name, $"predictions are {predictions.Type}, targets {targets.Type}", "Reshape one of them: a loss does not broadcast.");
        CheckNotEmpty(name, predictions);
        return Ops.MeanSquaredError(predictions, targets);
    }

    private static Tensor BatchMean(string name, Tensor losses)
    {
        CheckNotEmpty(name, losses);
        return Ops.Mean(losses);
    }

    private static void CheckNotEmpty(string name, Tensor losses)
    {
        if (losses.Shape.InGraph.ElementCount.Is(0))
            Throw.Shape(name, $"the batch is empty: {losses.Type}", "Pass at least one example.");
        for (int axis = 0; axis < losses.Rank; axis++)
        {
            if (!losses.Shape[axis].InGraph.IsConstant)
                Ops.Assert(Ops.Size(losses, axis) > 0, $"{name}: the batch is empty; pass at least one example");
        }
    }
}
