using System.Diagnostics.CodeAnalysis;

namespace TensorGraph;

/// <summary>The parts of a spec that a mode needs, and the signatures of an export.</summary>
internal static class SpecParts
{
    public const string DefaultSignature = "serving_default";

    private const string Where = "estimator_spec";

    /// <summary>The loss without axes.</summary>
    public static Tensor? Loss(Tensor? loss)
    {
        if (loss is null or { Rank: 0 })
            return loss;
        if (loss.Rank != 1 || loss.Shape[0] != 1)
            Misuse.Raise(Where, $"the loss is {loss.Type}; loss must be scalar", "Take the mean or the sum over the examples.");
        return Ops.Reshape(loss, []);
    }

    /// <summary>A number that a spec gives beside the loss, without axes.</summary>
    public static Tensor OneNumber(string what, Tensor value, string remedy)
    {
        if (value.Rank != 0 && !(value.Rank == 1 && value.Shape[0] == 1))
            Misuse.Raise(Where, $"{what} is {value.Type}, and must be one number", remedy);
        return value.Rank == 0 ? value : Ops.Reshape(value, []);
    }

    /// <summary>TG1017 for tensors that hooks could not ask for.</summary>
    public static void CheckWatched(EstimatorSpec spec)
    {
        foreach (string name in spec.Watched.Keys)
        {
            if (name is ModelLayout.Loss or ModelLayout.GlobalStep)
                Misuse.Raise(Where, $"a watched tensor is called '{name}', which hooks get from the estimator itself", "Give it another name.");
        }
    }

    public static void CheckComplete(EstimatorSpec spec)
    {
        if (!Enum.IsDefined(spec.Mode))
            Misuse.Raise(Where, $"the mode is {(int)spec.Mode}", "Pass on the mode that the model function was given.");
        if (spec.Mode == EstimatorMode.Train && spec.TrainOp is null)
            Missing("train_op", spec.Mode, "a trainOp, such as TrainOp.Minimize(optimizer, loss)");
        if (spec.Mode != EstimatorMode.Predict && spec.Loss is null)
            Missing("loss", spec.Mode, "a loss");
        if (spec.Mode == EstimatorMode.Predict && spec.Predictions is null)
            Missing("predictions", spec.Mode, "predictions");
        if (spec.Loss is { } loss && !loss.DType.IsFloat())
            Misuse.Raise(Where, $"the loss is {loss.Type}", "It must have floats: cast it.");
        foreach (var (name, metric) in spec.EvalMetrics)
        {
            Throw.IfNull(metric, name);
            if (name is "loss" or "global_step")
                Misuse.Raise(Where, $"a metric is called '{name}', which the estimator writes itself", "Give it another name.");
        }

        foreach (var hook in spec.TrainingHooks.Concat(spec.EvaluationHooks).Concat(spec.PredictionHooks))
            Throw.IfNull(hook);
        if (spec.Mode == EstimatorMode.Predict)
            Signatures(spec);
    }

    /// <summary>The signatures, with the one that servers take when a request names none.</summary>
    public static IReadOnlyDictionary<string, ExportOutput> Signatures(EstimatorSpec spec)
    {
        if (spec.ExportOutputs is not { } given)
            return new Dictionary<string, ExportOutput> { [DefaultSignature] = ExportOutput.Predict(spec.Predictions!) };
        foreach (var (name, output) in given)
            Throw.IfNull(output, name);
        if (given.ContainsKey(DefaultSignature))
            return given;
        if (given.Count != 1)
        {
            Misuse.Raise(Where, $"the export outputs are {(given.Count == 0 ? "empty" : string.Join(", ", given.Keys))}; none is called '{DefaultSignature}'",
                $"Call one of them '{DefaultSignature}', or leave exportOutputs out.");
        }

        var only = given.First();
        return new OrderedDictionary<string, ExportOutput>(StringComparer.Ordinal) { [only.Key] = only.Value, [DefaultSignature] = only.Value };
    }

    [DoesNotReturn]
    private static void Missing(string part, EstimatorMode mode, string remedy) =>
        Misuse.Raise(Where, $"Missing {part} for mode {mode}", $"The model function must give {remedy}.");
}
