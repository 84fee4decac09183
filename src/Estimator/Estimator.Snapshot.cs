namespace TensorGraph;

/// <content>Variables that come back.</content>
public abstract partial class Estimator
{
    /// <summary>
    /// Within an evaluation, a prediction or an export: the variables that it works on come back when the result is disposed, after a call that takes
    /// a checkpoint of its own.
    /// </summary>
    private protected IDisposable? KeepFor(string? path) =>
        IsPinned && !IsTraining && path is not null && !IsInMemory(path, FileStamp.Of(path)) ? new Kept(this) : null;

    /// <summary>Variables that a run began with, while it goes on between other calls; null where they have not changed since.</summary>
    private protected IDisposable? Return(Snapshot begun)
    {
        if (begun.IsInMemory)
            return null;
        var kept = new Kept(this);
        begun.PutBack();
        return kept;
    }

    /// <summary>All that a checkpoint holds, and where it came from, at one time.</summary>
    private protected sealed class Snapshot(Estimator estimator)
    {
        private readonly (Variable Variable, Tensor Value)[] _values =
            [.. estimator.State.Saved().Values.Select(variable => (variable, variable.Value))];

        private readonly (long, DatasetPosition?, DatasetPosition?) _place = (estimator.GlobalStep, estimator.Position, estimator._savedPosition);
        private readonly (string?, FileStamp) _file = (estimator._loaded, estimator._stamp);
        private readonly (bool, bool, bool) _flags = (estimator._isChanged, estimator._isBroken, estimator._isWarm);

        // A number that other values of the variables do not have, where this estimator gave them.
        private readonly long _version = estimator._version;

        /// <summary>True while nothing has changed the variables, this estimator or another program.</summary>
        public bool IsInMemory => _version == estimator._version && _values.All(entry => ReferenceEquals(entry.Variable.Value, entry.Value));

        public void PutBack()
        {
            foreach (var (variable, value) in _values)
                variable.Assign(value);
            (estimator.GlobalStep, estimator.Position, estimator._savedPosition) = _place;
            (estimator._loaded, estimator._stamp) = _file;
            (estimator._isChanged, estimator._isBroken, estimator._isWarm) = _flags;
            estimator._version = _version;
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
}
