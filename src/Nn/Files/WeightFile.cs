namespace TensorGraph;

/// <summary>
/// Files of named tensors in the format safetensors, which other frameworks read and write too. Source: huggingface.co/docs/safetensors.
/// </summary>
public static class WeightFile
{
    /// <summary>
    /// Writes tensors. An existing file is replaced once the new one is complete. Errors: TG1001 a symbolic tensor, TG1002 null, TG1006 when the file
    /// can't be written, TG1010 a name that the format can not hold, TG2002 text.
    /// </summary>
    /// <param name="path">The file; its folder is made when it does not exist.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="metadata">Text by name, or null.</param>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafeTensors.Write(Check.NotNull(path), Check.NotNull(tensors), metadata);

    /// <summary>
    /// Reads all tensors, in the order in which they are in the file. Errors: TG1002 null, TG1006 a file that is missing or damaged.
    /// </summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyDictionary<string, Tensor> Load(string path)
    {
        using var file = SafeTensors.Open(Check.NotNull(path));
        var tensors = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (string name in file.Names)
            tensors[name] = Tensor.From(file.Read(name));
        return tensors;
    }

    /// <summary>Names and types of the tensors, without reading them. Errors: as <see cref="Load"/>.</summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyDictionary<string, TensorType> List(string path)
    {
        using var file = SafeTensors.Open(Check.NotNull(path));
        var types = new OrderedDictionary<string, TensorType>(StringComparer.Ordinal);
        foreach (string name in file.Names)
            types[name] = file.TypeOf(name);
        return types;
    }

    /// <summary>The text that was saved along. Errors: as <see cref="Load"/>.</summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyDictionary<string, string> Metadata(string path)
    {
        using var file = SafeTensors.Open(Check.NotNull(path));
        return file.Metadata;
    }
}
