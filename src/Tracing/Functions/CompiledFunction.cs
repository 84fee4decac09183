using System.Runtime.CompilerServices;
using TensorGraph.Backends;
using TensorGraph.Ir;
using TensorGraph.Passes;
using TensorGraph.Recording;

namespace TensorGraph;

/// <summary>A graph with its executables, one for each device that it has run on, and its gradient.</summary>
internal sealed class CompiledFunction
{
    private readonly Lazy<CallGradient> _gradient;
    private readonly ConditionalWeakTable<Device, Executable> _executables = [];
    private readonly RecordedTrace? _record;
    // The device of each result that Tensor.To made.
    private readonly string?[]? _destinations;
    private Executable _executable;

    public CompiledFunction(Ir.Graph graph, Ir.Graph optimized, IReadOnlyList<PassReport> passes, Executable executable, RecordedTrace? record)
    {
        Graph = graph;
        Optimized = optimized;
        Passes = passes;
        _gradient = new(() => new CallGradient(graph));
        _destinations = graph.Entry.Results.Any(IsSent) ? [.. graph.Entry.Results.Select(Destination)] : null;
        _executable = executable;
        _record = record;
        _executables.Add(executable.Device, executable);
    }

    /// <summary>The graph as traced.</summary>
    public Ir.Graph Graph { get; }

    /// <summary>The graph that runs.</summary>
    public Ir.Graph Optimized { get; }

    /// <summary>What each pass did to the number of nodes.</summary>
    public IReadOnlyList<PassReport> Passes { get; }

    /// <summary>The executable of the device that it ran on last.</summary>
    public Executable Executable => _executable;

    /// <summary>Runs on one tensor for each parameter: records, differentiates or computes, as the context demands.</summary>
    public Tensor[] Run(Tensor[] inputs)
    {
        var context = ExecutionContext.Current;
        if (context is TraceContext trace)
            return [.. trace.Build.Inline(Graph.Entry, [.. inputs.Select(trace.ValueOf)]).Select(trace.TensorOf)];
        if (!context.Tapes.IsEmpty && IsTracked(context, inputs))
            return _gradient.Value.Run(context, inputs);
        var data = new TensorData[inputs.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = inputs[i].Data;
        _record?.OnCall(Optimized, data);
        var results = For(ImperativeContext.DeviceOf(data)).Call(data);
        var tensors = new Tensor[results.Length];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(_destinations is null ? results[i] : Send(results[i], _destinations[i]));
        return tensors;
    }

    private static bool IsSent(Value result) => result.Node.Op == Op.ToDevice;

    private static string? Destination(Value result) => IsSent(result) ? result.Node.Attrs.Get<string>("device") : null;

    private static TensorData Send(TensorData result, string? device) => device is null ? result : Devices.Find(device).Take(result);

    // Arguments are mostly on the same device from one call to the next.
    private Executable For(Device device)
    {
        var last = _executable;
        return last.Device == device ? last : _executable = _executables.GetValue(device, Compile);
    }

    private Executable Compile(Device device)
    {
        using var work = GraphEvents.Compile(Graph, device);
        _record?.OnCompile();
        var executable = device.Compile(Optimized);
        GraphEvents.Compiled(work, Optimized, device);
        _record?.OnCompiled(executable);
        return executable;
    }

    private bool IsTracked(ExecutionContext context, Tensor[] inputs)
    {
        foreach (var tape in context.Tapes)
        {
            if (inputs.Any(tape.Tracks) || _gradient.Value.Variables.Any(tape.Tracks))
                return true;
        }

        return false;
    }
}
