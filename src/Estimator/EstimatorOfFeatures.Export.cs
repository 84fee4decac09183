using System.Globalization;

namespace TensorGraph;

/// <content>Export.</content>
public sealed partial class Estimator<TFeatures, TLabels>
{
    private const string ExportStep = "export_saved_model", Unfinished = "temp-", ExtraFolder = "assets.extra", MetricsOf = "metrics/";
    private const long Largest = 9_999_999_999;

    /// <inheritdoc/>
    public override string ExportSavedModel(
        string exportDirBase, ServingInputReceiver servingInputReceiver, IReadOnlyDictionary<string, string>? assetsExtra = null,
        string? checkpointPath = null) => ExportModes(
            exportDirBase, new Dictionary<EstimatorMode, ServingInputReceiver> { [EstimatorMode.Predict] = Throw.IfNull(servingInputReceiver) },
            assetsExtra, checkpointPath);

    /// <inheritdoc/>
    public override string ExportModes(
        string exportDirBase, IReadOnlyDictionary<EstimatorMode, ServingInputReceiver> receivers,
        IReadOnlyDictionary<string, string>? assetsExtra = null, string? checkpointPath = null)
    {
        Throw.IfNull(exportDirBase);
        if (Throw.IfNull(receivers).Count == 0)
            Misuse.Raise(ExportStep, "there is no receiver", "Give one for each mode that the model is to have.");
        foreach (var (mode, receiver) in receivers)
        {
            if (Throw.IfNull(receiver, $"{mode}").Labels is null && mode != EstimatorMode.Predict)
                Misuse.Raise(ExportStep, $"the receiver for mode {mode} has no labels", "Give it labels: ServingInputReceiver.Raw(…).WithLabels(…).");
        }

        using var settings = Enter();
        using var kept = KeepFor(checkpointPath);
        if (Load(checkpointPath) is null && GlobalStep == 0 && !HasWarmStart)
            throw Misuse.Data(ExportStep, $"Couldn't find trained model at '{ModelDir}'", "Train first, or give a checkpoint.");
        // A loaded model has seen no batch.
        using var states = State.Own(withMetrics: true).Enter();
        State.ResetMetrics();
        var signatures = new List<SignatureDefinition>();
        var variables = new OrderedDictionary<string, Variable>(State.Variables, StringComparer.Ordinal);
        foreach (var (mode, receiver) in receivers)
        {
            if (mode != EstimatorMode.Predict)
            {
                signatures.Add(Supervised(mode, receiver, variables));
                continue;
            }

            Add(receiver.WithoutLabels, "", signatures);
            foreach (var (name, alternative) in receiver.Alternatives)
                Add(alternative.WithoutLabels, $"{name}:", signatures);
        }

        return DataFile.Try(
            ExportStep, exportDirBase, () => Write(exportDirBase, signatures, variables, assetsExtra ?? new Dictionary<string, string>()));
    }

    /// <summary>A signature with labels: loss and predictions, and the step of a training or the metrics of an evaluation.</summary>
    private SignatureDefinition Supervised(EstimatorMode mode, ServingInputReceiver receiver, OrderedDictionary<string, Variable> variables)
    {
        bool isTraining = mode == EstimatorMode.Train;
        string[] outputs = [];
        IReadOnlyDictionary<string, Metric> metrics = new Dictionary<string, Metric>();
        var graph = new ModelGraph($"{_name}.Export", [.. receiver.Inputs.Keys], tensors =>
        {
            var inputs = Named(receiver, tensors);
            var tape = new GradientTape(persistent: true, watchVariables: isTraining);
            // The step of one process: others have no part in a file.
            using var scope = new ModelScope(tape, State.Trainable, group: null).Enter();
            var spec = Spec(Taken<TFeatures>(receiver.Features, inputs, "features"), Taken<TLabels>(receiver.Labels!, inputs, "labels"), mode);
            var named = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal) { [ModelLayout.Loss] = Ops.StopGradient(spec.Loss!) };
            foreach (var (name, tensor) in spec.Predictions?.Tensors ?? new Dictionary<string, Tensor>())
                named[spec.Predictions!.IsSingle ? name : ModelLayout.Predictions + name] = Ops.StopGradient(tensor);
            if (isTraining)
                spec.TrainOp!.Run();
            else
                metrics = spec.EvalMetrics;
            foreach (var (name, metric) in metrics)
                named[MetricsOf + name] = metric.Value;
            outputs = [.. named.Keys];
            return new(new(outputs, metrics, [], false), [.. named.Values]);
        });
        var concrete = graph.Function.GetConcreteFunction([.. receiver.Inputs.Values]);
        State.CheckFound(concrete.Graph);
        ModelState.CheckUpdated(concrete.Graph, metrics);
        if (!isTraining)
            State.CheckUnchanged(concrete.Graph, mode);
        foreach (var (path, variable) in State.Saved().Where(entry => !entry.Key.StartsWith(Checkpoint.OfModel, StringComparison.Ordinal)))
            variables[path] = variable;
        foreach (var (name, metric) in metrics)
        {
            // A metric of the model's own is there by its path.
            foreach (var (number, state) in metric.Variables.Index().Where(entry => !variables.ContainsValue(entry.Item)))
            {
                string path = $"{MetricsOf}{name}/{state.Name.Split('/')[^1]}";
                if (!variables.TryAdd(path, state))
                    variables.Add($"{path}_{number}", state);
            }
        }

