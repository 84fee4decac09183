using System.Collections.Immutable;
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
    private readonly Lazy<(Region Region, ImmutableArray<Resource> Variables)> _pure;
    private readonly ConditionalWeakTable<Device, Executable> _executables = [];
    private readonly RecordedTrace? _record;
    // The device of each result that Tensor.To made.
    private readonly string?[]? _destinations;
    private readonly VariableMirror[] _mirrors;
    private Executable _executable;

    public CompiledFunction(Ir.Graph graph, Ir.Graph optimized, IReadOnlyList<PassReport> passes, Executable executable, RecordedTrace? record)
    {
        Graph = graph;
        Optimized = optimized;
        Passes = passes;
        _gradient = new(() => new CallGradient(graph));
        _pure = new(() => Recomputation.WithoutEffects(graph.Entry));
        _destinations = graph.Entry.Results.Any(IsSent) ? [.. graph.Entry.Results.Select(Destination)] : null;
        _mirrors = [.. graph.Entry.Body.SelectMany(node => node.Effects).Select(effect => (effect.Resource as VariableResource)?.Mirror)
            .OfType<VariableMirror>().Distinct()];
        _executable = executable;
        _record = record;
        _executables.Add(executable.Device, executable);
    }

    /// <summary>The graph as traced.</summary>
    public Ir.Graph Graph { get; }

    /// <summary>
    /// The first comparison of sizes that the trace relied on and that these sizes of arguments break, or null. In a trace these are symbolic sizes,
    /// and it is for that trace to see to it that the comparisons hold.
    /// </summary>
    public SizeConstraint? BrokenComparison(Func<string, Dim> sizeOf) =>
        Graph.Assumptions.FirstOrDefault(constraint => constraint.Op == SizeConstraint.Comparison && !constraint.Substitute(sizeOf).Holds());

    /// <summary>The graph that runs.</summary>
    public Ir.Graph Optimized { get; }

    /// <summary>The effect of each pass on the number of nodes.</summary>
    public IReadOnlyList<PassReport> Passes { get; }

    /// <summary>The executable of the device that it ran on last.</summary>
    public Executable Executable => _executable;

    /// <summary>Runs on one tensor for each parameter: records, differentiates or computes, as the context demands.</summary>
    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor> results)
    {
        // A trace takes the graph into its own.
        if (_mirrors.Length == 0 || ExecutionContext.Current is TraceContext)
        {
            Execute(inputs, results);
            return;
        }

        int entered = 0;
        bool completed = false;
        try
        {
            for (; entered < _mirrors.Length; entered++)
                _mirrors[entered].Enter();
            Execute(inputs, results);
            completed = true;
        }
        finally
        {
            while (entered > 0)
                _mirrors[--entered].Leave(completed);
        }
    }

    private void Execute(ReadOnlySpan<Tensor> inputs, Span<Tensor> results)
    {
        var context = ExecutionContext.Current;
        if (context is TraceContext || context.Notes || (!context.Tapes.IsEmpty && IsTracked(context, inputs)))
        {
            RunTracked(context, inputs.ToArray()).CopyTo(results);
            return;
        }

        Few<TensorData> fewInputs = default, fewResults = default;
        var data = inputs.Length <= Few<TensorData>.Count ? fewInputs[..inputs.Length] : new TensorData[inputs.Length];
        var found = results.Length <= Few<TensorData>.Count ? fewResults[..results.Length] : new TensorData[results.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = inputs[i].Data;
        var device = ImperativeContext.Meet(inputs, data);
        _record?.OnCall(Optimized, data);
        For(device).Call(data, found);
        for (int i = 0; i < found.Length; i++)
            results[i] = new Tensor(_destinations?[i] is { } name ? Devices.Find(name).Take(found[i]) : found[i]);
    }

    /// <summary>Runs now, and leaves the elements of the only result in memory of the caller.</summary>
    public void RunInto<T>(Tensor[] inputs, Span<T> destination)
        where T : unmanaged
    {
        var context = ExecutionContext.Current;
        if (context is TraceContext || context.Notes || _mirrors.Length > 0 || (!context.Tapes.IsEmpty && IsTracked(context, inputs)))
        {
            var results = new Tensor[1];
            Run(inputs, results);
            results[0].CopyTo(destination);
            return;
        }

        TensorData[] data = [.. inputs.Select(input => input.Data)];
        var device = ImperativeContext.Meet(inputs, data);
        _record?.OnCall(Optimized, data);
        For(device).CallInto(data, destination);
    }

    private Tensor[] RunTracked(ExecutionContext context, Tensor[] inputs)
    {
        if (context is TraceContext trace)
        {
            var arguments = inputs.Select(trace.ValueOf);
            return [.. (NamesSizes ? Inline.Call(trace.Builder, Graph.Entry, [.. arguments]) : trace.Builder.Inline(Graph.Entry, [.. arguments]))
                .Select(trace.TensorOf)];
        }

        var results = context.Notes && Effects ? RunNoted((ImperativeContext)context, inputs) : _gradient.Value.Run(context, inputs);
        for (int i = 0; i < results.Length && _destinations is not null; i++)
        {
            if (_destinations[i] is { } device)
                results[i] = results[i].To(Devices.Find(device));
        }

        return results;
    }

    // Names of sizes mean something else in the graph that calls it.
    private bool NamesSizes => Graph.Entry.Parameters.Any(parameter => !parameter.Types[0].Shape.IsConstant)
        || Graph.Entry.AllNodes().Any(node => node.Op == OpDefs.BindSize);

    private bool Effects => Graph.Entry.Body.Any(node => !node.IsPure);

    // In a checkpointed block: it runs as it is, and what is noted computes the same without effects.
    private Tensor[] RunNoted(ImperativeContext context, Tensor[] inputs)
    {
        var (region, variables) = _pure.Value;
        Tensor[] given = [.. inputs, .. variables.Select(variable => Dispatch.Run(OpDefs.ReadVariable, Attrs.Of("var", variable)))];
        TensorData[] data = [.. inputs.Select(input => input.Data)];
        var found = new TensorData[Graph.Entry.Results.Length];
        For(ImperativeContext.Meet(inputs, data)).Call(data, found);
        Tensor[] results = [.. found.Select(result => new Tensor(result))];
        context.Take(Recomputation.Ran(region, [.. given.Select(context.ValueOf)], [.. results.Select(result => result.Type)], Attrs.Empty), results);
        return results;
    }

    private static bool IsSent(Value result) => result.Node.Op == OpDefs.ToDevice;

    private static string? Destination(Value result) => IsSent(result) ? result.Node.Attrs.Get<string>("device") : null;

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

    private bool IsTracked(ExecutionContext context, ReadOnlySpan<Tensor> inputs)
    {
        foreach (var tape in context.Tapes)
        {
            foreach (var input in inputs)
            {
                if (tape.Tracks(input))
                    return true;
            }

            if (_gradient.Value.Variables.Any(tape.Tracks))
                return true;
        }

        return false;
    }
}
