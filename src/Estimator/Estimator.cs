using TensorGraph.Backends.Managed;

namespace TensorGraph;

/// <summary>
/// The part of an <see cref="Estimator{TFeatures, TLabels}"/> that does not depend on its features and labels: what hooks and exporters see.
/// </summary>
public abstract class Estimator
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
    private readonly Dictionary<string, TensorBoardWriter> _evaluationEvents = new(StringComparer.Ordinal);
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

    /// <summary>One event file for the evaluations of a name; another one where a program has deleted it.</summary>
    private protected TensorBoardWriter EvaluationEvents(string? name)
    {
        string folder = EvalDir(name);
        if (_evaluationEvents.TryGetValue(folder, out var events))
        {
            if (File.Exists(events.Path))
                return events;
            events.Dispose();
        }

        return _evaluationEvents[folder] = DataFile.Try("evaluate", folder, () => GraphRecorder.TensorBoard(folder));
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

    /// <summary>
    /// Gives the variables the values of a checkpoint, unless they have them. Within a training they are newer than any file.
    /// </summary>
    /// <param name="path">A file; the latest one when null.</param>
    /// <returns>The file that the variables come from, or null.</returns>
    private protected string? Load(string? path)
    {
        if (IsTraining)
        {
            if (path is not null && (_isChanged || path != _loaded))
                Misuse.Raise("estimator", "another checkpoint is asked for while the estimator trains", "Use the variables as they are, or wait for the end.");
        }
        else if (path is not null)
        {
            LoadFile(path);
        }
        else if (!IsPinned)
        {
            LoadLatest();
        }

        return _isChanged ? null : _loaded;
    }

    private void LoadFile(string path)
    {
        var stamp = FileStamp.Of(path);
        // A training keeps some checkpoints only: one that is gone may be in memory.
        if (IsInMemory(path) && (stamp == _stamp || !stamp.IsThere))
            return;
        if (!stamp.IsThere)
            throw Misuse.Data("estimator", $"there is no checkpoint '{path}'", "Give the path of a file, or null for the latest one.");
        if (_isChanged && !_isBroken && IsChief && _kept == 0)
            SaveCheckpoint(keep: path);
        if (_loaded is null && !_isChanged && !IsOwn(path))
            _initial ??= new(this);
        Take(_checkpoint.Restore(path, []), stamp);
    }

    private void LoadLatest()
    {
        var files = _checkpoint.Files;
        if (files.FirstOrDefault(file => !IsDamaged(file)) is { } latest)
        {
            if (_isChanged ? _isBroken || GlobalStep < Checkpoint.StepOf(latest) : latest != _loaded || FileStamp.Of(latest) != _stamp)
                TakeLatest(files);
            return;
        }

        if (_isBroken)
        {
            throw Misuse.Data("estimator", "a step has failed or had a loss that is no number, and there is no checkpoint from before it",
                "Make a new estimator, and save checkpoints.");
        }

        // What was trained is in memory.
        if (_isChanged)
            return;
        // All are damaged, which is an error.
        if (files.Count > 0)
        {
            TakeLatest(files);
            return;
        }

        if (_loaded is not null && !IsOwn(_loaded))
        {
            // Of another folder: this one has no checkpoint.
            if (_initial is null)
                throw Misuse.Data("estimator", $"the checkpoints of '{ModelDir}' are gone", "Make a new estimator, or give a checkpoint.");
            _initial.PutBack();
        }

        WarmStartOnce();
    }

    private bool IsInMemory(string path) => path == _loaded && !_isChanged;

    private bool IsOwn(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(ModelDir));

    /// <summary>The newest checkpoint that is wanted and whole; the variables have its values then. Null when there is none.</summary>
    /// <param name="isWanted">Says for a step whether its checkpoint is to be taken.</param>
    internal string? LoadAfter(Func<long, bool> isWanted)
    {
        using var settings = Enter();
        foreach (string path in _checkpoint.Files.Where(file => isWanted(Checkpoint.StepOf(file)!.Value) && !IsDamaged(file)))
        {
            // Before it is read: it may be written again meanwhile.
            var stamp = FileStamp.Of(path);
            try
            {
                Load(path);
                return path;
            }
            catch (GraphException fault) when (fault.Id == DiagnosticIds.BadData)
            {
                // A training keeps some checkpoints only, and writes one that is damaged again.
                if (!File.Exists(path))
                    continue;
                _damaged.Add((path, stamp));
                Log($"evaluate: a checkpoint is left out: {fault.Problem}");
            }
        }

        return null;
    }

    /// <summary>The step of the newest checkpoint that is not known to be damaged, and when it was written; null without one.</summary>
    internal (long Step, DateTime Written)? Newest() => _checkpoint.Files.FirstOrDefault(file => !IsDamaged(file)) is { } path
        ? (Checkpoint.StepOf(path)!.Value, File.GetLastWriteTimeUtc(path)) : null;

    /// <summary>Goes back to a checkpoint where another call has read another one meanwhile.</summary>
    internal void Reload(string? path)
    {
        if (path is null || IsTraining)
            return;
        using var settings = Enter();
        Load(path);
    }

    private bool IsDamaged(string file) => _damaged.Contains((file, FileStamp.Of(file)));

    /// <summary>The variables stay those that they are, though there be newer checkpoints, until the result is disposed.</summary>
    internal IDisposable Pin()
    {
        _pins++;
        return new Pinned(this);
    }

    private sealed class Pinned(Estimator estimator) : IDisposable
    {
        public void Dispose() => estimator._pins--;
    }

    private void WarmStartOnce()
    {
        if (_warmStart is not null && !_isWarm && GlobalStep == 0)
        {
            WarmStart.Apply(_warmStart, State);
            CountVersion();
        }

        _isWarm = true;
    }

    private protected bool HasWarmStart => _warmStart is not null;

    private void TakeLatest(IReadOnlyList<string> files)
    {
        // Before they are read: they may be written again meanwhile.
        var stamps = files.ToDictionary(file => file, FileStamp.Of);
        if (_checkpoint.Restore() is not { } restored)
            return;
        _damaged.UnionWith(restored.Damaged.Select(file => (file, stamps.GetValueOrDefault(file))));
        Take(restored, stamps.GetValueOrDefault(restored.Path));
    }

    private void Take(RestoredCheckpoint restored, FileStamp stamp)
    {
        (GlobalStep, Position, _loaded, _stamp) = (restored.Step, restored.Position, restored.Path, stamp);
        _savedPosition = restored.Position;
        (_isChanged, _isBroken) = (false, false);
        CountVersion();
    }

    /// <summary>
    /// Within an evaluation, a prediction or an export: the variables that it works on come back when the result is disposed, after a call that takes
    /// a checkpoint of its own.
    /// </summary>
    private protected IDisposable? KeepFor(string? path) => IsPinned && !IsTraining && path is not null && !IsInMemory(path) ? new Kept(this) : null;

    /// <summary>Variables that a run began with, while it goes on between other calls; null where they have not changed since.</summary>
    private protected IDisposable? Return(Snapshot begun)
    {
        if (begun.Version == _version)
            return null;
        var kept = new Kept(this);
        begun.PutBack();
        return kept;
    }

    /// <summary>All that a checkpoint holds, and where it came from, at one time.</summary>
    private protected sealed class Snapshot(Estimator estimator)
    {
        private readonly (Variable Variable, Tensor Value)[] _values = [.. estimator.State.Saved().Values.Select(variable => (variable, variable.Value))];
        private readonly (long, DatasetPosition?, DatasetPosition?) _place = (estimator.GlobalStep, estimator.Position, estimator._savedPosition);
        private readonly (string?, FileStamp) _file = (estimator._loaded, estimator._stamp);
        private readonly (bool, bool, bool) _flags = (estimator._isChanged, estimator._isBroken, estimator._isWarm);

        /// <summary>A number that other values of the variables do not have.</summary>
        public long Version { get; } = estimator._version;

        public void PutBack()
        {
            foreach (var (variable, value) in _values)
                variable.Assign(value);
            (estimator.GlobalStep, estimator.Position, estimator._savedPosition) = _place;
            (estimator._loaded, estimator._stamp) = _file;
            (estimator._isChanged, estimator._isBroken, estimator._isWarm) = _flags;
            estimator._version = Version;
        }
    }

    private sealed class Kept : IDisposable
    {
        private readonly Estimator _estimator;
        private readonly Snapshot _before;

        public Kept(Estimator estimator)
        {
            (_estimator, _before) = (estimator, new(estimator));
            estimator._kept++;
        }

        public void Dispose()
        {
            _before.PutBack();
            _estimator._kept--;
        }
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
