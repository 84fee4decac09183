using TensorGraph.Backends.Managed;

namespace TensorGraph;

/// <summary>
/// The part of an <see cref="Estimator{TFeatures, TLabels}"/> that does not depend on its features and labels: what hooks and exporters see.
/// </summary>
public abstract partial class Estimator
{
    private readonly Checkpoint _checkpoint;
    private readonly WarmStartSettings? _warmStart;
    private readonly HashSet<(string Path, FileStamp Stamp)> _damaged = [];
    private string? _loaded;
    private FileStamp _stamp;
    private DatasetPosition? _savedPosition;
    private bool _isChanged;
    private bool _isBroken;
    private bool _isWarm;
    private Snapshot? _initial;
    private long _version;
    private long _versions;
    private int _pins;
    private int _kept;
    private readonly Dictionary<string, EventFolder> _curves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _evaluationEvents = new(StringComparer.Ordinal);
    private TensorBoardWriter? _events;

    private protected Estimator(Delegate modelFn, string? modelDir, RunConfig? config, object? parameters, WarmStartSettings? warmStartFrom)
    {
        Config = config ?? new RunConfig();
        if (modelDir is not null && Config.ModelDir is not null && modelDir != Config.ModelDir)
            Misuse.Raise("estimator", $"its folder is given as '{modelDir}' and in the configuration as '{Config.ModelDir}'", "Give it in one place.");
        if ((modelDir ?? Config.ModelDir) is { } given && given.Length == 0)
            Misuse.Raise("estimator", "its folder is ''", "Give a path, or null for a temporary folder.");
        ModelDir = modelDir ?? Config.ModelDir ?? Temporary();
        Config = Config with { ModelDir = ModelDir };
        Parameters = parameters;
        State = ModelState.Of(modelFn, parameters);
        _warmStart = warmStartFrom;
        _checkpoint = new(ModelDir, State.Saved, Config.KeepCheckpointMax ?? int.MaxValue);
        if (Config.Seed is { } seed)
            RandomGenerator.Default.SetSeed(seed);
    }

    /// <summary>The settings, with the folder.</summary>
    public RunConfig Config { get; }

    /// <summary>Folder of checkpoints and events.</summary>
    public string ModelDir { get; }

    /// <summary>The object that the model function is given.</summary>
    public object? Parameters { get; }

    /// <summary>Training steps done, of the checkpoint that the variables come from and since.</summary>
    public long GlobalStep { get; private protected set; }

    /// <summary>Paths of the variables of the model, in order.</summary>
    public IReadOnlyList<string> VariableNames => [.. State.Variables.Keys];

    /// <summary>The file of the latest checkpoint; null when there is none.</summary>
    public string? LatestCheckpoint => Checkpoint.Latest(ModelDir);

    private protected ModelState State { get; }

    /// <summary>True for the process that writes.</summary>
    internal bool IsChief => Config.TrainDistribute?.IsChief ?? true;

    /// <summary>Gives the place in the data, while a training runs.</summary>
    private protected Func<DatasetPosition?>? Place { get; set; }

    private protected DatasetPosition? Position { get; set; }

    private protected bool IsTraining { get; set; }

    /// <summary>True within an evaluation, and while exporters run.</summary>
    private protected bool IsPinned => _pins > 0;

    private protected ProgressBar? Bar { get; set; }

    /// <summary>Evaluations of this estimator so far.</summary>
    internal long Evaluations { get; private protected set; }

    internal IReadOnlyList<string> SummaryNames { get; private protected set; } = [];

    /// <summary>The event file of the training that runs.</summary>
    internal TensorBoardWriter TrainingEvents => _events ??= DataFile.Try("estimator", ModelDir, () => GraphRecorder.TensorBoard(ModelDir));

    /// <summary>Folder of the events of evaluations: <c>eval</c>, or <c>eval_NAME</c>. Errors: TG1017 a name that is none of a folder.</summary>
    /// <param name="name">Name of the evaluation; null for none.</param>
    public string EvalDir(string? name = null)
    {
        if (string.IsNullOrEmpty(name))
            return Path.Combine(ModelDir, "eval");
        if (!ModelFolder.IsName(name) || name.Contains('/', StringComparison.Ordinal))
            Misuse.Raise("evaluate", $"the name of the evaluation is '{name}'", "Use a name that a folder can have.");
        return Path.Combine(ModelDir, $"eval_{name}");
    }

    /// <summary>The curves of evaluations; they are kept, so that only what was added is read.</summary>
    internal EventFolder EventsOf(string? name)
    {
        string folder = EvalDir(name);
        if (!_curves.TryGetValue(folder, out var curves))
            _curves[folder] = curves = new(folder);
        return curves;
    }

    /// <summary>
    /// One event file for the evaluations of a name, closed between them; another one where a program has deleted it.
    /// </summary>
    private protected void WriteEvents(string? name, Action<TensorBoardWriter> write)
    {
        string folder = EvalDir(name);
        DataFile.Try("evaluate", folder, () =>
        {
            // A file that can't be written to the end, on a full disk, is not gone on with.
            using var events = _evaluationEvents.Remove(folder, out string? path) && File.Exists(path)
                ? TensorBoardWriter.Reopen(path) : GraphRecorder.TensorBoard(folder);
            write(events);
            events.Flush();
            _evaluationEvents[folder] = events.Path;
        });
    }

    /// <summary>
    /// Value of a variable in the latest checkpoint, or in memory where that is newer. Errors: TG1002 null, TG1017 a name that there is not.
    /// </summary>
    /// <param name="name">One of <see cref="VariableNames"/>.</param>
    public Tensor VariableValue(string name)
    {
        if (!State.Variables.TryGetValue(Throw.IfNull(name), out var variable))
            Misuse.Raise("estimator", $"there is no variable '{name}'", $"There are {string.Join(", ", VariableNames)}.");
        using var settings = Enter();
        Load(null);
        return variable.Value;
    }

