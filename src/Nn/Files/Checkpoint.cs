using System.Globalization;
using System.Security.Cryptography;

namespace TensorGraph;

/// <summary>
/// Saves the state of a training run and goes on from it: model, optimiser, random numbers, step, and the place in the data. A file is complete or
/// not there, and has a checksum; a damaged one is skipped for the one before it. What goes on gives the same bits as a run that was not
/// interrupted. Source: tf.train.CheckpointManager.
/// </summary>
/// <example>
/// <code>
/// string folder = Directory.CreateTempSubdirectory().FullName;
/// var model = new Dense(2, 2);
/// var checkpoint = new Checkpoint(folder, model);
/// checkpoint.Save(1);
/// Console.WriteLine(checkpoint.Restore()!.Step); // 1
/// </code>
/// </example>
public sealed partial class Checkpoint
{
    private const string Prefix = "step-", Suffix = ".safetensors", StepKey = "step", PositionKey = "position", ChecksumKey = "sha256";
    private const int Digits = 12;

    /// <summary>The beginning of the names of variables that are of the model.</summary>
    internal const string OfModel = "model/";

    /// <summary>The path of the random generator that is not in a member of the model.</summary>
    internal const string DefaultGenerator = "state";

    private readonly Func<IReadOnlyDictionary<string, Variable>> _variables;
    private readonly int _keep;

    /// <summary>Describes what is saved; nothing is written yet. Errors: TG1002 null, TG2004 fewer than one file.</summary>
    /// <param name="folder">Folder of the files.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimiser; null for none.</param>
    /// <param name="random">
    /// A generator besides those in fields of modules, which are found; <see cref="RandomGenerator.Default"/> when null.
    /// </param>
    /// <param name="keep">How many files are kept, the new one and those of the latest steps: others are deleted.</param>
    public Checkpoint(string folder, Module model, Optimizer? optimizer = null, RandomGenerator? random = null, int keep = 3)
    {
        Folder = Check.NotNull(folder);
        Check.NotNull(model);
        _variables = () => VariablesOf(model, optimizer, random ?? RandomGenerator.Default);
        _keep = Check.AtLeast(1, keep, "checkpoint");
    }

    /// <summary>The same for any named variables.</summary>
    internal Checkpoint(string folder, Func<IReadOnlyDictionary<string, Variable>> variables, int keep) =>
        (Folder, _variables, _keep) = (folder, variables, keep);

    /// <summary>Folder of the files.</summary>
    public string Folder { get; }

    /// <summary>The files, newest first. Errors: TG1006 when the folder can't be read.</summary>
    public IReadOnlyList<string> Files => FilesIn(Folder);

    /// <summary>Writes a file. Errors: TG1006 when it can't be written, TG2004 a negative step.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="position">Place in the data, or null.</param>
    /// <returns>The file.</returns>
    public string Save(long step, DatasetPosition? position = null) => Save(step, position, null);

