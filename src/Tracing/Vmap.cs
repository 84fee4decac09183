using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>One call of <see cref="Ops.Vmap{TItem, TOutput}"/>, over tensors.</summary>
/// <param name="items">The parts of all entries, with names.</param>
/// <param name="axis">The axis of the entries.</param>
/// <param name="function">Parts of an entry → results.</param>
internal sealed class Vmap((string Name, Tensor Value)[] items, int axis, Func<Tensor[], Tensor[]> function)
{
    private const int MostConditions = 1000;

    private readonly SourceSpan _source = SourceSpan.Capture();

    public Tensor[] Run()
    {
        if (items.Length == 0)
            throw new GraphException(DiagnosticIds.ShapeMismatch, "vmap: there is no tensor to go through", "Pass Ops.Iota(n) as items to count.", _source);
        Tensor[] all = [.. items.Select(item => InFront(item.Name, item.Value))];
        var size = all[0].GraphType.Shape[0];
        for (int i = 1; i < all.Length; i++)
        {
            if (all[i].GraphType.Shape[0] is { IsConstant: true } other && size.IsConstant && other != size)
                throw new GraphException(DiagnosticIds.ShapeMismatch, $"vmap: '{items[0].Name}' has {size} entries and '{items[i].Name}' has {other}",
                    "All items have one number of entries: slice or pad them.", _source);
        }

        return ExecutionContext.Current is TraceContext trace ? trace.InRegion("vmap", () => Record(trace, all, size)) : AtOnce(all, size);
    }

    private Tensor InFront(string name, Tensor item)
    {
        if (item.Rank == 0)
            throw new GraphException(DiagnosticIds.RankMismatch, $"vmap: '{name}' is {item.GraphType}, without an axis to go along",
                "Each item has an axis for the entries; what all entries share is captured by the function.", _source);
        int from = Ops.Axis("vmap", axis, item.Rank);
        return from == 0 ? item : Ops.Transpose(item, [from, .. Enumerable.Range(0, item.Rank).Where(other => other != from)]);
    }

    private Tensor[] Record(TraceContext trace, Tensor[] all, Dim size)
    {
        var region = RepeatedStep.Trace("vmap", _source, () => Once(trace, all), region => region);
        var (closed, captures) = region.With(Enumerable.Range(0, region.Count).Select(i => (i, region.TypeOf(i))));
        var before = trace.Builder.Source;
        try
        {
            return [.. Batching.Emit(trace.Builder, closed, [.. all.Select(trace.ValueOf)], captures.AsSpan(), size).Select(trace.TensorOf)];
        }
        finally
        {
            trace.Builder.Source = before;
        }
    }

    private TracedRegion Once(TraceContext trace, Tensor[] all)
    {
        var scope = ControlScope.Open(trace, RegionKind.Function);
        Tensor[] parts = [.. all.Select((item, i) => trace.Parameter(item.GraphType.Element, items[i].Name))];
        var results = function(parts);
        if (scope.Entries.Any(entry => entry.IsChanged))
            throw new GraphException(DiagnosticIds.ArrayNotCarried, "vmap: the function changes a tensor array from outside",
                "Return what each entry gives; it is stacked.", _source);
        var region = TracedRegion.Close(trace, scope.TapesAround, results);
        region.SetParameters(parts.Select(part => ((Value?)part.Value, part.GraphType, "")));
        scope.Close();
        return region;
    }

    // The function is traced here too; what it reads from outside is an input of the graph, so that it has a gradient.
    private Tensor[] AtOnce(Tensor[] all, Dim size)
    {
        // Without entries a condition on one may have any answer: the types of the results are the same.
        var trace = new TraceContext("vmap", allowVariables: false)
        {
            CapturesAll = true, Guesses = size.Is(0) ? MostConditions : 0, IsForTypes = size.Is(0),
        };
        try
        {
            Ir.Graph one;
            using (ExecutionContext.Enter(trace))
            {
                Tensor[] parts = [.. all.Select((item, i) => trace.Parameter(item.GraphType.Element, items[i].Name))];
                one = trace.Finish(function(parts));
            }

            var build = new GraphBuilder { Source = _source };
            Tensor[] inputs = Placement.Gather([.. all, .. trace.Captures]);
            Value[] parameters = [.. inputs.Select(input => build.Parameter(input.GraphType))];
            var results = Batching.Emit(build, one.Entry, parameters.AsSpan(0, all.Length), parameters.AsSpan(all.Length), size);
            return CallGradient.Once(ExecutionContext.Current, build.Finish("vmap", results.AsSpan()), inputs);
        }
        catch (GraphException asked) when (asked.Id == DiagnosticIds.SymbolicAsValue && trace.Guesses < 0 && !size.Is(0))
        {
            // A condition of C# on an entry has an answer for each of them.
            return OneByOne(all, size.Value);
        }
        finally
        {
            trace.Close();
        }
    }

    private Tensor[] OneByOne(Tensor[] all, long size)
    {
        var rows = new Tensor[size][];
        for (int i = 0; i < size; i++)
            rows[i] = function([.. all.Select(item => item[i])]);
        return [.. Enumerable.Range(0, rows[0].Length).Select(part => Ops.Stack([.. rows.Select(row => row[part])]))];
    }
}
