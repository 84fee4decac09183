namespace TensorGraph;

/// <summary>
/// A number about all batches since the last <see cref="Reset"/>, exact also where the last batch is smaller: sums and counts are kept in variables, in
/// f64, so it works the same imperatively and in a graph. Source: tf.keras.metrics.Metric.
/// </summary>
public abstract class Metric
{
    private readonly List<(Variable Variable, Tensor Start)> _state = [];

    /// <summary>Starts a metric. Errors: TG1002 null.</summary>
    /// <param name="name">Name in logs.</param>
    protected Metric(string name) => Name = Check.NotNull(name);

    /// <summary>Name in logs.</summary>
    public string Name { get; }

    /// <summary>The state of what it has seen so far.</summary>
    public IReadOnlyList<Variable> Variables => [.. _state.Select(state => state.Variable)];

    /// <summary>The metric of all that it has seen; 0 before the first batch.</summary>
    public abstract Tensor Value { get; }

    /// <summary>Forgets what it has seen.</summary>
    public void Reset()
    {
        foreach (var (variable, start) in _state)
            variable.Assign(start);
    }

    /// <summary>A variable of zeros that <see cref="Reset"/> sets back.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="shape">Sizes; a scalar for <c>default</c>.</param>
    protected Variable State(string name, Shape shape = default)
    {
        Tensor start = Tensor.From(Literal.Zeros(new(DType.F64, shape)));
        var variable = new Variable(start, $"{Name}/{name}", trainable: false);
        _state.Add((variable, start));
        return variable;
    }
}

/// <summary>Mean of numbers. Source: tf.keras.metrics.Mean.</summary>
public sealed class MeanMetric : Metric
{
    private readonly Variable _sum;
    private readonly Variable _count;

    /// <summary>Starts a mean.</summary>
    /// <param name="name">Name in logs.</param>
    public MeanMetric(string name = "mean")
        : base(name) => (_sum, _count) = (State("sum"), State("count"));

    /// <inheritdoc/>
    public override Tensor Value => Ops.DivideNoNan(_sum, _count);

    /// <summary>Adds numbers. Errors: TG1002 null, TG2001 weights of another shape, TG2002 dtypes.</summary>
    /// <param name="values">Numbers of any shape.</param>
    /// <param name="weights">How much each counts, of the same shape or a scalar; null for 1. What has weight 0 may be NaN.</param>
    /// <returns>The mean with them.</returns>
    public Tensor Update(Tensor values, Tensor? weights = null)
    {
        Tensor numbers = Weights(Name, values), counted = PredictionMetric.Weighted(Name, numbers, weights);
        numbers = PredictionMetric.Counting(numbers, counted, weights);
        _sum.AssignAdd(Ops.Sum(numbers * counted));
        _count.AssignAdd(Ops.Sum(counted));
        return Value;
    }

    private static Tensor Weights(string name, Tensor values)
    {
        if (!Check.NotNull(values).DType.IsNumber() && values.DType != DType.Bool)
            Throw.DType(name, $"got {values.Type}", "Pass numbers.");
        return values.Cast(DType.F64);
    }
}

/// <summary>A metric of predictions and labels.</summary>
public abstract class PredictionMetric : Metric
{
    private protected PredictionMetric(string name)
        : base(name)
    {
    }

    /// <summary>Adds a batch. Errors: TG1002 null, TG2001 shapes, TG2002 dtypes, TG2003 ranks; see the metric.</summary>
    /// <param name="predictions">What a model gives.</param>
    /// <param name="labels">What is right.</param>
    /// <param name="weights">
    /// How much each example counts, of the shape of the labels or a scalar; null for 1. An example of weight 0 may have any prediction and label.
    /// </param>
    /// <returns>The metric with the batch.</returns>
    public Tensor Update(Tensor predictions, Tensor labels, Tensor? weights = null)
    {
        Add(Check.NotNull(predictions), Check.NotNull(labels), weights);
        return Value;
    }

    private protected abstract void Add(Tensor predictions, Tensor labels, Tensor? weights);

    /// <summary>Weights in f64 of the shape of <paramref name="like"/>.</summary>
    internal static Tensor Weighted(string name, Tensor like, Tensor? weights)
    {
        if (weights is null)
            return Ops.OnesLike(like).Cast(DType.F64);
        if (weights.Rank != 0)
            CheckAlike(name, weights, like, "the weights are");
        if (!weights.DType.IsNumber() && weights.DType != DType.Bool)
            Throw.DType(name, $"the weights are {weights.Type}", "Pass numbers.");
        return Ops.BroadcastTo(weights.Cast(DType.F64), like.Shape);
    }

    /// <summary>Zeros in place of what has weight 0, which may be NaN or no class.</summary>
    internal static Tensor Counting(Tensor x, Tensor counted, Tensor? weights) => weights is null ? x : Ops.Where(counted != 0, x, Ops.ZerosLike(x));

    /// <summary>The classes with the k highest scores, for labels that are numbers of classes.</summary>
    private protected Tensor Best(Tensor scores, Tensor labels, int k)
    {
        if (!labels.DType.IsInteger())
            Throw.DType(Name, $"the labels are {labels.Type}", "Pass integers.");
        long classes = scores.Shape[scores.Rank - 1].Value;
        return Ops.TopK(scores, (int)Math.Min(k, classes)).Positions.Cast(DType.I64);
    }

    /// <summary>The class with the highest score where predictions have one more axis than labels.</summary>
    private protected Tensor Classes(Tensor predictions, Tensor labels)
    {
        if (predictions.Rank == labels.Rank + 1)
            predictions = predictions.ArgMax();
        CheckAlike(Name, predictions, labels, "the predictions are");
        if (!predictions.DType.IsInteger() || !labels.DType.IsInteger())
            Throw.DType(Name, $"the predictions are {predictions.Type}, the labels {labels.Type}", "Pass scores of the classes, or integers.");
        return predictions.Cast(DType.I64);
    }

    private protected static void CheckAlike(string name, Tensor a, Tensor b, string what)
    {
        if (a.Rank != b.Rank)
            Throw.Rank(name, $"{what} {a.Type}, the labels {b.Type}", "Reshape one of them: a metric does not broadcast.");
        Check.SameShape(name, a, b, what, "the labels", "Reshape one of them: a metric does not broadcast.");
    }
}