    /// <summary>The same, without deleting one of the files.</summary>
    internal string Save(long step, DatasetPosition? position, string? kept)
    {
        Check.Range(step >= 0, "checkpoint", nameof(step), step, "at least 0");
        // In the order of the program: calls that are queued change variables first.
        var tensors = _variables().ToDictionary(entry => entry.Key, entry => Tensor.From(entry.Value.Value.ToLiteral()));
        var metadata = new Dictionary<string, string>
        {
            [StepKey] = step.ToString(CultureInfo.InvariantCulture),
        };
        if (position is not null)
            metadata[PositionKey] = position.ToString();
        metadata[ChecksumKey] = Checksum(metadata, tensors.Select(entry => (entry.Key, entry.Value.ToLiteral())));
        string path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step.ToString($"D{Digits}", CultureInfo.InvariantCulture)}{Suffix}"));
        SafeTensors.Write(path, tensors, metadata);
        DataFile.Try("checkpoint", Folder, () =>
        {
            // The new one is kept also where files of later steps are there, of a run that went another way.
            string? full = kept is null ? null : Path.GetFullPath(kept);
            foreach (string old in Files.Where(file => file != path && Path.GetFullPath(file) != full).Skip(_keep - 1))
                File.Delete(old);
        });
        return path;
    }

    /// <summary>
    /// Sets everything from the newest file that is whole. A damaged one is named in the result and in a warning. Errors: TG1006 when all are
    /// damaged, TG1010 when the file is of another model or optimiser.
    /// </summary>
    /// <returns>Step, place and files; null when there is no file yet.</returns>
    public RestoredCheckpoint? Restore()
    {
        var damaged = new List<string>();
        return NewestWhole(Folder, path => Restore(path, damaged), damaged);
    }

    /// <summary>
    /// The tensors of the newest file of a folder that is whole, for programs that restore no state; a damaged one is named in a warning. Errors:
    /// TG1006 when all are damaged.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Tensors by name; null when there is no file.</returns>
    internal static IReadOnlyDictionary<string, Tensor>? ValuesIn(string folder) => NewestWhole(folder, ValuesOf, []);

    /// <summary>
    /// The tensors of a file; the checksum of a checkpoint is looked at, which a file of other programs has not, whatever its name. Errors: TG1006 a
    /// file that is missing or damaged.
    /// </summary>
    /// <param name="path">The file.</param>
    internal static IReadOnlyDictionary<string, Tensor> ValuesOf(string path)
    {
        using (var file = SafeTensors.Open(path))
        {
            if (file.Metadata.ContainsKey(StepKey) && file.Metadata.ContainsKey(ChecksumKey))
                Verify(file, path);
        }

        return WeightFile.Load(path);
    }

    // A training that writes keeps some files only: where one is gone, there are newer ones.
    internal static T? NewestWhole<T>(string folder, Func<string, T> read, List<string> damaged)
        where T : class
    {
        const int Attempts = 10;
        for (int attempt = 1; ; attempt++)
        {
            string[] files = FilesIn(folder);
            damaged.Clear();
            GraphException? last = null;
            bool isGone = false;
            foreach (string file in files)
            {
                try
                {
                    return read(file);
                }
                catch (GraphException fault) when (fault.Id == DiagnosticIds.BadData)
                {
                    isGone = attempt < Attempts && !File.Exists(file);
                    if (isGone)
                        break;
                    damaged.Add(file);
                    last = fault;
                    TensorGraphOptions.Current.Warnings.WriteLine($"{fault.Message} The checkpoint before it is taken.");
                }
            }

            if (isGone)
                continue;
            return last is null ? null : throw new GraphException(
                DiagnosticIds.BadData, $"checkpoint: all {files.Length} files in '{folder}' are damaged; the last one: {last.Message.TrimEnd('.')}",
                "Start anew in another folder, or restore the files from a copy.", Ir.SourceSpan.Capture(), last);
        }
    }

    /// <summary>Sets everything from one file. Errors: as <see cref="Restore()"/>.</summary>
    internal RestoredCheckpoint Restore(string path, IReadOnlyList<string> damaged)
    {
        using var file = SafeTensors.Open(path);
        long step = Verify(file, path);
        var position = file.Metadata.TryGetValue(PositionKey, out string? place) ? DatasetPosition.Parse(place) : null;
        WeightSource[] sources = [.. _variables().Select(entry => new WeightSource(entry.Key, entry.Value, [entry.Key]))];
        WeightLoader.Load(file, path, sources, _ => false, strict: true);
        return new(path, step, position, damaged);
    }

    // The step, of a file that is whole.
    private static long Verify(SafeTensors file, string path)
    {
        if (!file.Metadata.TryGetValue(ChecksumKey, out string? checksum) || !file.Metadata.TryGetValue(StepKey, out string? text)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long step))
            throw DataFile.Bad("checkpoint", path, "it has no step or no checksum");
        if (Checksum(file.Metadata, file.Names.Select(name => (name, file.Read(name)))) != checksum)
            throw DataFile.Bad("checkpoint", path, "its content does not have the checksum that was saved");
        if (StepOf(path) is { } named && named != step)
        {
            throw DataFile.Bad(
                "checkpoint", path, string.Create(CultureInfo.InvariantCulture, $"it does not hold step {named}, as its name says, but step {step}"));
        }

        return step;
    }

    /// <summary>Variables by the names that they have in a file.</summary>
    /// <param name="model">Variables of the model by path.</param>
    /// <param name="optimizers">Optimisers by the beginning of the names of their slots.</param>
    /// <param name="generators">States of random generators by path.</param>
    internal static OrderedDictionary<string, Variable> Named(
        IReadOnlyDictionary<string, Variable> model, IEnumerable<(string Prefix, Optimizer Optimizer)> optimizers,
        IEnumerable<KeyValuePair<string, Variable>> generators)
    {
        var named = new OrderedDictionary<string, Variable>(StringComparer.Ordinal);
        foreach (var (path, variable) in model)
            named[OfModel + path] = variable;
        foreach (var (prefix, optimizer) in optimizers)
        {
            // The same slots before the first step as after it.
            optimizer.Build([.. model.Values.Where(variable => variable.IsTrainable)]);
            foreach (var (slot, variable) in optimizer.NamedVariables(model))
                named[prefix + slot] = variable;
        }

        foreach (var (path, state) in generators)
            named[$"random/{path}"] = state;
        return named;
    }

    private static OrderedDictionary<string, Variable> VariablesOf(Module model, Optimizer? optimizer, RandomGenerator random)
    {
        var states = new OrderedDictionary<string, Variable>(StringComparer.Ordinal) { [DefaultGenerator] = random.State };
        HashSet<RandomGenerator> generators = [random];
        foreach (var (path, module) in model.Modules)
        {
            foreach (var (name, generator) in Members.GeneratorsOf(module).Where(entry => generators.Add(entry.Generator)))
            {
                if (!states.TryAdd(ModuleTree.Join(path, name), generator.State))
                {
                    throw new GraphException(DiagnosticIds.WeightsDoNotFit, $"checkpoint: two random generators have the path '{DefaultGenerator}'",
                        "Rename the member of the model.", Ir.SourceSpan.Capture());
                }
            }
        }

        return Named(model.NamedVariables, optimizer is null ? [] : [("optimizer/", optimizer)], states);
    }

    // Of the step and the place in the data, too: a wrong one would go on silently elsewhere.
    private static string Checksum(IReadOnlyDictionary<string, string> metadata, IEnumerable<(string Name, Literal Value)> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string key in new[] { StepKey, PositionKey }.Where(metadata.ContainsKey))
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{key}:{metadata[key]};"));
        foreach (var (name, value) in tensors)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}:{value.Type};"));
            foreach (var (offset, count) in value.Parts())
                hash.AppendData(value.Bytes(offset, count));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>The state that <see cref="Checkpoint.Restore()"/> went back to.</summary>
/// <param name="Path">The file.</param>
/// <param name="Step">Steps that were done.</param>
/// <param name="Position">Place in the data, or null.</param>
/// <param name="Damaged">Newer files that were skipped.</param>
public sealed record RestoredCheckpoint(string Path, long Step, DatasetPosition? Position, IReadOnlyList<string> Damaged);
