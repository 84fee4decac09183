using System.Globalization;

namespace TensorGraph;

/// <summary>Writes models for serving while a model is trained. Source: tf.estimator.Exporter.</summary>
public abstract class Exporter
{
    private const int Digits = 10;
    private const string LastFile = "last_export.txt";

    private readonly ServingInputReceiver? _receiver;
    private readonly IReadOnlyDictionary<string, string>? _assetsExtra;
    private readonly int? _keep;

    /// <summary>Starts an exporter. Errors: TG1002 null, TG1017 an empty name, or folders in it.</summary>
    /// <param name="name">Name of the folder below <c>export</c>.</param>
    protected Exporter(string name)
    {
        if (!ModelFolder.IsName(Throw.IfNull(name)) || name.Contains('/', StringComparison.Ordinal))
            Misuse.Raise("exporter", $"its name is '{name}'", "Use the name of a folder.");
        Name = name;
    }

    private protected Exporter(
        string step, string name, ServingInputReceiver receiver, IReadOnlyDictionary<string, string>? assetsExtra, int? keep)
        : this(name)
    {
        Misuse.Positive(step, "exportsToKeep", keep);
        (_receiver, _assetsExtra, _keep) = (Throw.IfNull(receiver, "servingInputReceiver"), assetsExtra, keep);
    }

    /// <summary>Name of the folder below <c>export</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// True for an exporter to which only the call after the last step matters: it gets that call also when the last evaluation was before the end
    /// was known.
    /// </summary>
    protected internal virtual bool IsOnlyFinal => false;

    /// <summary>Called after each evaluation; the variables are those that were evaluated.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="exportPath">Folder of this exporter.</param>
    /// <param name="result">The evaluation.</param>
    /// <param name="isFinal">True after the last step.</param>
    /// <returns>The folder that was written; null for none.</returns>
    public abstract string? Export(Estimator estimator, string exportPath, EvaluationResult result, bool isFinal);

    /// <summary>The folders of exports, newest first: names of exactly ten digits, so that nothing else is ever deleted.</summary>
    private protected static string[] Folders(string exportPath) => DataFile.Try("exporter", exportPath, () => Directory.Exists(exportPath)
        ? [.. Directory.GetDirectories(exportPath).Where(path => Path.GetFileName(path) is { Length: Digits } name && name.All(char.IsAsciiDigit))
            .OrderByDescending(path => Path.GetFileName(path), StringComparer.Ordinal)]
        : Array.Empty<string>());

    /// <summary>The number of the newest export in a folder; −1 for none.</summary>
    internal static long NewestIn(string exportPath) =>
        Folders(exportPath).FirstOrDefault() is { } newest
            ? long.Parse(Path.GetFileName(newest), CultureInfo.InvariantCulture) : -1;

    /// <summary>
    /// Exports the model that was evaluated, and deletes exports that are too many. The file <c>last_export.txt</c> beside the exports keeps the last
    /// evaluation from being exported twice, where a training that has ended is started again: null then.
    /// </summary>
    private protected string? Write(Estimator estimator, string exportPath, EvaluationResult result)
    {
        string last = Path.Combine(exportPath, LastFile);
        if (Folders(exportPath).FirstOrDefault() is { } newest && LastIn(last) == Line(newest, Throw.IfNull(result)))
            return null;
        string path = Throw.IfNull(estimator).ExportSavedModel(exportPath, _receiver!, _assetsExtra, Throw.IfNull(result).CheckpointPath);
        foreach (string old in Folders(exportPath).Skip(_keep ?? int.MaxValue))
        {
            DataFile.Try("exporter", exportPath, () =>
            {
                try
                {
                    Directory.Delete(old, recursive: true);
                }
                catch (DirectoryNotFoundException)
                {
                    // Another process that exports there was faster.
                }
            });
        }

        DataFile.Try("exporter", last, () => File.WriteAllText(last, Line(path, result)));
        return path;
    }

    private static string? LastIn(string path) => DataFile.Try("exporter", path, () => File.Exists(path) ? File.ReadAllText(path) : null);

    private static string Line(string folder, EvaluationResult result)
    {
        var numbers = result.Numbers.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={entry.Value:R}"));
        return string.Join(' ', [Path.GetFileName(folder), .. numbers]);
    }
}

/// <summary>Exports after each evaluation; the same one again is not exported twice. Source: tf.estimator.LatestExporter.</summary>
public sealed class LatestExporter : Exporter
{
    /// <summary>Makes the exporter. Errors: TG1002 null, TG1017 a name, or a number of exports that is not above 0.</summary>
    /// <param name="name">Name of the folder below <c>export</c>.</param>
    /// <param name="servingInputReceiver">The inputs that a server gets.</param>
    /// <param name="assetsExtra">Files to copy, as in <see cref="Estimator.ExportSavedModel"/>.</param>
    /// <param name="exportsToKeep">How many exports are kept; null for all.</param>
    public LatestExporter(
        string name, ServingInputReceiver servingInputReceiver, IReadOnlyDictionary<string, string>? assetsExtra = null, int? exportsToKeep = 5)
        : base("latest_exporter", name, servingInputReceiver, assetsExtra, exportsToKeep)
    {
    }

    /// <inheritdoc/>
    public override string? Export(Estimator estimator, string exportPath, EvaluationResult result, bool isFinal) =>
        Write(estimator, exportPath, result);
}

/// <summary>
/// Exports once, after the last step, also where the training stopped early; where it is started again with nothing left to do, not again. Source:
/// tf.estimator.FinalExporter.
/// </summary>
public sealed class FinalExporter : Exporter
{
    /// <summary>Makes the exporter. Errors: TG1002 null, TG1017 a name.</summary>
    /// <param name="name">Name of the folder below <c>export</c>.</param>
    /// <param name="servingInputReceiver">The inputs that a server gets.</param>
    /// <param name="assetsExtra">Files to copy, as in <see cref="Estimator.ExportSavedModel"/>.</param>
    public FinalExporter(string name, ServingInputReceiver servingInputReceiver, IReadOnlyDictionary<string, string>? assetsExtra = null)
        : base("final_exporter", name, servingInputReceiver, assetsExtra, keep: null)
    {
    }

    /// <inheritdoc/>
    protected internal override bool IsOnlyFinal => true;

    /// <inheritdoc/>
    public override string? Export(Estimator estimator, string exportPath, EvaluationResult result, bool isFinal) =>
        isFinal ? Write(estimator, exportPath, result) : null;
}
