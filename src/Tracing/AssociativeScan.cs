using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// One call of <see cref="Ops.AssociativeScan"/>, over tensors. In round k each entry takes in the one 2ᵏ before it (Hillis and Steele): n log n
/// work, but each round is a few ops on whole tensors. The rounds are a loop of the graph if n is only known when it runs.
/// </summary>
internal sealed class AssociativeScan
{
    private readonly (string Name, Tensor Value)[] _items;
    private readonly Func<Tensor[], Tensor[], (string Name, Tensor Value)[]> _combine;
    private readonly SourceSpan _source = SourceSpan.Capture();
    private readonly int[] _axes;

    public AssociativeScan((string Name, Tensor Value)[] items, int axis, Func<Tensor[], Tensor[], (string Name, Tensor Value)[]> combine)
    {
        if (items.Length == 0)
            throw new GraphException(DiagnosticIds.ShapeMismatch, "associative_scan: there are no items", "Pass at least one tensor.", _source);
        _items = items;
        _combine = combine;
        _axes = [.. items.Select(item => Ops.Axis("associative_scan", axis, item.Value.Rank))];
        foreach (var (i, (name, item)) in items.Index())
        {
            if (SizeOf(i) is { IsConstant: true } size && SizeOf(0) is { IsConstant: true } wanted && size != wanted)
                throw new GraphException(DiagnosticIds.ShapeMismatch,
                    $"associative_scan: '{items[0].Name}' has {wanted} entries and '{name}' has {size}", "All items have one size along the axis.",
                    _source);
        }
    }

    public Tensor[] Run(bool reverse)
    {
        Tensor[] values = [.. _items.Select((item, i) => reverse ? Ops.Reverse(item.Value, _axes[i]) : item.Value)];
        values = SizeOf(0).IsConstant ? Unrolled(values, SizeOf(0).Value) : Loop((TraceContext)ExecutionContext.Current, values);
        return reverse ? [.. values.Select((value, i) => Ops.Reverse(value, _axes[i]))] : values;
    }

    private Dim SizeOf(int item) => _items[item].Value.GraphType.Shape[_axes[item]];

    private Tensor[] Unrolled(Tensor[] values, long size)
    {
        for (long distance = 1; distance < size; distance *= 2)
            values = Round(values, distance);
        return values;
    }

    private Tensor[] Loop(TraceContext trace, Tensor[] values) => trace.InRegion("associative_scan", () => Looped(trace, values));

    private Tensor[] Looped(TraceContext trace, Tensor[] values)
    {
        RepeatedStep.Trace("associative_scan", _source, () => Once(trace), region => region);
        string[] names = [.. _items.Select(item => item.Name)];
        var tensors = Carried.Of<Tensor[]>(names, static all => all, static leaves => leaves);
        var loop = GraphControl.While((values, (Tensor)1L), Carried.All(tensors, Carried.Tensor("distance")));
        loop.Condition();
        (values, var distance) = loop.Next;
        loop.EndCondition(distance < Ops.Size(values[0], _axes[0]));
        loop.Body();
        (values, distance) = loop.Next;
        loop.EndBody((Round(values, GraphControl.Size(distance)), distance * 2));
        return loop.Result.Item1;
    }

    private TracedRegion Once(TraceContext trace)
    {
        var scope = ControlScope.Open(trace, RegionKind.Repeated);
        Tensor[] parts = [.. _items.Select(item => trace.Parameter(item.Value.GraphType, item.Name))];
        var region = TracedRegion.Close(trace, scope.TapesAround, [.. _combine(parts, parts).Select(part => part.Value)]);
        scope.Close();
        return region;
    }

    private Tensor[] Round(Tensor[] values, Dim distance)
    {
        Tensor[] first = [.. values.Select((value, i) => Part(value, _axes[i], 0, value.Shape[_axes[i]] - distance))], second =
            [.. values.Select((value, i) => Part(value, _axes[i], distance, value.Shape[_axes[i]]))];
        var combined = _combine(first, second);
        if (combined.Length != values.Length)
            throw new GraphException(DiagnosticIds.CarriedTypeChanged, $"associative_scan: {values.Length} tensors give {combined.Length}",
                "The function gives the structure that it gets.", _source);
        return
        [
            .. values.Select((value, i) =>
            {
                if (combined[i].Value.GraphType != second[i].GraphType)
                {
                    throw new GraphException(
                        DiagnosticIds.CarriedTypeChanged,
                        $"associative_scan: two entries of type {second[i].GraphType} give a {combined[i].Value.GraphType} for '{_items[i].Name}'",
                        "What is combined has the type of its parts: cast or reshape it.", _source);
                }

                return Ops.Concat([Part(value, _axes[i], 0, distance), combined[i].Value], _axes[i]);
            }),
        ];
    }

    private static Tensor Part(Tensor value, int axis, Dim from, Dim to) =>
        Ops.Slice(value, new Shape(new long[value.Rank]).With(axis, from), value.Shape.With(axis, to));
}
