namespace TensorGraph;

/// <summary>Writes models for serving while a model is trained. Source: tf.estimator.Exporter.</summary>
public abstract class Exporter
{
    private const int Digits = 10;

    /// <summary>Starts an exporter. Errors: TG1002 null, TG1017 an empty name, or folders in it.</summary>
    /// <param name="name">Name of the folder below <c>export</c>.</param>
    protected Exporter(string name)
    {
        if (!ModelFolder.IsName(Throw.IfNull(name)) || name.Contains('/', StringComparison.Ordinal))
            Misuse.Raise("exporter", $"its name is '{name}'", "Use the name of a folder.");
        Name = name;
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
            ? long.Parse(Path.GetFileName(newest), System.Globalization.CultureInfo.InvariantCulture) : -1;

    private protected static void DeleteOld(string exportPath, int? keep) => DataFile.Try("exporter", exportPath, () =>
    {
        foreach (string old in Folders(exportPath).Skip(keep ?? int.MaxValue))
            Directory.Delete(old, recursive: true);
    });
}

/// <summary>Exports after each evaluation. Source: tf.estimator.LatestExporter.</summary>
public sealed class LatestExporter : Exporter
{
    private readonly ServingInputReceiver _receiver;
    private readonly IReadOnlyDictionary<string, string>? _assetsExtra;
    private readonly int? _keep;

    /// <summary>Makes the exporter. Errors: TG1002 null, TG1017 a name, or a number of exports that is not above 0.</summary>
    /// <param name="name">Name of the folder below <c>export</c>.</param>
    /// <param name="servingInputReceiver">The inputs that a server gets.</param>
    /// <param name="assetsExtra">Files to copy, as in <see cref="Estimator.ExportSavedModel"/>.</param>
    /// <param name="exportsToKeep">How many exports are kept; null for all.</param>
    public LatestExporter(
        string name, ServingInputReceiver servingInputReceiver, IReadOnlyDictionary<string, string>? assetsExtra = null, int? exportsToKeep = 5)
        : base(name)
    {
        Misuse.Positive("latest_exporter", nameof(exportsToKeep), exportsToKeep);
        (_receiver, _assetsExtra, _keep) = (Throw.IfNull(servingInputReceiver), assetsExtra, exportsToKeep);
    }

    /// <inheritdoc/>
    public override string? Export(Estimator estimator, string exportPath, EvaluationResult result, bool isFinal)
    {
        string path = Throw.IfNull(estimator).ExportSavedModel(exportPath, _receiver, _assetsExtra, Throw.IfNull(result).CheckpointPath);
        DeleteOld(exportPath, _keep);
        return path;
    }
}

/// <summary>Exports once, after the last step, also where the training stopped early. Source: tf.estimator.FinalExporter.</summary>
public sealed class FinalExporter : Exporter
{
    private readonly ServingInputReceiver _receiver;
    private readonly IReadOnlyDictionary<string, string>? _assetsExtra;

    /// <summary>Makes the exporter. Errors: TG1002 null, TG1017 a name.</summary>
    /// <param name="name">Name of the folder below <c>export</c>.</param>
    /// <param name="servingInputReceiver">The inputs that a server gets.</param>
    /// <param name="assetsExtra">Files to copy, as in <see cref="Estimator.ExportSavedModel"/>.</param>
    public FinalExporter(string name, ServingInputReceiver servingInputReceiver, IReadOnlyDictionary<string, string>? assetsExtra = null)
        : base(name) => (_receiver, _assetsExtra) = (Throw.IfNull(servingInputReceiver), assetsExtra);

    /// <inheritdoc/>
    protected internal override bool IsOnlyFinal => true;

    /// <inheritdoc/>
    public override string? Export(Estimator estimator, string exportPath, EvaluationResult result, bool isFinal) =>
        isFinal ? Throw.IfNull(estimator).ExportSavedModel(exportPath, _receiver, _assetsExtra, Throw.IfNull(result).CheckpointPath) : null;
}
