namespace TensorGraph;

/// <summary>The purpose that a model function is called for. Source: tf.estimator.ModeKeys.</summary>
public enum EstimatorMode
{
    /// <summary>Training: needs a loss and a <see cref="TrainOp"/>.</summary>
    Train,
    /// <summary>Evaluation: needs a loss.</summary>
    Evaluate,
    /// <summary>Prediction and export: needs predictions. There are no labels.</summary>
    Predict,
}

/// <summary>
/// Describes a model: called once per mode and signature, while a graph is traced. Modules, optimisers and metrics live in the object whose method it
/// is, in variables that it captures, or in the parameters. Source: model_fn of tf.estimator.Estimator.
/// </summary>
/// <typeparam name="TFeatures">A tensor, or a tuple, record, array or dictionary of tensors.</typeparam>
/// <typeparam name="TLabels">The same for labels.</typeparam>
/// <param name="features">Features of a batch.</param>
/// <param name="labels">Labels of a batch; <c>default</c> in <see cref="EstimatorMode.Predict"/>.</param>
/// <param name="mode">The purpose.</param>
/// <param name="parameters">The object that the estimator was given.</param>
public delegate EstimatorSpec ModelFunction<in TFeatures, in TLabels>(TFeatures features, TLabels labels, EstimatorMode mode, object? parameters);
