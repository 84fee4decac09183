namespace TensorGraph.Torch;

/// <summary>
/// A parameter, buffer or gradient that has names, and changes while a method is traced. In a loop of the graph the reads of the next iteration
/// follow the changes of this one, although they are traced once, ahead of them.
/// </summary>
/// <param name="times">When it has changed, before it got a name; it goes on.</param>
/// <param name="before">Another object for what may be the same memory.</param>
internal class NamedMemory(List<int>? times = null, NamedMemory? before = null)
{
    private readonly HashSet<object> _readIn = before?._readIn ?? new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _copyReadIn = before?._copyReadIn ?? new(ReferenceEqualityComparer.Instance);

    private readonly List<int> _times = times ?? [];
    private NamedMemory? _heir;

    /// <summary>When it has changed, by the clock of the trace.</summary>
    public IEnumerable<int> Times => _heir is null || _heir._times == _times ? _heir?.Times ?? _times : _times.Concat(_heir.Times);

    /// <summary>How often it has changed until now.</summary>
    public int Changes => Times.Count();

    /// <summary>The open loops of the graph.</summary>
    public static IEnumerable<object> OpenLoops =>
        CompilerServices.ControlScope.Loops(((TraceContext)ExecutionContext.Current).Frames).Select(scope => scope.Owner);

    /// <summary>Another object stands for memory that may be the same from now on.</summary>
    public void PassTo(NamedMemory heir) => _heir = heir;

    /// <summary>A name is read.</summary>
    /// <param name="loops">The open loops that have begun since the name was made, so that their next iteration reads the same name.</param>
    /// <param name="mayBeCopy">True for a name that may be a copy in TorchSharp.</param>
    public void Read(IEnumerable<object> loops, bool mayBeCopy)
    {
        _readIn.UnionWith(loops);
        if (mayBeCopy) _copyReadIn.UnionWith(loops);
    }

    /// <summary>The memory has another value.</summary>
    /// <exception cref="GraphException">TG1014 in a loop that has read what may be a copy.</exception>
    public void Change()
    {
        if (_copyReadIn.Overlaps(OpenLoops)) throw OfUnsure();
        AddTime(_times);
    }

    /// <summary>Something changes now.</summary>
    public static void AddTime(List<int> times) => times.Add(++((TraceContext)ExecutionContext.Current).NameClock);

    /// <summary>True in a loop that has read a name from before it.</summary>
    public bool IsReadInLoop => _readIn.Overlaps(OpenLoops);

    /// <summary>The error of what may be a view or a copy.</summary>
    public static Exception OfUnsure()
    {
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, "clone", "a tensor is used after what it was made of has changed, and it may be that, or a view or copy of it",
            "Make it again where it is used, or copy it before the change: clone().");
        return new InvalidOperationException();
    }
}
