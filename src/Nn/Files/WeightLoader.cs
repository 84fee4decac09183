namespace TensorGraph;

/// <summary>The source of the value of a variable.</summary>
/// <param name="Path">Path of the variable.</param>
/// <param name="Variable">The variable.</param>
/// <param name="Names">Tensors of a file.</param>
/// <param name="Make">The value, given these; null for the only one as it is.</param>
internal sealed record WeightSource(string Path, Variable Variable, string[] Names, Func<Tensor[], Tensor>? Make = null);

/// <summary>Sets variables from a file: all or none.</summary>
internal static class WeightLoader
{
    private const int MostShown = 8;

    public static LoadedWeights Load(
        SafeTensors file, string path, IReadOnlyList<WeightSource> sources, Func<string, bool> ignores, bool strict, string owner = "module")
    {
        var isUsed = sources.SelectMany(source => source.Names).ToHashSet(StringComparer.Ordinal);
        string[] unexpected = [.. file.Names.Where(name => !isUsed.Contains(name) && !ignores(name))];
        WeightSource[] absent = [.. sources.Where(source => !source.Names.All(file.Has))];
        var problems = new List<string>();
        if (strict)
        {
            problems.AddRange(absent.Select(source => $"'{source.Path}' is not in the file{Renamed(source)}"));
            problems.AddRange(unexpected.Select(name => $"no variable takes '{name}' of the file"));
        }

        var values = new List<(Variable Variable, Tensor Value)>();
        foreach (var source in sources.Except(absent))
        {
            Tensor value = ValueOf(source, file, problems);
            values.Add((source.Variable, value));
        }

        if (problems.Count > 0)
        {
            throw new GraphException(
                DiagnosticIds.WeightsDoNotFit,
                $"weights: '{path}' does not fit the {owner}: {string.Join("; ", problems.Take(MostShown))}"
                    + (problems.Count > MostShown ? $"; and {problems.Count - MostShown} more" : ""),
                $"Make the {owner} as it was when the file was written, pass a mapping, or load a part with strict: false.",
                Ir.SourceSpan.Capture());
        }

        foreach (var (variable, value) in values)
            variable.Assign(value);
        return new([.. absent.Select(source => source.Path)], unexpected);
    }

    private static Tensor ValueOf(WeightSource source, SafeTensors file, List<string> problems)
    {
        Tensor value;
        try
        {
            Tensor[] parts = [.. source.Names.Select(name => Tensor.From(file.Read(name)))];
            value = source.Make is null ? parts[0] : source.Make(parts);
        }
        catch (GraphException fault) when (fault.Id is DiagnosticIds.ShapeMismatch or DiagnosticIds.RankMismatch or DiagnosticIds.OutOfRange
        or DiagnosticIds.DTypeMismatch)
        {
            problems.Add($"'{source.Path}' is {source.Variable.Type}, in the file "
                + string.Join(" and ", source.Names.Select(name => $"'{name}' is {file.TypeOf(name)}")));
            return source.Variable.Value;
        }

        bool isAlike = value.DType == source.Variable.DType || (value.DType.IsFloat() && source.Variable.DType.IsFloat());
        if (!isAlike || value.Shape != source.Variable.Shape)
            problems.Add($"'{source.Path}' is {source.Variable.Type}, in the file {value.Type}");
        return value.DType == source.Variable.DType ? value : value.Cast(source.Variable.DType);
    }

    private static string Renamed(WeightSource source) =>
        source.Names is [var name] && name == source.Path ? "" : $" (as {string.Join(", ", source.Names)})";
}
