namespace TensorGraph.Backends;

/// <summary>A graph compiled for a device, for all sizes of its symbolic dims. Safe to run from several threads.</summary>
public abstract class Executable(Device device, Ir.Graph graph)
{
    /// <summary>The device that it runs on.</summary>
    public Device Device { get; } = device;

    /// <summary>The graph that was compiled.</summary>
    public Ir.Graph Graph { get; } = graph;

    /// <summary>Counts and times of its runs; null for one that was compiled while nothing was recorded.</summary>
    internal ExecutableProfile? Profile { get; } = GraphEvents.Observer is null ? null : new(device);

    /// <summary>The program for arguments like these.</summary>
    /// <exception cref="GraphException">
    /// An argument does not fit its parameter or is on another device (TG5001), sizes that must be equal differ.
    /// </exception>
    public abstract SpecializedProgram Specialize(ReadOnlySpan<TensorData> inputs);

    /// <summary>Runs on one tensor for each parameter, on this thread, and returns one for each result.</summary>
    /// <exception cref="GraphException">As <see cref="Specialize"/>, or what happens in the run.</exception>
    public TensorData[] Run(ReadOnlySpan<TensorData> inputs, CancellationToken cancellation = default) =>
        Specialize(inputs).Run(inputs, cancellation);

    /// <summary>Runs, or queues on the stream of this flow of control, on one tensor for each parameter and returns one for each result.</summary>
    /// <exception cref="GraphException">As <see cref="Run"/>; of a queued call, what happens in the run appears where a result is read.</exception>
    public TensorData[] Call(ReadOnlySpan<TensorData> inputs)
    {
        var results = new TensorData[Graph.Entry.Results.Length];
        Call(inputs, results);
        return results;
    }

    /// <summary>As <see cref="Call(ReadOnlySpan{TensorData})"/>, into a span with a place for each result.</summary>
    public void Call(ReadOnlySpan<TensorData> inputs, Span<TensorData> results)
    {
        TensorGraphOptions options = TensorGraphOptions.Current;
        DeviceStream.Of(options, Device).Call(Specialize(inputs), inputs, results, options);
    }

    /// <summary>
    /// Runs, and leaves the elements of its only result in memory of the caller. The kernel of a managed device that makes them writes them there.
    /// </summary>
    /// <exception cref="GraphException">As <see cref="Run"/>; TG2001 another number of elements.</exception>
    public void CallInto<T>(TensorData[] inputs, Span<T> destination)
        where T : unmanaged
    {
        TensorGraphOptions options = TensorGraphOptions.Current with { IsAsynchronous = false };
        SpecializedProgram program = Specialize(inputs);
        TensorLayout? layout = program.Facts.Results is [var known] ? known : null;
        if (layout is not null) CheckLength(layout, destination.Length);
        var results = new TensorData[1];
        bool isThere = false;
        if (layout is { Count: > 0 } && !TensorData.AnyBorrowed(inputs)) Device.WithDestination(layout, destination, Run);
        else Run(null);
        if (isThere) return;
        CheckLength(results[0].Layout, destination.Length);
        results[0].CopyTo(destination);
        results[0].Release();

        void Run(TensorData? place)
        {
            results[0] = place!;
            DeviceStream.Of(options, Device).Call(program, inputs, results, options);
            isThere = place is not null && results[0] == place;
        }
    }

    private void CheckLength(TensorLayout result, int length)
    {
        if (result.Count == length) return;
        Throw.Shape(Graph.Name, $"its result {result.Type} has {result.Count} elements, the destination {length}", "Use a span of that length.");
    }

    /// <summary>
    /// Bytes that a run takes at once, beside its arguments and variables, as far as is known ahead; null for a device that can't tell.
    /// </summary>
    public virtual long? EstimatePeakBytes(ReadOnlySpan<TensorLayout> arguments) => null;

    /// <summary>The commands that run, as text.</summary>
    public abstract string Dump();

    /// <summary>Throws for an argument that is null or on another device.</summary>
    protected void Check(ReadOnlySpan<TensorData> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is null) throw new GraphException(DiagnosticIds.NullArgument, $"{Graph.Name}: argument {i} is null", "Pass a tensor.");
        }
        Device.Check(Graph.Name, inputs);
    }
}
