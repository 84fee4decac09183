namespace TensorGraph;

/// <summary>The batches of a training, and the place in the data after the last one that was trained on.</summary>
internal sealed class BatchReader<T> : IDisposable
{
    private readonly IEnumerable<T> _data;
    private readonly Action<string> _log;
    private readonly WorkerGroup? _group;
    private IEnumerator<T> _batches;
    private DatasetPosition? _before;
    private bool _isAhead;
    private bool _isEndedElsewhere;

    /// <summary>Goes on at a place, unless that is the end of the data or of other data, here or in another process.</summary>
    public BatchReader(IEnumerable<T> data, DatasetPosition? place, WorkerGroup? group, Action<string> log)
    {
        (_data, _group, _log) = (data, group, log);
        var dataset = place is null ? null : data as Dataset<T>;
        var putBack = dataset?.Remember();
        var resumed = dataset is null ? null : Resume(dataset, place!, log);
        IsResumed = All(resumed is { IsEnded: false });
        if (!IsResumed)
        {
            // At the end of the data the next pass begins; otherwise all begin as if there were no place.
            bool isNextPass = All(resumed is { IsEnded: true });
            resumed?.Dispose();
            if (resumed is not null && !isNextPass)
            {
                log("train: the data starts from its beginning: another process can't go on from the place of the checkpoint");
                putBack!();
            }
        }

        _batches = IsResumed ? resumed! : data.GetEnumerator();
    }

    /// <summary>True when it goes on in the middle of the data.</summary>
    public bool IsResumed { get; private set; }

    public T Current => _batches.Current;

    /// <summary>The place after the last batch for which <see cref="Trained"/> was called; null where the data has none, or starts anew.</summary>
    public DatasetPosition? Place => _isEndedElsewhere ? null : _isAhead ? _before : Now;

    private DatasetPosition? Now => (_batches as DatasetEnumerator<T>)?.Position;

    /// <summary>Moves to the first batch. The place may turn out to be at the end of the data, here or in another process.</summary>
    /// <param name="beginsNextPass">True to begin the next pass there.</param>
    public bool MoveFirst(bool beginsNextPass)
    {
        bool moved = MoveNext();
        if (!IsResumed || All(moved))
            return moved;
        if (!beginsNextPass)
        {
            _log("train: the place of the checkpoint is at the end of the data; the next call begins it again");
            return moved;
        }

        _batches.Dispose();
        (_batches, IsResumed) = (_data.GetEnumerator(), false);
        return MoveNext();
    }

    public bool MoveNext()
    {
        _before = Now;
        // An iteration that fails has no place.
        _isAhead = true;
        bool moved = _batches.MoveNext();
        _isAhead = moved;
        return moved;
    }

    /// <summary>True for a step: no process was asked to stop, and none has come to the end of its data, which then is that of all.</summary>
    public bool GoesOn(bool isThere, bool isStopRequested)
    {
        if (_group is null)
            return isThere && !isStopRequested;
        bool stops = !_group.All(!isStopRequested);
        bool isEverywhere = _group.All(isThere);
        // An end that all have come to is a place, after which the next pass begins.
        _isEndedElsewhere = !stops && !isEverywhere && !_group.All(!isThere);
        return isEverywhere && !stops;
    }

    /// <summary>The current batch was trained on.</summary>
    public void Trained() => _isAhead = false;

    public void Dispose() => _batches.Dispose();

    private bool All(bool isTrue) => _group?.All(isTrue) ?? isTrue;

    private static DatasetEnumerator<T>? Resume(Dataset<T> dataset, DatasetPosition place, Action<string> log)
    {
        try
        {
            return dataset.Resume(place);
        }
        catch (PositionException fault)
        {
            // Another dataset than that of the checkpoint, as in fine-tuning.
            log($"train: the data starts from its beginning: {fault.Problem}");
            return null;
        }
    }
}
