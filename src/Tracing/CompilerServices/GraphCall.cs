using System.ComponentModel;

namespace TensorGraph.CompilerServices;

/// <summary>
/// The flattened arguments of one call (or leaves of one result), in order. Generated entries add them; generated delegates take them out again.
/// Calls are reused per thread, so that a warm call allocates nothing here.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GraphCall
{
    [ThreadStatic]
    private static GraphCall? _spare;

    private GraphCall? _nextSpare;
    private Leaf[] _leaves = new Leaf[8];
    private int _next;

    internal GraphCall()
    {
    }

    /// <summary>The instance of an instance method.</summary>
    public object? Target { get; private set; }

    internal GraphFunctionDefinition? Function { get; private set; }

    internal int Count { get; private set; }

    internal ReadOnlySpan<Leaf> Leaves => _leaves.AsSpan(0, Count);

    /// <summary>Adds a tensor.</summary>
    public void Add(Tensor? tensor) => Add(Leaf.Of(tensor));

    /// <summary>Adds a C# value.</summary>
    public void AddStatic<T>(T value) => Add(Leaf.OfStatic(value));

    /// <summary>Adds a C# collection that is compared by its content.</summary>
    public void AddContents(object? collection) => Add(Leaf.OfContents(collection));

    /// <summary>Adds a C# collection with tensors in it, which are compared by identity.</summary>
    public void AddTensors(object? collection) => Add(Leaf.OfContents(collection, holdsTensors: true));

    /// <summary>The scope of a call that a token stops. It is no leaf: a graph serves calls with any token.</summary>
    /// <exception cref="OperationCanceledException">It is cancelled.</exception>
    public static IDisposable? StoppedBy(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return token.CanBeCanceled ? GraphFunctions.WithCancellation(token) : null;
    }

    /// <summary>
    /// Adds what a getter of the user's computes. It is asked ahead of the code that it is written for, where it may not be ready to answer.
    /// </summary>
    public void AddComputed<TOwner, TValue>(TOwner owner, Func<TOwner, TValue> read)
    {
        TValue value;
        try
        {
            value = Check.NotNull(read)(owner);
        }
#pragma warning disable CA1031 // Whatever it throws is thrown again by the code that asks for the value, if it ever does.
        catch (Exception error)
#pragma warning restore CA1031
        {
            AddStatic(error.GetType().FullName);
            return;
        }

        AddStatic(value);
    }

    /// <summary>Adds a tensor array: whether it has an element type, then its elements.</summary>
    public void AddArray(TensorArray array)
    {
        var rows = Check.NotNull(array).Pack();
        AddStatic(rows is not null);
        if (rows is not null)
            Add(rows);
    }

    /// <summary>Takes a tensor array. An argument is a copy, which must not change.</summary>
    public TensorArray NextArray() => TensorArray.Unpack(NextStatic<bool>() ? NextTensor() : null, isArgument: Function is not null);

    /// <summary>Takes the next leaf, a tensor.</summary>
    public Tensor NextTensor() => _leaves[_next++].Tensor!;

    /// <summary>Takes the next leaf, a C# value.</summary>
    public T NextStatic<T>() => _leaves[_next++].Static<T>();

    /// <summary>A call to which the same arguments are added once more, to see what the method changed in them.</summary>
    public GraphCall Again() => new() { Function = Function, Target = Target };

    /// <summary>Compares collections of tensors with what they were: the method got copies, so that a change would be lost.</summary>
    /// <exception cref="GraphException">TG7004 when an element was changed, added or removed.</exception>
    public void CheckUnchanged(GraphCall again)
    {
        for (int i = 0; i < Count; i++)
        {
            if (i < again.Count && ReferenceEquals(_leaves[i].Tensor, again._leaves[i].Tensor)
                && (_leaves[i].IsTensor || _leaves[i].SameStatic(again._leaves[i])))
                continue;
            throw new GraphException(
                DiagnosticIds.ArrayFromOutside,
                $"{Function!.Name}: it changes '{Function.NamesOf(Leaves)[i].Name}' of its arguments, which the caller would not see",
                "Change a copy and return it.", Ir.SourceSpan.Capture());
        }
    }

    /// <summary>Runs the function on these arguments.</summary>
    public TResult Run<TResult>()
    {
        try
        {
            return ((GraphFunction<TResult>)Function!).Run(this);
        }
        finally
        {
            Return();
        }
    }

    internal static GraphCall Rent(GraphFunctionDefinition? function, object? target)
    {
        var call = _spare ?? new GraphCall();
        _spare = call._nextSpare;
        call.Function = function;
        call.Target = target;
        return call;
    }

    internal void Return()
    {
        Clear();
        Target = Function = null;
        _nextSpare = _spare;
        _spare = this;
    }

    internal void Clear()
    {
        Array.Clear(_leaves, 0, Count);
        Count = _next = 0;
    }

    internal void Rewind() => _next = 0;

    internal void Add(Leaf leaf)
    {
        if (Count == _leaves.Length)
            Array.Resize(ref _leaves, 2 * Count);
        _leaves[Count++] = leaf;
    }
}
