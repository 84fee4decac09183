namespace TensorGraph.Backends.Gpu;

/// <summary>A value that is made when it is first asked for, by one thread; a failure is not kept, so the next one tries again.</summary>
internal sealed class MadeOnce<T>(Func<T> make)
    where T : class
{
    private readonly Lock _gate = new();
    private T? _value;

    public T Value
    {
        get
        {
            if (Volatile.Read(ref _value) is { } known) return known;
            lock (_gate)
            {
                T made = _value ?? make();
                Volatile.Write(ref _value, made);
                return made;
            }
        }
    }
}
