using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>One call of <see cref="Ops.Scan{TState, TItem, TOutput}"/>, over tensors.</summary>
/// <param name="initial">The first state, with names.</param>
/// <param name="items">The sequences, with names.</param>
/// <param name="reverse">From the last entry to the first.</param>
/// <param name="step">(state, entries) → (next state, outputs).</param>
internal sealed class Scan(
    (string Name, Tensor Value)[] initial, (string Name, Tensor Value)[] items, bool reverse,
    Func<Tensor[], Tensor[], ((string Name, Tensor Value)[] State, (string Name, Tensor Value)[] Outputs)> step)
{
    private readonly SourceSpan _source = SourceSpan.Capture();

    public (Tensor[] State, Tensor[] Outputs) Run()
    {
        if (items.Length == 0)
            throw new GraphException(DiagnosticIds.ShapeMismatch, "scan: there is no sequence to go through", "Pass Ops.Iota(n) as items to count.",
                _source);
        foreach (var (name, item) in items)
        {
            if (item.Rank == 0)
                throw new GraphException(DiagnosticIds.RankMismatch, $"scan: '{name}' is {item.Type}, without an axis to go along",
                    "The first axis of each item is the sequence.", _source);
            if (item.GraphType.Shape[0] is { IsConstant: true } length && items[0].Value.GraphType.Shape[0] is { IsConstant: true } wanted
                && length != wanted)
                throw new GraphException(DiagnosticIds.ShapeMismatch, $"scan: '{items[0].Name}' has {wanted} entries and '{name}' has {length}",
                    "All sequences have one length: slice or pad them.", _source);
        }

        return ExecutionContext.Current is TraceContext trace ? trace.InRegion("scan", () => Record(trace, Twice)) : Length == 0 ? Empty() : Loop();
    }

    private long Length => items[0].Value.GraphType.Shape[0].Value;

    private Tensor[] State => [.. initial.Select(part => part.Value)];

    private (Tensor[] State, Tensor[] Outputs) Loop()
    {
        var state = State;
        List<Tensor>[] outputs = [];
        for (long iteration = 0; iteration < Length; iteration++)
        {
            var at = (Tensor)(reverse ? Length - 1 - iteration : iteration);
            var (next, given) = Step(state, [.. items.Select(item => item.Value[at])]);
            state = next;
            if (iteration == 0)
                outputs = [.. given.Select(_ => new List<Tensor>())];
            foreach (var (i, (name, output)) in given.Index())
            {
                if (iteration > 0 && output.GraphType != outputs[i][0].GraphType)
                    throw Changed(name, outputs[i][0].GraphType, output.GraphType, "in the first step", "in a later one");
                outputs[i].Add(output);
            }
        }

        return (state, [.. outputs.Select(rows => Ops.Stack(reverse ? [.. rows.AsEnumerable().Reverse()] : rows))]);
    }

    // Without entries the step never runs; tracing it says which outputs there would be, and what their gradients are by. They have the same types
    // whichever way its conditions go, as those of a graph have; only a step that does not end without a condition that holds is beyond this.
    private (Tensor[] State, Tensor[] Outputs) Empty()
    {
        const int MostConditions = 1000;
        var trace = new TraceContext("scan", allowVariables: false) { CapturesAll = true, Guesses = MostConditions, IsForTypes = true };
        Ir.Graph graph;
        try
        {
            using (ExecutionContext.Enter(trace))
            {
                var scan = new Scan(
                    [.. initial.Select(part => (part.Name, trace.Parameter(part.Value.GraphType, part.Name)))],
                    [.. items.Select(item => (item.Name, trace.Parameter(item.Value.GraphType, item.Name)))], reverse, step);
                var (state, outputs) = scan.Record(trace, scan.Once);
                graph = trace.Finish([.. state, .. outputs]);
            }
        }
        catch (Exception stopped) when (stopped is not GraphException { Id: not DiagnosticIds.SymbolicAsValue })
        {
            throw new GraphException(
                DiagnosticIds.ArrayNotCarried,
                $"scan: there are no entries, and the types of the outputs are not known, since the step needs values: {stopped.Message}",
                "Call it in a graph function, or only when there are entries.", _source);
        }
        finally
        {
            trace.Close();
        }

        var context = ExecutionContext.Current;
        if (context.Tapes.IsEmpty && !context.Notes)
            return (State, [.. graph.Entry.Results.Skip(initial.Length).Select(output => Ops.Zeros(output.Type))]);
        var results = CallGradient.Once(context, graph, Placement.Gather([.. State, .. items.Select(item => item.Value), .. trace.Captures]));
        return (results[..initial.Length], results[initial.Length..]);
    }

    // (state and arrays that the step uses, entries) → (state and arrays, outputs).
    private sealed record Iteration(TracedRegion Region, LoopValue[] Carried, Tensor[] Outputs);

    private Iteration Twice(TraceContext trace, Tensor[] last) =>
        RepeatedStep.Trace("scan", _source, () => Once(trace, last), iteration => iteration.Region);

    private (Tensor[] State, Tensor[] Outputs) Record(TraceContext trace, Func<TraceContext, Tensor[], Iteration> traced)
    {
        var last = State;
        var iteration = traced(trace, last);
        var before = trace.Builder.Source;
        trace.Builder.Source = _source;
        Dim length = items[0].Value.GraphType.Shape[0];
        TensorType[] types = [.. iteration.Carried.Select(value => value.End.GraphType), .. iteration.Outputs.Select(output => output.GraphType)];
        Tensor[] results =
        [
            .. DifferentiableScan.Emit(
                trace.Builder, [.. iteration.Carried.Select(value => trace.ValueOf(value.Initial()))],
                [.. items.Select(item => trace.ValueOf(item.Value))], length,
                iteration.Region.With(types.Select((type, i) => (i, type))), reverse, isLate: trace.IsBound(length),
                trace.LoopMemoryBudget).Select(trace.TensorOf),
        ];
        trace.Builder.Source = before;
        foreach (var (i, value) in iteration.Carried.Index())
            value.Finish(results[i]);
        return (last, results[iteration.Carried.Length..]);
    }

    private Iteration Once(TraceContext trace, Tensor[] last)
    {
        var scope = ControlScope.Open(trace, RegionKind.Iteration);
        Tensor[] state = [.. initial.Select(part => trace.Parameter(part.Value.GraphType, part.Name))];
        Tensor[] entries = [.. items.Select(item => trace.Parameter(item.Value.GraphType.Element, item.Name))];
        var (next, given) = Step(state, entries);
        foreach (var (name, output) in given)
        {
            if (output.IsSymbolic && output.GraphType.Shape.Any(trace.IsBoundHere))
            {
                throw new GraphException(
                    DiagnosticIds.CarriedTypeChanged, $"scan: '{name}' is {output.GraphType}, with a size that depends on data",
                    "Outputs are stacked, so all have one shape: pad it, or collect in a TensorArray in a foreach.", _source);
            }
        }

        var parts = initial.Select((part, i) => new LoopValue(part.Name, () => part.Value, state[i], next[i], result => last[i] = result));
        LoopValue[] carried = [.. parts, .. LoopValue.OfArrays(scope)];
        Tensor[] outputs = [.. given.Select(output => output.Value)];
        scope.EndIteration(() => state.Select((own, i) => (own.Value, new[] { initial[i].Value.Unnamed, next[i].Unnamed }))
            .Concat(entries.Select((own, i) => (own.Value, new[] { items[i].Value })))
            .Concat(LoopValue.OriginsOfArrays(scope)));
        var region = TracedRegion.Close(trace, scope.TapesAround, [.. carried.Select(value => value.End), .. outputs]);
        var parameters = carried.Select(value => value.Parameter!).Concat(entries);
        region.SetParameters(parameters.Select(own => ((Value?)own.Value, own.GraphType, "")));
        scope.Close();
        return new(region, carried, outputs);
    }

    private (Tensor[] State, (string Name, Tensor Value)[] Outputs) Step(Tensor[] state, Tensor[] entries)
    {
        var (next, outputs) = step(state, entries);
        foreach (var (i, (name, value)) in next.Index())
        {
            if (i >= initial.Length || value.GraphType != initial[i].Value.GraphType)
                throw Changed(name, i < initial.Length ? initial[i].Value.GraphType : null, value.GraphType, "at first", "after a step");
        }

        if (next.Length < initial.Length)
            throw Changed(initial[next.Length].Name, initial[next.Length].Value.Type, null, "at first", "after a step");
        return ([.. next.Select(part => part.Value)], outputs);
    }

    private GraphException Changed(string name, TensorType? first, TensorType? then, string before, string after) => new(
        DiagnosticIds.CarriedTypeChanged, $"scan: '{name}' is {first?.ToString() ?? "nothing"} {before} and {then?.ToString() ?? "nothing"} {after}",
        "The state and the outputs keep their dtypes and shapes: cast or reshape.", _source);
}
