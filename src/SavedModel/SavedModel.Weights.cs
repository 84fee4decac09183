namespace TensorGraph;

/// <content>Values of variables from other files.</content>
public sealed partial class SavedModel
{
    /// <summary>
    /// Sets the variables from a safetensors file or from another saved model, for example after a training that goes on elsewhere. Nothing is set
    /// unless all fits. Floats may have another width than the variables. Errors: TG1002 null; TG1006 a file that is missing or damaged; TG1010 a
    /// shape or dtype that differs, and when <paramref name="strict"/> a variable that is not in the file or a tensor that no variable has.
    /// </summary>
    /// <param name="path">A safetensors file, or the folder of a saved model.</param>
    /// <param name="strict">False sets what is in both and reports the rest.</param>
    /// <returns>What was not in the file, and what only the file has.</returns>
    public LoadedWeights LoadWeights(string path, bool strict = true)
    {
        string file = Directory.Exists(Throw.IfNull(path)) ? DataFile.Try(ModelReader.Step, path, () => ModelReader.VariablesOf(path)) : path;
        using var weights = SafeTensors.Open(file);
        return WeightLoader.Load(
            weights, path, [.. Variables.Select(variable => new WeightSource(variable.Key, variable.Value, [variable.Key]))], _ => false, strict, "saved model");
    }
}