    /// <summary>
    /// Writes the model for serving: <c>SavedModel</c> in a new folder below <paramref name="exportDirBase"/> whose name is the time in seconds, ten
    /// digits, so that a server which looks for the largest number finds the newest model. It is written under another name and renamed at last.
    /// Errors: TG1002 null, TG1006 without a checkpoint, or when the folder can't be written; TG1011, TG1017; those of the model function.
    /// Source: tf.estimator.Estimator.export_saved_model.
    /// </summary>
    /// <param name="exportDirBase">Folder of the exports.</param>
    /// <param name="servingInputReceiver">The inputs that a server gets.</param>
    /// <param name="assetsExtra">Files to copy into <c>assets.extra</c>: paths by the names that they get.</param>
    /// <param name="checkpointPath">A checkpoint; the latest one when null.</param>
    /// <returns>The folder of the model.</returns>
    public abstract string ExportSavedModel(
        string exportDirBase, ServingInputReceiver servingInputReceiver, IReadOnlyDictionary<string, string>? assetsExtra = null,
        string? checkpointPath = null);

    /// <summary>
    /// Writes a model with a signature for each mode: those of <see cref="ExportSavedModel"/> for <see cref="EstimatorMode.Predict"/>, <c>train</c>,
    /// which does a step and gives the loss before it, and <c>eval</c>, which gives the loss of the batch and the metrics of all batches since the
    /// model was loaded (those that <c>train</c> got too, where the model function updates metrics there). Both also give
    /// <c>predictions/NAME</c>, where the spec has them, and metrics are <c>metrics/NAME</c>. Optimisers, random
    /// generators and metrics are variables of the model, so that a training goes on where it is loaded. Errors: TG1002 null, TG1017 no receiver, or
    /// one without labels for training or evaluation; those of <see cref="ExportSavedModel"/>. Source:
    /// tf.estimator.Estimator.experimental_export_all_saved_models.
    /// </summary>
    /// <param name="exportDirBase">Folder of the exports.</param>
    /// <param name="receivers">The inputs by mode.</param>
    /// <param name="assetsExtra">Files to copy into <c>assets.extra</c>: paths by the names that they get.</param>
    /// <param name="checkpointPath">A checkpoint; the latest one when null.</param>
    /// <returns>The folder of the model.</returns>
    public abstract string ExportModes(
        string exportDirBase, IReadOnlyDictionary<EstimatorMode, ServingInputReceiver> receivers,
        IReadOnlyDictionary<string, string>? assetsExtra = null, string? checkpointPath = null);

    internal void Log(string line)
    {
        if (!IsChief || Config.EvalDistribute?.IsChief == false)
            return;
        if (Bar is { } bar)
            bar.Log(line);
        else
            (Config.Output ?? TensorGraphOptions.Current.Output).WriteLine(line);
    }

    /// <summary>Writes a checkpoint, unless the variables and the place in the data are those of the file that is there.</summary>
    /// <param name="keep">A file that is not deleted, however old.</param>
    internal string SaveCheckpoint(string? keep = null)
    {
        Position = Place is null ? Position : Place();
        if (_loaded is { } known && !_isChanged && Equals(Position, _savedPosition) && File.Exists(known))
            return known;
        _loaded = _checkpoint.Save(GlobalStep, Position, keep);
        (_stamp, _savedPosition, _isChanged) = (FileStamp.Of(_loaded), Position, false);
        return _loaded;
    }

    /// <summary>A step changed the variables.</summary>
    private protected void CountStep()
    {
        GlobalStep++;
        _isChanged = true;
        // The folder gets checkpoints of its own.
        _initial = null;
        CountVersion();
    }

    /// <summary>Variables got other values: a prediction that has begun keeps those that it began with.</summary>
    private protected void CountVersion() => _version = ++_versions;

    /// <summary>Forgets what is in memory: the next call reads the checkpoint again.</summary>
    private protected void Discard()
    {
        _loaded = null;
        (_isChanged, _isBroken) = (true, true);
    }

    /// <summary>Does work for which several processes meet: one that fails ends the others, which would wait for it.</summary>
    private protected static T Together<T>(WorkerGroup? group, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception fault) when (Tell(fault))
        {
            throw;
        }

        bool Tell(Exception fault)
        {
            group?.Fail(fault.ToString());
            return false;
        }
    }

    private protected void CloseEvents()
    {
        _events?.Dispose();
        _events = null;
    }

    /// <summary>Device and threads of the configuration, until the result is disposed.</summary>
    private protected IDisposable? Enter()
    {
        var use = Config.Device is { } device ? Device.Use(device) : null;
        return Config.Threads is { } threads && Device.Current is ManagedDevice managed ? new ThreadScope(managed, threads, use) : use;
    }

    private sealed class ThreadScope : IDisposable
    {
        private readonly ManagedDevice _device;
        private readonly int _before;
        private readonly IDisposable? _use;

        public ThreadScope(ManagedDevice device, int threads, IDisposable? use)
        {
            (_device, _before, _use) = (device, device.Threads, use);
            device.Threads = threads;
        }

        public void Dispose()
        {
            _device.Threads = _before;
            _use?.Dispose();
        }
    }

    private static string Temporary()
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-estimator-").FullName;
        TensorGraphOptions.Current.Warnings.WriteLine($"The estimator has no folder: it uses the temporary one '{folder}'.");
        return folder;
    }
}
