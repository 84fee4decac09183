namespace TensorGraph;

/// <summary>
/// The result of a model function. Each mode needs its own part, other parts may be there: one model function may fill all in every mode. Source:
/// tf.estimator.EstimatorSpec.
/// </summary>
public sealed record EstimatorSpec
{
    /// <summary>
    /// Puts together what a mode needs. Errors: TG1017 when a part that the mode needs is missing, or the loss is not one number; TG1002 a hook or
    /// metric that is null.
    /// </summary>
    /// <param name="mode">What the model function was called for.</param>
    /// <param name="loss">One number, also of shape [1]; for training and evaluation.</param>
    /// <param name="trainOp">The step; for training.</param>
    /// <param name="evalMetrics">Metrics by name; the model function has called <c>Update</c> of each.</param>
    /// <param name="predictions">A tensor, or tensors by name; for prediction.</param>
    /// <param name="exportOutputs">Signatures of an exported model; <paramref name="predictions"/> as <c>serving_default</c> when null.</param>
    /// <param name="trainingHooks">Hooks of each training, after all others.</param>
    /// <param name="evaluationHooks">Hooks of each evaluation.</param>
    /// <param name="predictionHooks">Hooks of each prediction.</param>
    public EstimatorSpec(
        EstimatorMode mode, Tensor? loss = null, TrainOp? trainOp = null, IReadOnlyDictionary<string, Metric>? evalMetrics = null,
        Prediction? predictions = null, IReadOnlyDictionary<string, ExportOutput>? exportOutputs = null,
        IReadOnlyList<EstimatorHook>? trainingHooks = null, IReadOnlyList<EstimatorHook>? evaluationHooks = null,
        IReadOnlyList<EstimatorHook>? predictionHooks = null)
    {
        Mode = mode;
        TrainOp = trainOp;
        Loss = SpecParts.Loss(loss);
        EvalMetrics = evalMetrics ?? new Dictionary<string, Metric>();
        Predictions = predictions;
        ExportOutputs = exportOutputs;
        (TrainingHooks, EvaluationHooks, PredictionHooks) = (trainingHooks ?? [], evaluationHooks ?? [], predictionHooks ?? []);
        SpecParts.CheckComplete(this);
    }

    /// <summary>The purpose. It can't be changed.</summary>
    public EstimatorMode Mode { get; }

    /// <summary>The loss, one number.</summary>
    public Tensor? Loss { get; }

    /// <summary>
    /// How much the loss of this batch counts in an evaluation, one number: for a mean over weighted examples the sum of their weights. Null for the
    /// number of examples, so that a smaller last batch counts less. A loss of weight 0 does not count, be it NaN.
    /// </summary>
    public Tensor? LossWeight { get; init; }

    /// <summary>The step.</summary>
    public TrainOp? TrainOp { get; }

    /// <summary>Metrics by name.</summary>
    public IReadOnlyDictionary<string, Metric> EvalMetrics { get; }

    /// <summary>The predictions.</summary>
    public Prediction? Predictions { get; }

    /// <summary>Signatures of an exported model.</summary>
    public IReadOnlyDictionary<string, ExportOutput>? ExportOutputs { get; }

    /// <summary>Numbers that training writes as curves for TensorBoard, beside <c>loss</c>, or in its place where one is called so.</summary>
    public IReadOnlyDictionary<string, Tensor> Summaries { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>
    /// Tensors that hooks may ask for by name, beside <c>loss</c>, <c>global_step</c> and the summaries; of two of one name they get the watched one.
    /// Errors, as the model function is traced: TG1017 one that is called <c>loss</c> or <c>global_step</c>.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> Watched { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Hooks of each training.</summary>
    public IReadOnlyList<EstimatorHook> TrainingHooks { get; }

    /// <summary>Hooks of each evaluation.</summary>
    public IReadOnlyList<EstimatorHook> EvaluationHooks { get; }

    /// <summary>Hooks of each prediction.</summary>
    public IReadOnlyList<EstimatorHook> PredictionHooks { get; }
}
