namespace TensorGraph;

/// <summary>
/// Share of the predictions that are right. Shape: scores (…, classes) or classes (…), and labels (…). DType: floats or integers, integers. Source:
/// tf.keras.metrics.SparseCategoricalAccuracy.
/// </summary>
public sealed class Accuracy : PredictionMetric
{
    private readonly Variable _right;
    private readonly Variable _count;

    /// <summary>Starts a metric.</summary>
    /// <param name="name">Name in logs.</param>
    public Accuracy(string name = "accuracy")
        : base(name) => (_right, _count) = (State("right"), State("count"));

    /// <inheritdoc/>
    public override Tensor Value => Ops.DivideNoNan(_right, _count);

    private protected override void Add(Tensor predictions, Tensor labels, Tensor? weights)
    {
        Tensor classes = Classes(predictions, labels), counted = Weighted(Name, labels, weights);
        _right.AssignAdd(Ops.Sum(Ops.Equal(classes, labels.Cast(DType.I64)).Cast(DType.F64) * counted));
        _count.AssignAdd(Ops.Sum(counted));
    }
}

/// <summary>
/// Share of the labels that are among the classes with the k highest scores; of equal scores the first ones. Shape: (…, classes), (…). DType:
/// numbers, integers. A label that is no class counts as wrong. Source: tf.keras.metrics.SparseTopKCategoricalAccuracy.
/// </summary>
public sealed class TopKAccuracy : PredictionMetric
{
    private readonly int _k;
    private readonly Variable _right;
    private readonly Variable _count;

    /// <summary>Starts a metric. Errors: TG2004 k below 1.</summary>
    /// <param name="k">How many classes may be right.</param>
    /// <param name="name">Name in logs; <c>top_5_accuracy</c> for k = 5 when null.</param>
    public TopKAccuracy(int k = 5, string? name = null)
        : base(name ?? $"top_{k}_accuracy")
    {
        _k = Check.AtLeast(1, k, "top_k_accuracy");
        (_right, _count) = (State("right"), State("count"));
    }

    /// <inheritdoc/>
    public override Tensor Value => Ops.DivideNoNan(_right, _count);

    private protected override void Add(Tensor predictions, Tensor labels, Tensor? weights)
    {
        if (predictions.Rank != labels.Rank + 1)
            Throw.Rank(Name, $"the predictions are {predictions.Type}, the labels {labels.Type}", "Pass scores (…, classes) and labels (…).");
        Tensor best = Best(predictions, labels, _k);
        CheckAlike(Name, best[.., 0], labels, "the predictions are");
        Tensor right = Ops.Any(Ops.Equal(best, Ops.ExpandDims(labels.Cast(DType.I64), -1)), [-1]), counted = Weighted(Name, labels, weights);
        _right.AssignAdd(Ops.Sum(right.Cast(DType.F64) * counted));
        _count.AssignAdd(Ops.Sum(counted));
    }
}

/// <summary>
/// Share of the right classes that are among those with the k highest scores, where an example may have several. Shape: scores (…, classes), labels
/// (…, n) with −1 for none. DType: numbers, integers. Each class is given once. Errors: also TG3002 a label that is no class, as it runs. Source:
/// tf.metrics.recall_at_k.
/// </summary>
public sealed class RecallAtK : PredictionMetric
{
    private readonly int _k;
    private readonly Variable _found;
    private readonly Variable _count;

    /// <summary>Starts a metric. Errors: TG2004 k below 1.</summary>
    /// <param name="k">How many classes are looked at.</param>
    /// <param name="name">Name in logs; <c>recall_at_5</c> for k = 5 when null.</param>
    public RecallAtK(int k = 5, string? name = null)
        : base(name ?? $"recall_at_{k}")
    {
        _k = Check.AtLeast(1, k, "recall_at_k");
        (_found, _count) = (State("found"), State("count"));
    }

    /// <inheritdoc/>
    public override Tensor Value => Ops.DivideNoNan(_found, _count);

    private protected override void Add(Tensor predictions, Tensor labels, Tensor? weights)
    {
        if (predictions.Rank != labels.Rank || labels.Rank == 0)
            Throw.Rank(Name, $"the predictions are {predictions.Type}, the labels {labels.Type}", "Pass scores (…, classes) and labels (…, n).");
        Tensor best = Best(predictions, labels, _k), wanted = labels.Cast(DType.I64);
        CheckAlike(Name, best[.., 0], labels[.., 0], "the predictions are");
        Tensor isFound = Ops.Any(Ops.Equal(Ops.ExpandDims(best, -2), Ops.ExpandDims(wanted, -1)), [-1]), isClass = wanted >= 0L;
        Tensor counted = Ops.ExpandDims(Weighted(Name, labels[.., 0], weights), -1) * isClass.Cast(DType.F64);
        long classes = predictions.Shape[predictions.Rank - 1].Value;
        Ops.Assert(Ops.All((counted == 0) | (wanted < classes)), $"{Name}: a label is not from 0 to {classes - 1}, or -1 for none");
        _found.AssignAdd(Ops.Sum(isFound.Cast(DType.F64) * counted));
        _count.AssignAdd(Ops.Sum(counted));
    }
}

/// <summary>
/// How often each class was taken for each: entry (label, prediction) counts examples. Shape: scores (…, classes) or classes (…), and labels (…).
/// DType: floats or integers, integers. Errors: also TG3002 a class out of range, as it runs. Source: tf.math.confusion_matrix.
/// </summary>
public sealed class ConfusionMatrix : PredictionMetric
{
    private readonly int _classes;
    private readonly Variable _counts;

    /// <summary>Starts a metric. Errors: TG2004 fewer than one class.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="name">Name in logs.</param>
    public ConfusionMatrix(int classes, string name = "confusion_matrix")
        : base(name)
    {
        _classes = Check.AtLeast(1, classes, "confusion_matrix");
        _counts = State("counts", new Shape((long)classes * classes));
    }

    /// <summary>(classes, classes), f64.</summary>
    public override Tensor Value => Ops.Reshape(_counts, _classes, _classes);

    private protected override void Add(Tensor predictions, Tensor labels, Tensor? weights)
    {
        Tensor counted = Weighted(Name, labels, weights);
        Tensor classes = Counting(Classes(predictions, labels), counted, weights), right = Counting(labels.Cast(DType.I64), counted, weights);
        Ops.Assert(Ops.All((right >= 0) & (right < _classes) & (classes < _classes)), $"{Name}: a class is not from 0 to {_classes - 1}");
        Tensor places = Ops.Reshape((right * _classes) + classes, -1);
        _counts.Assign(Ops.ScatterAdd(_counts, places, Ops.Reshape(counted, -1)));
    }
}
