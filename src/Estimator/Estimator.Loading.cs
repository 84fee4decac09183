namespace TensorGraph;

/// <content>Checkpoints that calls work on.</content>
public abstract partial class Estimator
{
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
        if (IsInMemory(path, stamp))
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

    // A training keeps some checkpoints only: one that is gone may be in memory.
    private bool IsInMemory(string path, FileStamp stamp) => path == _loaded && !_isChanged && (stamp == _stamp || !stamp.IsThere);

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
}
