namespace TensorGraph;

/// <summary>
/// A metric of yes and no. Shape: the same twice. DType: floats or bool; a prediction means yes when it is above the threshold, a label when it is
/// not 0.
/// </summary>
public abstract class BinaryMetric : PredictionMetric
{
    private readonly double _threshold;
    private readonly Variable _truePositives;
    private readonly Variable _falsePositives;
    private readonly Variable _falseNegatives;

    private protected BinaryMetric(string name, double threshold)
        : base(name)
    {
        Check.Range(double.IsFinite(threshold), name, nameof(threshold), threshold, "a number");
        _threshold = threshold;
        (_truePositives, _falsePositives, _falseNegatives) = (State("true_positives"), State("false_positives"), State("false_negatives"));
    }

    private protected Tensor TruePositives => _truePositives;

    private protected Tensor FalsePositives => _falsePositives;

    private protected Tensor FalseNegatives => _falseNegatives;

    private protected override void Add(Tensor predictions, Tensor labels, Tensor? weights)
    {
        CheckAlike(Name, predictions, labels, "the predictions are");
        Tensor says = Score(Name, predictions) > _threshold, isSo = Score(Name, labels) != 0, counted = Weighted(Name, labels, weights);
        _truePositives.AssignAdd(Count(says & isSo));
        _falsePositives.AssignAdd(Count(says & !isSo));
        _falseNegatives.AssignAdd(Count(!says & isSo));

        Tensor Count(Tensor which) => Ops.Sum(which.Cast(DType.F64) * counted);
    }

    /// <summary>Numbers or bools in f64.</summary>
    internal static Tensor Score(string name, Tensor x)
    {
        if (!x.DType.IsNumber() && x.DType != DType.Bool)
            Throw.DType(name, $"got {x.Type}", "Pass numbers or bool.");
        return x.Cast(DType.F64);
    }
}

/// <summary>Share of what was said to be so that is so. The rest as <see cref="BinaryMetric"/>. Source: tf.keras.metrics.Precision.</summary>
/// <param name="threshold">Above it a prediction means yes.</param>
/// <param name="name">Name in logs.</param>
public sealed class Precision(double threshold = 0.5, string name = "precision") : BinaryMetric(name, threshold)
{
    /// <inheritdoc/>
    public override Tensor Value => Ops.DivideNoNan(TruePositives, TruePositives + FalsePositives);
}

/// <summary>Share of what is so that was said to be so. The rest as <see cref="BinaryMetric"/>. Source: tf.keras.metrics.Recall.</summary>
/// <param name="threshold">Above it a prediction means yes.</param>
/// <param name="name">Name in logs.</param>
public sealed class Recall(double threshold = 0.5, string name = "recall") : BinaryMetric(name, threshold)
{
    /// <inheritdoc/>
    public override Tensor Value => Ops.DivideNoNan(TruePositives, TruePositives + FalseNegatives);
}

/// <summary>Harmonic mean of precision and recall. The rest as <see cref="BinaryMetric"/>. Source: tf.keras.metrics.F1Score.</summary>
/// <param name="threshold">Above it a prediction means yes.</param>
/// <param name="name">Name in logs.</param>
public sealed class F1Score(double threshold = 0.5, string name = "f1_score") : BinaryMetric(name, threshold)
{
    /// <inheritdoc/>
    public override Tensor Value => Ops.DivideNoNan(TruePositives * 2, (TruePositives * 2) + FalsePositives + FalseNegatives);
}

/// <summary>
/// Area under the curve of true against false positives, by trapezoids between thresholds at equal distances: exact when scores are multiples of
/// these. Shape: the same twice. DType: scores in 0…1; a label means yes when it is not 0. Errors: also TG3002 a score outside of 0…1, such as a
/// logit or NaN, as it runs. Source: tf.keras.metrics.AUC.
/// </summary>
public sealed class Auc : PredictionMetric
{
    // A little outside of 0 and 1, so that all scores are above the first one and none above the last.
    private const double Beyond = 1e-7;

    private readonly Tensor _thresholds;
    private readonly Variable _truePositives;
    private readonly Variable _falsePositives;
    private readonly Variable _positives;
    private readonly Variable _negatives;

    /// <summary>Starts a metric. Errors: TG2004 fewer than two thresholds.</summary>
    /// <param name="thresholds">How many thresholds.</param>
    /// <param name="name">Name in logs.</param>
    public Auc(int thresholds = 200, string name = "auc")
        : base(name)
    {
        const int Most = 1_000_000;
        Check.AtLeast(2, thresholds, "auc");
        Check.Range(thresholds <= Most, "auc", nameof(thresholds), thresholds, $"at most {Most}");
        _thresholds = Enumerable.Range(0, thresholds)
            .Select(i => i == 0 ? -Beyond : i == thresholds - 1 ? 1 + Beyond : (double)i / (thresholds - 1)).ToArray();
        (_truePositives, _falsePositives) = (State("true_positives", new Shape(thresholds)), State("false_positives", new Shape(thresholds)));
        (_positives, _negatives) = (State("positives"), State("negatives"));
    }

    /// <inheritdoc/>
    public override Tensor Value
    {
        get
        {
            Tensor height = Ops.DivideNoNan(_truePositives, _positives), place = Ops.DivideNoNan(_falsePositives, _negatives);
            return Ops.Sum((place[..^1] - place[1..]) * (height[..^1] + height[1..]) / 2);
        }
    }

    private protected override void Add(Tensor predictions, Tensor labels, Tensor? weights)
    {
        CheckAlike(Name, predictions, labels, "the predictions are");
        Tensor scores = Ops.Reshape(BinaryMetric.Score(Name, predictions), -1);
        Tensor counted = Ops.Reshape(Weighted(Name, labels, weights), -1);
        scores = Counting(scores, counted, weights);
        Ops.Assert(Ops.All((scores >= 0) & (scores <= 1)), $"{Name}: a score is not from 0 to 1; of logits take the sigmoid");
        Tensor isSo = Ops.Reshape(BinaryMetric.Score(Name, labels) != 0, -1).Cast(DType.F64);
        Tensor above = (Ops.ExpandDims(scores, -1) > _thresholds).Cast(DType.F64);
        _truePositives.AssignAdd(Ops.Sum(above * Ops.ExpandDims(isSo * counted, -1), [0]));
        _falsePositives.AssignAdd(Ops.Sum(above * Ops.ExpandDims((1 - isSo) * counted, -1), [0]));
        _positives.AssignAdd(Ops.Sum(isSo * counted));
        _negatives.AssignAdd(Ops.Sum((1 - isSo) * counted));
    }
}
