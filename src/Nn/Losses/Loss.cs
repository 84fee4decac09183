namespace TensorGraph;

/// <summary>
/// Losses: one number, the mean over the batch. Nothing is broadcast, since (n, 1) against (n) would compare every prediction with every target. An
/// empty batch is an error, since its mean is not a number. Each has a form with two arguments, which a method group gives.
/// </summary>
public static partial class Loss
{
    /// <summary>
    /// (prediction − target)². Shape: the same twice → one number. DType: floats. Errors: TG2001 shapes or an empty batch (TG3002 when its size is
    /// only known as the graph runs), TG2002 dtypes, TG2003 ranks. Source: torch.nn.functional.mse_loss.
    /// </summary>
    /// <param name="predictions">What the model says.</param>
    /// <param name="targets">What is right.</param>
    public static Tensor MeanSquaredError(Tensor predictions, Tensor targets)
    {
        CheckPair("mean_squared_error", predictions, targets);
        return Ops.MeanSquaredError(predictions, targets);
    }

    /// <summary>
    /// |prediction − target|. Shape, DType, Errors: as <see cref="MeanSquaredError"/>. Gradient: 0 where both are equal. Source:
    /// torch.nn.functional.l1_loss.
    /// </summary>
    /// <param name="predictions">What the model says.</param>
    /// <param name="targets">What is right.</param>
    public static Tensor MeanAbsoluteError(Tensor predictions, Tensor targets)
    {
        CheckPair("mean_absolute_error", predictions, targets);
        return Ops.Mean(Ops.Abs(predictions - targets));
    }

    /// <summary>½d² where |d| ≤ 1, else |d| − ½, with d = prediction − target. Shape, DType, Errors: as <see cref="MeanSquaredError"/>. Source: Huber
    /// 1964, torch.nn.functional.huber_loss.</summary>
    /// <param name="predictions">What the model says.</param>
    /// <param name="targets">What is right.</param>
    public static Tensor Huber(Tensor predictions, Tensor targets) => Huber(predictions, targets, 1);

    /// <summary>½d² where |d| ≤ delta, else delta·(|d| − ½delta). Errors: also TG2004 a delta that is not above 0.</summary>
    /// <param name="predictions">What the model says.</param>
    /// <param name="targets">What is right.</param>
    /// <param name="delta">Where the parabola becomes a line.</param>
    public static Tensor Huber(Tensor predictions, Tensor targets, double delta)
    {
        Check.Range(delta > 0 && double.IsFinite(delta), "huber", nameof(delta), delta, "above 0");
        CheckPair("huber", predictions, targets);
        Tensor distance = predictions - targets, near = Ops.Clip(distance, -delta, delta);
        return Ops.Mean(near * (distance - (0.5 * near)));
    }

    /// <summary>
    /// Σ target · (log target − log prediction) over the last axis, for probabilities. A target of 0 adds 0. Shape, DType, Errors: as
    /// <see cref="MeanSquaredError"/>, TG2003 also for scalars. Source: Kullback and Leibler 1951; torch.nn.functional.kl_div with
    /// reduction='batchmean'.
    /// </summary>
    /// <param name="logPredictions">Logarithms of probabilities, as <c>Ops.LogSoftmax</c> gives.</param>
    /// <param name="targets">Probabilities.</param>
    public static Tensor KullbackLeibler(Tensor logPredictions, Tensor targets)
    {
        CheckPair("kullback_leibler", logPredictions, targets);
        CheckAxis("kullback_leibler", logPredictions);
        Tensor isPositive = targets > 0;
        Tensor entropy = Ops.Where(isPositive, targets * Ops.Log(Ops.Where(isPositive, targets, 1.0)), 0.0);
        Tensor crossEntropy = targets * Ops.Where(isPositive, logPredictions, 0.0);
        return Ops.Mean(Ops.Sum(entropy - crossEntropy, [-1]));
    }

    /// <summary>max(0, 1 − label·prediction), for labels −1 and 1. Shape, DType, Errors: as <see cref="MeanSquaredError"/>. Source:
    /// tf.keras.losses.Hinge.</summary>
    /// <param name="predictions">Scores.</param>
    /// <param name="labels">−1 or 1.</param>
    public static Tensor Hinge(Tensor predictions, Tensor labels)
    {
        CheckPair("hinge", predictions, labels);
        return Ops.Mean(Ops.Relu(1 - (labels * predictions)));
    }

    /// <summary>
    /// 1 − cosine of the angle between predictions and targets, vectors along the last axis. Shape, DType, Errors: as <see cref="MeanSquaredError"/>,
    /// TG2003 also for scalars. Source: torch.nn.functional.cosine_embedding_loss.
    /// </summary>
    /// <param name="predictions">What the model says.</param>
    /// <param name="targets">What is right.</param>
    public static Tensor Cosine(Tensor predictions, Tensor targets)
    {
        // Of a vector of zeros the cosine is 0.
        const double Least = 1e-12;
        CheckPair("cosine", predictions, targets);
        CheckAxis("cosine", predictions);
        Tensor product = Ops.Sum(predictions * targets, [-1]);
        Tensor squares = (Ops.Sum(predictions * predictions, [-1]) + Least) * (Ops.Sum(targets * targets, [-1]) + Least);
        return Ops.Mean(1 - (product * Ops.Rsqrt(squares)));
    }

    private static void CheckPair(string name, Tensor predictions, Tensor targets)
    {
        if (Check.NotNull(predictions).Rank != Check.NotNull(targets).Rank)
            Throw.Rank(name, $"predictions are {predictions.Type}, targets {targets.Type}", "Reshape one of them: a loss does not broadcast.");
        Check.SameShape(name, predictions, targets, "predictions are", "targets", "Reshape one of them: a loss does not broadcast.");
        Check.Float(name, predictions);
        CheckNotEmpty(name, predictions);
    }

    private static void CheckAxis(string name, Tensor x)
    {
        if (x.Rank == 0)
            Throw.Rank(name, $"got {x.Type}", "The last axis counts the classes or features.");
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
