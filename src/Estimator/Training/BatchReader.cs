namespace TensorGraph;

/// <summary>The batches of a training, and the place in the data after the last one that was trained on.</summary>
internal sealed class BatchReader<T> : IDisposable
{
    private readonly IEnumerator<T> _batches;
    private DatasetPosition? _before;
    private bool _isAhead;

    /// <summary>Goes on at a place, unless that is the end of the data or of other data.</summary>
    public BatchReader(IEnumerable<T> data, DatasetPosition? place, Action<string> log)
    {
        _batches = place is not null && data is Dataset<T> dataset && Resume(dataset, place, log) is { } resumed ? resumed : data.GetEnumerator();
    }

    /// <summary>True when it goes on in the middle of the data.</summary>
    public bool IsResumed { get; private set; }

    public T Current => _batches.Current;

    /// <summary>The place after the last batch for which <see cref="Trained"/> was called; null where the data has none.</summary>
    public DatasetPosition? Place => _isAhead ? _before : Now;

    private DatasetPosition? Now => (_batches as DatasetEnumerator<T>)?.Position;

    public bool MoveNext()
    {
        _before = Now;
        // An iteration that fails has no place.
        _isAhead = true;
        bool moved = _batches.MoveNext();
        _isAhead = moved;
        return moved;
    }

    /// <summary>The current batch was trained on.</summary>
    public void Trained() => _isAhead = false;

    public void Dispose() => _batches.Dispose();

    private DatasetEnumerator<T>? Resume(Dataset<T> dataset, DatasetPosition place, Action<string> log)
    {
        try
        {
            var resumed = dataset.Resume(place);
            if (!resumed.IsEnded)
            {
                IsResumed = true;
                return resumed;
            }

            resumed.Dispose();
        }
        catch (GraphException fault) when (fault.Id == DiagnosticIds.BadData)
        {
            // Another dataset than that of the checkpoint, as in fine-tuning.
            log($"train: the data starts from its beginning: {fault.Problem}");
        }

        return null;
    }
}