        return new(isTraining ? "train" : "eval", concrete) { Outputs = outputs };
    }

    private static Dictionary<string, Tensor> Named(ServingInputReceiver receiver, IReadOnlyList<Tensor> tensors) =>
        receiver.Inputs.Keys.Zip(tensors).ToDictionary(pair => pair.First, pair => pair.Second);

    private static T Taken<T>(Func<IReadOnlyDictionary<string, Tensor>, object> part, Dictionary<string, Tensor> inputs, string what)
    {
        if (part(inputs) is T taken)
            return taken;
        Misuse.Raise("serving_input", $"it does not give {what} of type {typeof(T).Name}", "Use ServingInputReceiver.Parsing, and make them there.");
        return default!;
    }

    private void Add(ServingInputReceiver receiver, string prefix, List<SignatureDefinition> signatures)
    {
        string[] keys = [];
        for (int i = 0; i == 0 || i < keys.Length; i++)
        {
            int number = i;
            var method = SignatureMethod.Predict;
            string[] outputs = [];
            var graph = new ModelGraph($"{_name}.Export", [.. receiver.Inputs.Keys], tensors =>
            {
                var features = Taken<TFeatures>(receiver.Features, Named(receiver, tensors), "features");
                var signature = SpecParts.Signatures(Spec(features, default!, EstimatorMode.Predict));
                keys = [.. signature.Keys];
                var output = signature[keys[number]];
                method = output.Method;
                outputs = [.. output.Outputs.Tensors.Keys];
                return new(new(outputs, new Dictionary<string, Metric>(), [], false), [.. output.Outputs.Tensors.Values]);
            });
            var concrete = graph.Function.GetConcreteFunction([.. receiver.Inputs.Values]);
            signatures.Add(new(prefix + keys[i], concrete) { Method = method, Outputs = outputs });
        }
    }

    private string Write(
        string folder, List<SignatureDefinition> signatures, IReadOnlyDictionary<string, Variable> variables,
        IReadOnlyDictionary<string, string> extra)
    {
        Directory.CreateDirectory(folder);
        // Two exports within a second get numbers one after the other, and so do those of a clock that went back: the newest has the largest.
        long number = Math.Max(Config.Time.GetUtcNow().ToUnixTimeSeconds(), Exporter.NewestIn(folder) + 1);
        CheckNumber();
        string unfinished = Path.Combine(folder, Unfinished + Guid.NewGuid().ToString("n"));
        try
        {
            SavedModel.Save(unfinished, signatures, variables);
            foreach (var (name, source) in extra)
            {
                if (!ModelFolder.IsName(name))
                    Misuse.Raise(ExportStep, $"'{name}' can't be the name of a file", "Use names of files, with / between folders.");
                string target = Path.Combine(unfinished, ExtraFolder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                DataFile.Try(ExportStep, Throw.IfNull(source, name), () => File.Copy(source, target));
            }

            while (true)
            {
                string path = Path.Combine(folder, number.ToString("D10", CultureInfo.InvariantCulture));
                try
                {
                    // Where the other name is there, also when another process has just given it.
                    Directory.Move(unfinished, path);
                    return path;
                }
                catch (IOException) when (Path.Exists(path))
                {
                    number++;
                    CheckNumber();
                }
            }
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }

        void CheckNumber()
        {
            if (number > Largest)
            {
                throw Misuse.Data(ExportStep, $"there is a folder '{Largest}' in '{folder}', and names of exports have ten digits",
                    "Remove that folder: a server takes it for the newest model.");
            }
        }
    }
}
