namespace TensorGraph;

/// <content>Weight files.</content>
public abstract partial class Module
{
    /// <summary>
    /// Writes all variables into a safetensors file, under their paths. An existing file is replaced once the new one is complete. Errors: TG1002
    /// null, TG1006 when it can't be written, TG1010 two variables under one path. Source: torch.save of a state_dict.
    /// </summary>
    /// <param name="path">The file.</param>
    public void Save(string path) =>
        SafeTensors.Write(Check.NotNull(path), NamedVariables.ToDictionary(entry => entry.Key, entry => entry.Value.Value), null);

    /// <summary>
    /// Sets the variables from a safetensors file. Nothing is set unless all fits. Floats may have another width than the variables. Errors: TG1002
    /// null; TG1006 a file that is missing or damaged; TG1010 a shape or dtype that differs, and when <paramref name="strict"/> a variable that is not
    /// in the file or a tensor that no variable has. Source: torch.nn.Module.load_state_dict.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="strict">False sets what is in both and reports the rest.</param>
    /// <param name="mapping">How the file names and lays out variables; null for this library's way.</param>
    /// <returns>What was not in the file, and what only the file has.</returns>
    public LoadedWeights Load(string path, bool strict = true, WeightMapping? mapping = null)
    {
        using var file = SafeTensors.Open(Check.NotNull(path));
        return WeightLoader.Load(file, path, (mapping ?? WeightMapping.Same).SourcesOf(this), name => mapping?.Ignores(name) ?? false, strict);
    }
}

/// <summary>Names that <see cref="Module.Load"/> found on one side only.</summary>
/// <param name="Missing">Paths of variables that the file does not have; they keep their values.</param>
/// <param name="Unexpected">Names of tensors that no variable takes.</param>
public sealed record LoadedWeights(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected);
