using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Gradient of <c>scan</c>: that of the loop that does the same, which runs once more and keeps what its gradient needs.</summary>
internal static class ScanGradient
{
    public static ImmutableArray<Value?> Pull(VjpContext c)
    {
        var loop = AsLoop(c.Node);
        if (c.Node.Effects.Any(effect => effect.Resource != Resource.Assert))
            throw new GraphException(DiagnosticIds.NoGradient, "scan: has effects, so it cannot run once more for its gradient", "Use a while loop.", c.Node.Source);
        return Gradient.Through(c, loop);
    }

    // (inputs) → (final carried values, stacked results).
    private static Region AsLoop(Node scan)
    {
        int carried = Wiring.Carried(scan), captures = Wiring.Captures(scan);
        var region = scan.Regions[0];
        var b = new Build { Source = scan.Source };
        Value[] inputs = [.. scan.Inputs.Select(input => b.Parameter(input.Type))];
        Value zero = b.Constant(Literal.Scalar(DType.I64, 0)), length = b.DimSize(scan.Attrs.Get<Dim>("length"), DType.I64);
        Value[] lists = [.. region.Results.Skip(carried).Select(result => b.Zeros(result.Type.List))];
        Value[] initial = [.. inputs[..carried], zero, .. lists];

        b.BeginRegion();
        Value[] head = [.. initial.Select(value => b.Parameter(value.Type))];
        var condition = b.EndRegion([b.Emit(Op.Less, head[carried], length)]);
        b.BeginRegion();
        Value[] turn = [.. initial.Select(value => b.Parameter(value.Type))];
        Value number = turn[carried], next = b.Add(number, b.Scalar(1, number));
        Value at = scan.Attrs.Get("reverse", false) ? b.Sub(length, next) : number;
        var slices = inputs[carried..captures].Select(sequence => b.Emit(Op.Gather, Attrs.Of("axis", 0), [sequence, at])[0]);
        var results = b.Inline(region, [.. turn[..carried], .. slices, .. inputs[captures..]]);
        var body = b.EndRegion([.. results[..carried], next, .. lists.Select((_, i) => b.Emit(Op.ListSet, turn[carried + 1 + i], number, results[carried + i]))]);

        b.SavesForGradient = true;
        var node = b.Loop(initial, condition, body);
        var stacked = lists.Select((_, i) => b.Emit(Op.ListStack, Attrs.Of("dim", scan.Attrs.Get<Dim>("length")), [node[carried + 1 + i]])[0]);
        if (scan.Attrs.Get("reverse", false))
            stacked = stacked.Select(rows => b.Emit(Op.Reverse, Attrs.Of("axes", new[] { 0 }), [rows])[0]);
        return b.Finish("scan", [.. Enumerable.Range(0, carried).Select(i => node[i]), .. stacked]).Entry;
    }
}
