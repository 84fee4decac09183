using System.Globalization;

namespace TensorGraph;

/// <content>Export.</content>
public sealed partial class Estimator<TFeatures, TLabels>
{
    private const string ExportStep = "export_saved_model", Unfinished = "temp-", ExtraFolder = "assets.extra";

    /// <inheritdoc/>
    public override string ExportSavedModel(
        string exportDirBase, ServingInputReceiver servingInputReceiver, IReadOnlyDictionary<string, string>? assetsExtra = null,
        string? checkpointPath = null)
    {
        Throw.IfNull(exportDirBase);
        Throw.IfNull(servingInputReceiver);
        using var settings = Enter();
        if (Load(checkpointPath) is null && GlobalStep == 0 && !HasWarmStart)
            throw Misuse.Data(ExportStep, $"Couldn't find trained model at '{ModelDir}'", "Train first, or give a checkpoint.");
        var signatures = new List<SignatureDefinition>();
        Add(servingInputReceiver, "", signatures);
        foreach (var (name, receiver) in servingInputReceiver.Alternatives)
            Add(Throw.IfNull(receiver, name), $"{name}:", signatures);
        return DataFile.Try(ExportStep, exportDirBase, () => Write(exportDirBase, signatures, assetsExtra ?? new Dictionary<string, string>()));
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
                var inputs = receiver.Inputs.Keys.Zip(tensors).ToDictionary(pair => pair.First, pair => pair.Second);
                if (receiver.Features(inputs) is not TFeatures features)
                {
                    Misuse.Raise("serving_input", $"it does not give features of type {typeof(TFeatures).Name}", "Use ServingInputReceiver.Parsing, and make them there.");
                    return null!;
                }

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

    private string Write(string folder, List<SignatureDefinition> signatures, IReadOnlyDictionary<string, string> extra)
    {
        Directory.CreateDirectory(folder);
        // Two exports within a second get numbers one after the other, and so do those of a clock that went back: the newest has the largest.
        long number = Math.Max(Config.Time.GetUtcNow().ToUnixTimeSeconds(), Exporter.NewestIn(folder) + 1);
        string unfinished = Path.Combine(folder, Unfinished + Guid.NewGuid().ToString("n"));
        try
        {
            SavedModel.Save(unfinished, signatures, State.Variables);
            foreach (var (name, source) in extra)
            {
                if (!ModelFolder.IsName(name))
                    Misuse.Raise(ExportStep, $"'{name}' can't be the name of a file", "Use names of files, with / between folders.");
                string target = Path.Combine(unfinished, ExtraFolder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Throw.IfNull(source, name), target);
            }

            while (true)
            {
                string path = Path.Combine(folder, number.ToString("D10", CultureInfo.InvariantCulture));
                if (!Directory.Exists(path))
                {
                    Directory.Move(unfinished, path);
                    return path;
                }

                number++;
            }
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }
}
