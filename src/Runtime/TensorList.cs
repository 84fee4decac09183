namespace TensorGraph.Backends;

/// <summary>
/// A list of tensors as a value: the first <see cref="Count"/> places of an array that longer lists share. Adding to the longest one takes the next
/// place, so that a loop which adds one element per iteration copies nothing but, now and then, the references; adding to a shorter one copies them.
/// </summary>
internal sealed class TensorList
{
    private readonly ListStorage _storage;

    private TensorList(ListStorage storage, int count) => (_storage, Count) = (storage, count);

    public TensorList(TensorData[] elements)
        : this(new ListStorage(elements, elements.Length), elements.Length)
    {
    }

    public int Count { get; }

    public TensorData this[long index] => _storage.Elements[index];

    public TensorList Add(TensorData element)
    {
        // Places that this list does not reach may belong to another one, made from the same beginning, perhaps at this moment.
        ListStorage storage = _storage.TryTake(Count) ? _storage : new ListStorage(Copy(Math.Max(4, 2 * Count)), Count + 1);
        storage.Elements[Count] = element;
        return new TensorList(storage, Count + 1);
    }

    public TensorList With(long index, TensorData element)
    {
        TensorData[] elements = Copy(Math.Max(4, Count));
        elements[index] = element;
        return new TensorList(new ListStorage(elements, Count), Count);
    }

    private TensorData[] Copy(int capacity)
    {
        var elements = new TensorData[capacity];
        Array.Copy(_storage.Elements, elements, Count);
        return elements;
    }

    private sealed class ListStorage(TensorData[] elements, int used)
    {
        private int _used = used;

        public TensorData[] Elements => elements;

        /// <summary>Takes a place for one list alone; false when another one has it, or there is none.</summary>
        public bool TryTake(int place) => place < elements.Length && Interlocked.CompareExchange(ref _used, place + 1, place) == place;
    }
}
