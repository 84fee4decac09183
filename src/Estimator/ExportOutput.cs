namespace TensorGraph;

/// <summary>The outputs of a signature of an exported model. Source: tf.estimator.export.ExportOutput.</summary>
public sealed class ExportOutput
{
    private ExportOutput(SignatureMethod method, Prediction outputs) => (Method, Outputs) = (method, outputs);

    /// <summary>The task.</summary>
    public SignatureMethod Method { get; }

    /// <summary>The tensors by name.</summary>
    public Prediction Outputs { get; }

    /// <summary>Any tensors. Errors: TG1002 null.</summary>
    /// <param name="outputs">A tensor, <c>output</c>, or tensors by name.</param>
    public static ExportOutput Predict(Prediction outputs) => new(
        SignatureMethod.Predict, Throw.IfNull(outputs).IsSingle ? Prediction.Of([new("output", outputs.Value)]) : outputs);

    /// <summary>Scores of classes, and the classes. Errors: TG1002 null.</summary>
    /// <param name="scores">(batch, classes).</param>
    /// <param name="classes">(batch, classes) or (batch); null for none.</param>
    public static ExportOutput Classification(Tensor scores, Tensor? classes = null) => new(SignatureMethod.Classify, Prediction.Of(
        classes is null ? [new("scores", Throw.IfNull(scores))] : new KeyValuePair<string, Tensor>[] { new("scores", Throw.IfNull(scores)), new("classes", classes) }));

    /// <summary>Numbers. Errors: TG1002 null.</summary>
    /// <param name="value">(batch) or (batch, 1).</param>
    public static ExportOutput Regression(Tensor value) => new(SignatureMethod.Regress, Prediction.Of([new("outputs", Throw.IfNull(value))]));
}
