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
            if (path is not null && (_isChanged || !IsSame(path, _loaded)))
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
            _initial = new(this);
        Take(_checkpoint.Restore(path, []), stamp);
    }

    private void LoadLatest()
    {
        var files = _checkpoint.Files;
        if (files.FirstOrDefault(file => !IsDamaged(file)) is { } latest)
        {
            if (_isChanged && !_isBroken)
                TakeNewer(files);
            else if (_isBroken || !IsSame(latest, _loaded) || FileStamp.Of(latest) != _stamp)
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
            {
                throw Misuse.Data("estimator", $"there is no checkpoint in '{ModelDir}', and the variables are those of '{_loaded}'",
                    "Make a new estimator, or give a checkpoint.");
            }

            _initial.PutBack();
        }

        WarmStartOnce();
    }

    // A training keeps some checkpoints only: one that is gone may be in memory.
    private bool IsInMemory(string path, FileStamp stamp) => IsSame(path, _loaded) && !_isChanged && (stamp == _stamp || !stamp.IsThere);

    // Another file in the folder is not what a training went on from.
    private bool IsOwn(string path) => Checkpoint.StepOf(path) is not null
        && Path.GetDirectoryName(Path.GetFullPath(path)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(ModelDir));

    // One of the two may be relative. What is given may be no path at all.
    private static bool IsSame(string path, string? known) => known is not null
        && (path == known
            || (path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && Path.GetFullPath(path) == Path.GetFullPath(known)));

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
        ? (Checkpoint.StepOf(path)!.Value, FileStamp.Of(path).Written) : null;

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
        foreach (string file in restored.Damaged)
            RememberDamaged(file, stamps.GetValueOrDefault(file));
        Take(restored, stamps.GetValueOrDefault(restored.Path));
    }

    /// <summary>A checkpoint of a later step than what was trained here and is not saved, which stays where that is damaged.</summary>
    private void TakeNewer(IReadOnlyList<string> files)
    {
        foreach (string file in files.Where(file => Checkpoint.StepOf(file) > GlobalStep && !IsDamaged(file)))
        {
            // Before it is read: it may be written again meanwhile.
            var stamp = FileStamp.Of(file);
            try
            {
                Take(_checkpoint.Restore(file, []), stamp);
                return;
            }
            catch (GraphException fault) when (fault.Id == DiagnosticIds.BadData)
            {
                if (!File.Exists(file))
                    continue;
                RememberDamaged(file, stamp);
                TensorGraphOptions.Current.Warnings.WriteLine($"{fault.Message} What was trained is kept.");
            }
        }
    }

    // What could not be opened may be whole.
    private void RememberDamaged(string file, FileStamp stamp)
    {
        try
        {
            using var opened = File.OpenRead(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return;
        }

        _damaged.Add((file, stamp));
    }

    private void Take(RestoredCheckpoint restored, FileStamp stamp)
    {
        (GlobalStep, Position, _loaded, _stamp) = (restored.Step, restored.Position, restored.Path, stamp);
        _savedPosition = restored.Position;
        _damaged.RemoveWhere(file => IsSame(restored.Path, file.Path));
        (_isChanged, _isBroken) = (false, false);
        CountVersion();
    }
}
