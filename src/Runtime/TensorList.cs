namespace TensorGraph.Backends;

/// <summary>
/// A list of tensors as a value: the first <see cref="Count"/> places of an array that longer lists share. Adding to the longest one takes the
/// next place, so that a loop which adds one element per turn copies nothing but, now and then, the references; adding to a shorter one copies them.
/// </summary>
internal sealed class TensorList
{
    private readonly Places _places;

    private TensorList(Places places, int count) => (_places, Count) = (places, count);

    public TensorList(TensorData[] elements)
        : this(new Places(elements, elements.Length), elements.Length)
    {
    }

    public int Count { get; }

    public TensorData this[long index] => _places.Elements[index];

    public TensorList Add(TensorData element)
    {
        // Places that this list does not reach may belong to another one, made from the same beginning.
        Places places = _places.Used == Count && Count < _places.Elements.Length ? _places : new Places(Copy(Math.Max(4, 2 * Count)), Count);
        places.Elements[Count] = element;
        places.Used = Count + 1;
        return new TensorList(places, Count + 1);
    }

    public TensorList With(long index, TensorData element)
    {
        TensorData[] elements = Copy(Math.Max(4, Count));
        elements[index] = element;
        return new TensorList(new Places(elements, Count), Count);
    }

    private TensorData[] Copy(int capacity)
    {
        var elements = new TensorData[capacity];
        Array.Copy(_places.Elements, elements, Count);
        return elements;
    }

    private sealed class Places(TensorData[] elements, int used)
    {
        public TensorData[] Elements => elements;

        public int Used { get; set; } = used;
    }
}
