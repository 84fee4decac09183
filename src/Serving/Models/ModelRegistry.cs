using Grpc.Core;
using Microsoft.Extensions.Logging;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>The models of the configuration: finds versions for requests, loads new ones beside old ones, and takes old ones out of
/// service.</summary>
internal sealed class ModelRegistry : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServedModel> _models = new(StringComparer.Ordinal);
#pragma warning disable CA2213 // A load that is under way at the end releases them afterwards, and they hold nothing of the system.
    private readonly SemaphoreSlim _changes = new(0);
    private readonly SemaphoreSlim _configurations = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly RegistrySettings _settings;
    private readonly ModelLoader _loader;
    private readonly LoadScheduler _loads;
#pragma warning restore CA2213
    private readonly ILogger _log;
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Task _loop;
    private TaskCompletionSource _progress = NewProgress();
    private bool _scans;
    private bool _isStarted;

    public ModelRegistry(RegistrySettings settings, ModelLoader loader, ILogger log)
    {
        (_settings, _loader, _log) = (settings, loader, log);
        _loads = new(Math.Max(1, settings.LoadThreads));
        _loop = Task.Run(WatchAsync);
    }

    /// <summary>Called for a version that has left memory.</summary>
    public event Action<ModelVersion>? Ended;

    /// <summary>Called after a change of models and versions.</summary>
    public event Action? Changed;

    /// <summary>True when each model of the configuration has a version that answers requests.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
                return _isStarted && _models.Values.All(model => model.Available.Any());
        }
    }

    /// <summary>Names of the models of the configuration.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
                return [.. _models.Where(model => model.Value.Config is not null).Select(model => model.Key).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Finds a version for a request.</summary>
    /// <exception cref="ServingException">There is none; the text is that of TensorFlow Serving.</exception>
    public ModelLease Lease(string name, long? number, string? label)
    {
        lock (_gate)
        {
            _models.TryGetValue(name, out var model);
            if (label is not null && model is not null)
                number = model.Labels.TryGetValue(label, out long labelled) ? labelled : throw ServingException.Invalid($"Unrecognized servable version label: {label}");
            var found = number is null ? model?.Available : model?.Available.Where(version => version.Number == number);
            foreach (var version in found ?? [])
            {
                if (version.TryLease() is { } lease)
                    return lease;
            }

            throw ServingException.NotFound($"Servable not found for request: {(number is null ? $"Latest({name})" : $"Specific({name}, {number})")}");
        }
    }

    /// <summary>All versions of a model, the newest first; null for a model that is not in the configuration.</summary>
    public IReadOnlyList<ModelVersion>? VersionsOf(string name)
    {
        lock (_gate)
            return _models.TryGetValue(name, out var model) ? [.. model.Versions.OrderByDescending(version => version.Number)] : null;
    }

    /// <summary>Labels of a model, and why its base path has no version, for people.</summary>
    public (IReadOnlyDictionary<string, long> Labels, string? Problem, string Platform) FactsOf(string name)
    {
        lock (_gate)
        {
            return _models.TryGetValue(name, out var model)
                ? (new Dictionary<string, long>(model.Labels, StringComparer.Ordinal), model.Problem, model.Config.ModelPlatform) : (new Dictionary<string, long>(), null, "");
        }
    }

    /// <summary>
    /// Replaces the configuration: models that it leaves out are unloaded. Returns when the first attempts to load models that are new in
    /// it are over.
    /// </summary>
    /// <returns>What new models have failed of, by name.</returns>
    /// <exception cref="ServingException">The configuration is refused, and the old one stays.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ApplyAsync(ModelConfigList list, CancellationToken cancellation)
    {
        await _configurations.WaitAsync(cancellation).ConfigureAwait(false);
        string[] added;
        try
        {
            lock (_gate)
                added = Apply(list.Clone());
        }
        finally
        {
            _configurations.Release();
        }

        while (true)
        {
            Task progress;
            lock (_gate)
            {
                ServedModel[] waited = [.. added.Where(_models.ContainsKey).Select(name => _models[name])];
                if (waited.All(model => model.IsSettled))
                {
                    _isStarted = true;
                    return waited.Where(model => !model.Available.Any()).ToDictionary(model => model.Config.Name, ReasonOf, StringComparer.Ordinal);
                }

                progress = _progress.Task;
            }

            await progress.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Stops looking for versions, and unloads all.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var version in _models.Values.SelectMany(model => model.Versions))
                version.Unload();
        }

        _end.Dispose();
    }

    private string[] Apply(ModelConfigList list)
    {
        ConfigCheck.Check(list, name => _models.GetValueOrDefault(name)?.Config);
        foreach (var config in list.Config)
            ConfigCheck.CheckLabels(config, _models.GetValueOrDefault(config.Name), _settings.AllowsLabelsOfUnavailable || !_isStarted);
        string[] added = [.. list.Config.Select(config => config.Name).Where(name => !_models.ContainsKey(name))];
        foreach (var config in list.Config)
        {
            if (_models.TryGetValue(config.Name, out var model))
                model.Config = config;
            else
                model = _models[config.Name] = new(config);
            model.Labels.Clear();
            foreach (var (label, number) in config.VersionLabels)
                model.Labels[label] = number;
        }

        foreach (string name in _models.Keys.Except(list.Config.Select(config => config.Name), StringComparer.Ordinal).ToArray())
            Remove(name);
        _scans = true;
        _changes.Release();
        return added;
    }

    // Its versions end with their last requests, and nothing finds them any more.
    private void Remove(string name)
    {
        var model = _models[name];
        model.Withdraw();
        foreach (var version in model.ToUnload())
            Unload(version);
        _models.Remove(name);
    }

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                bool isTime = !await _changes.WaitAsync(NextLook(), _end.Token).ConfigureAwait(false);
                Look(isTime);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
            }
            catch (Exception fault)
            {
                // The versions that are there go on, whatever is wrong with the disk.
                ServerLog.WatchFailed(_log, fault);
            }
        }
    }

    private TimeSpan NextLook()
    {
        lock (_gate)
        {
            var now = DateTimeOffset.UtcNow;
            var next = _models.Values.SelectMany(model => model.Versions).Select(version =>
                version.RetryAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
            TimeSpan wait = next == DateTimeOffset.MaxValue ? Timeout.InfiniteTimeSpan : next < now ? TimeSpan.Zero : next - now +
                TimeSpan.FromMilliseconds(1);
            return _settings.Poll is { } poll && (wait == Timeout.InfiniteTimeSpan || poll < wait) ? poll : wait;
        }
    }

    private void Look(bool isTime)
    {
        (ServedModel Model, string BasePath)[] models;
        lock (_gate)
        {
            bool scans = _scans || (isTime && _settings.Poll is not null);
            _scans = false;
            models = scans ? [.. _models.Values.Select(model => (model, model.Config.BasePath))] : [];
        }

        foreach (var (model, basePath) in models)
            Scan(model, basePath);
        lock (_gate)
        {
            foreach (var model in _models.Values)
            {
                foreach (var version in model.ToUnload())
                    Unload(version);
                foreach (var version in model.ToLoad(DateTimeOffset.UtcNow))
                {
                    version.BeginLoad();
                    _ = LoadAsync(model, version, givesWay: _isStarted);
                }
            }

            Progress();
        }
    }

    private void Scan(ServedModel model, string basePath)
    {
        SortedDictionary<long, string>? folders = null;
        string? problem = null;
        try
        {
            folders = VersionFolders.In(basePath);
        }
        catch (IOException fault)
        {
            problem = $"Could not find base path {basePath} for servable {model.Config.Name}: {fault.Message}";
        }

        lock (_gate)
        {
            // A configuration may have come in between.
            if (_models.GetValueOrDefault(model.Config.Name) != model || model.Config.BasePath != basePath)
                return;
            if (folders is null)
                model.Miss(problem!);
            else
                model.See(folders);
            if (model.Problem is { } text && _reported.Add(text))
                ServerLog.NoVersions(_log, text);
        }
    }

    private async Task LoadAsync(ServedModel model, ModelVersion version, bool givesWay)
    {
        ServableModel? servable = null;
        ServingException? failure = null;
        await _loads.RunAsync(
            () =>
            {
                try
                {
                    servable = _loader.Load(version, givesWay, _end.Token);
                }
                catch (ServingException fault)
                {
                    failure = fault;
                }
            },
            givesWay).ConfigureAwait(false);
        lock (_gate)
        {
            bool isWanted = !_end.IsCancellationRequested && _models.GetValueOrDefault(version.Model) == model && model.IsWanted(version);
            if (servable is not null && isWanted)
            {
                version.Ended += OnEnded;
                version.EndLoad(servable);
            }
            else if (failure is not null)
            {
                bool isLast = version.Failures >= _settings.Retries || !isWanted;
                version.FailLoad(failure.Status, failure.Message, isLast ? DateTimeOffset.MaxValue : DateTimeOffset.UtcNow + _settings.RetryInterval);
            }
            else
            {
                servable?.Unload?.Invoke();
                version.GiveUp();
            }

            Progress();
        }

        _changes.Release();
        Changed?.Invoke();
    }

    private void Unload(ModelVersion version)
    {
        ServerLog.Unloading(_log, version.Model, version.Number);
        version.Unload();
    }

    private void OnEnded(ModelVersion version)
    {
        ServerLog.Unloaded(_log, version.Model, version.Number);
        Ended?.Invoke(version);
        lock (_gate)
            Progress();
        _changes.Release();
        Changed?.Invoke();
    }

    private void Progress()
    {
        _progress.TrySetResult();
        _progress = NewProgress();
    }

    private static TaskCompletionSource NewProgress() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string ReasonOf(ServedModel model) =>
        model.Versions.Where(version => version.Error.Code != StatusCode.OK).OrderByDescending(version => version.Number).FirstOrDefault()?.Error.Text
            ?? model.Problem ?? "no version of it is available";
}
