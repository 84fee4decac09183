using System.Text.RegularExpressions;

namespace TensorGraph;

/// <summary>
/// Values that the variables of a model start with: of a checkpoint, of a saved model, or of any file of safetensors. Used only where there is no
/// checkpoint of the estimator itself. Source: tf.estimator.WarmStartSettings.
/// </summary>
/// <param name="Path">A file, a folder of checkpoints, whose latest one that is whole is taken, or the folder of a saved model.</param>
public sealed record WarmStartSettings(string Path)
{
    /// <summary>
    /// Regular expressions, matched at the beginning of a path: the variables that one of them matches are set. All trainable variables when null.
    /// Every one must match a variable.
    /// </summary>
    public IReadOnlyList<string>? Variables { get; init; }

    /// <summary>Names in the file by paths of variables, for those that differ. It selects nothing by itself.</summary>
    public IReadOnlyDictionary<string, string>? Names { get; init; }

    /// <summary>Gives the name in the file for a path that is not among <see cref="Names"/>; null for the same name.</summary>
    public Func<string, string>? Rename { get; init; }

    /// <summary>
    /// Vocabularies by paths of variables that have an entry for each word, such as the rows of an embedding: entries move to the places that their
    /// words have in the model. It selects nothing by itself.
    /// </summary>
    public IReadOnlyDictionary<string, VocabularyMap>? Vocabularies { get; init; }

    /// <summary>All trainable variables of a file or folder. Errors: TG1002 null.</summary>
    public static implicit operator WarmStartSettings(string path) => new(Throw.IfNull(path));
}

/// <summary>
/// Words that number the entries of a variable along an axis, in the model and in a file. Entries of words that the file does not have, and those
/// after the last word, keep the values that the model begins with. Source: tf.estimator.VocabInfo, where they become zeros unless told otherwise.
/// </summary>
/// <param name="Words">Words of the model, in the order of their entries.</param>
/// <param name="WordsInFile">Words of the file, in the order of their entries.</param>
/// <param name="Axis">The axis that words number: 0 for an embedding, 1 for the kernel of a layer whose outputs are words.</param>
public sealed record VocabularyMap(IReadOnlyList<string> Words, IReadOnlyList<string> WordsInFile, int Axis = 0);

/// <summary>Sets variables as <see cref="WarmStartSettings"/> say: all or none.</summary>
internal static class WarmStart
{
    public const string Step = "warm_start";

    public static void Apply(WarmStartSettings settings, ModelState state)
    {
        var chosen = Chosen(settings, state);
        var values = Read(settings.Path);
        var assigned = new List<(Variable Variable, Tensor Value)>();
        foreach (var (path, variable) in chosen)
        {
            string name = Given(settings.Names, path) ?? settings.Rename?.Invoke(path) ?? path;
            if (!values.TryGetValue(name, out var value) && !values.TryGetValue(Checkpoint.OfModel + name, out value))
                throw Misfit($"'{path}'{(name == path ? "" : $" ('{name}')")} is not in '{settings.Path}'", "Choose variables by a regular expression, or give the name in the file.");
            string types = $"'{path}' is {variable.Type}, '{name}' in '{settings.Path}' is {value.Type}";
            var words = Given(settings.Vocabularies, path);
            if (words is not null && WordsOf.Misfit(words, path, variable.Shape, value.Shape) is { } reason)
                throw Misfit($"{types}: {reason}", "Give the vocabularies of the model and of the file, and the axis that they number.");
            bool isAlike = value.DType == variable.DType || (value.DType.IsFloat() && variable.DType.IsFloat());
            if (!isAlike || (words is null && value.Shape != variable.Shape))
                throw Misfit(types, "Leave the variable out, or make it of that shape.");
            value = value.Cast(variable.DType);
            assigned.Add((variable, words is null ? value : WordsOf.Moved(words, variable.Value, value)));
        }

        foreach (var (variable, value) in assigned)
            variable.Assign(value);
    }

    // TG1002 for an entry that is null.
    private static T? Given<T>(IReadOnlyDictionary<string, T>? entries, string path)
        where T : class => entries is not null && entries.TryGetValue(path, out var entry) ? Throw.IfNull(entry, path) : null;

    private static List<KeyValuePair<string, Variable>> Chosen(WarmStartSettings settings, ModelState state)
    {
        Regex[] patterns = [.. (settings.Variables ?? []).Select(Pattern)];
        for (int i = 0; i < patterns.Length; i++)
        {
            if (!state.Variables.Keys.Any(patterns[i].IsMatch))
                Unused(settings.Variables![i], state);
        }

        var chosen = state.Variables
            .Where(entry => settings.Variables is null ? entry.Value.IsTrainable : patterns.Any(pattern => pattern.IsMatch(entry.Key))).ToList();
        foreach (string name in (settings.Names?.Keys ?? []).Concat(settings.Vocabularies?.Keys ?? []))
        {
            if (!chosen.Exists(entry => entry.Key == name))
                Unused(name, state);
        }

        return chosen;
    }

    private static Regex Pattern(string text)
    {
        try
        {
            return new(@"\G(?:" + Throw.IfNull(text) + ")", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException fault)
        {
            Misuse.Raise(Step, $"'{text}' is no regular expression: {fault.Message.TrimEnd('.')}", "Correct it.");
            return null!;
        }
    }

    private static void Unused(string name, ModelState state) => Misuse.Raise(Step, $"'{name}' was not used: it selects no variable. Perhaps you misspelled it?",
        $"There are {string.Join(", ", state.Variables.Keys)}.");

    private static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        if (!Directory.Exists(path))
            return Checkpoint.ValuesOf(path);
        return Checkpoint.ValuesIn(path)
            ?? SavedModel.Load(path).Variables.ToDictionary(entry => entry.Key, entry => entry.Value.Value);
    }

    private static GraphException Misfit(string problem, string remedy) =>
        new(DiagnosticIds.WeightsDoNotFit, $"{Step}: {problem}", remedy, Ir.SourceSpan.Capture());
}
