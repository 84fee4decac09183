namespace TensorGraph;

/// <summary>How elements are put into buckets and those into batches.</summary>
/// <param name="Length">Length of an element.</param>
/// <param name="Boundaries">The first lengths of the buckets but for the first one.</param>
/// <param name="Sizes">Elements of a batch, for each bucket.</param>
/// <param name="DropRemainder">Whether buckets that are not full at the end are left out.</param>
/// <param name="Stack">Makes a batch.</param>
internal sealed record Buckets<T>(
    Func<T, int> Length, IReadOnlyList<int> Boundaries, IReadOnlyList<int> Sizes, bool DropRemainder, Func<IReadOnlyList<T>, T> Stack);

/// <summary>
/// Batches of elements of like length. A position is that of the oldest element in a bucket, with the numbers of all that are in buckets.
/// </summary>
internal sealed class BucketCursor<T> : Cursor<T>
{
    private readonly Dataset<T> _dataset;
    private readonly Buckets<T> _buckets;
    private readonly List<Held>[] _held;
    private readonly Cursor<T> _source;
    private long _read;
    private bool _isEnded;

    public BucketCursor(Dataset<T> dataset, Buckets<T> buckets, PositionReader? from)
    {
        (_dataset, _buckets, _held) = (dataset, buckets, [.. buckets.Sizes.Select(_ => new List<Held>())]);
        _source = from is null ? dataset.Open(null) : dataset.OpenAt(from.Part());
        try
        {
            if (from is not null)
                Restore(from);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    // Before: the position of the source ahead of the element.
    private sealed record Held(T Element, long Number, long[] Before);

    public override bool MoveNext()
    {
        while (!_isEnded)
        {
            if (Read() is not { } bucket)
                _isEnded = true;
            else if (_held[bucket].Count == _buckets.Sizes[bucket])
                return Give(bucket);
        }

        int rest = _buckets.DropRemainder ? -1 : Array.FindIndex(_held, bucket => bucket.Count > 0);
        return rest >= 0 && Give(rest);
    }

    public override void Save(PositionWriter to)
    {
        var held = _held.SelectMany(bucket => bucket).OrderBy(each => each.Number).ToArray();
        to.Add(held is [var oldest, ..] ? oldest.Before : _dataset.Save(_source));
        to.Add(held is [var first, ..] ? first.Number : _read);
        to.Add(_read);
        to.Add(_isEnded);
        to.Add(held.Select(each => each.Number).ToArray());
    }

    public override void Dispose() => _source.Dispose();

    private void Restore(PositionReader from)
    {
        _read = from.Count();
        (long read, _isEnded) = (from.Count(), from.Flag());
        HashSet<long> held = [.. from.Part()];
        while (_read < read)
        {
            if (held.Contains(_read))
                Read();
            else if (_source.Skip())
                _read++;
            else
                throw new PositionException("bucket_by_length", $"the position is after element {read}, there are {_read}");
        }

        // Where its end fills a cache.
        if (_isEnded)
            _source.Skip();
    }

    // The bucket of the next element; null at the end.
    private int? Read()
    {
        long[] before = _dataset.Save(_source);
        if (!_source.MoveNext())
            return null;
        int bucket = BucketOf(_source.Current);
        _held[bucket].Add(new(_source.Current, _read++, before));
        return bucket;
    }

    private int BucketOf(T element)
    {
        try
        {
            int length = _buckets.Length(element);
            return _buckets.Boundaries.Count(boundary => boundary <= length);
        }
        catch (Exception fault) when (StepNote.Add(fault, "bucket_by_length", _read))
        {
            throw;
        }
    }

    private bool Give(int bucket)
    {
        Current = _buckets.Stack([.. _held[bucket].Select(each => each.Element)]);
        _held[bucket].Clear();
        return true;
    }
}
