using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>Scans in a form that has a gradient.</summary>
public static class DifferentiableScan
{
    /// <summary>
    /// Emits a <c>scan</c>, or the <c>while</c> that does the same where the gradient of a scan would have to stack lists: the body has a loop, which
    /// keeps lists for its gradient, or lists of its own. Results are as for <see cref="GraphBuilder.Scan"/>.
    /// </summary>
    /// <param name="b">Where to emit.</param>
    /// <param name="carried">State, first of the results.</param>
    /// <param name="sequences">What is gone through along the first axis.</param>
    /// <param name="length">Size of that axis.</param>
    /// <param name="body">(carried, slices) → (carried, outputs).</param>
    /// <param name="reverse">From the end to the start.</param>
    /// <param name="isLate">True for a length that an iteration of an outer loop may find out: what the gradient needs could leave that iteration in
    /// a list only.</param>
    /// <param name="budget">Bytes that the gradient may keep of the iterations; null without a limit. Beyond it the loop goes by segments.</param>
    public static ImmutableArray<Value> Emit(
        GraphBuilder b, ReadOnlySpan<Value> carried, ReadOnlySpan<Value> sequences, Dim length, (Region Region, ImmutableArray<Value> Captures) body,
        bool reverse, bool isLate = false, long? budget = null)
    {
        bool keepsLists = body.Region.AllNodes().Concat(body.Region.Parameters)
            .Any(node => node.Op == OpDefs.While || node.Types.Any(type => type.IsList));
        if (!isLate && !keepsLists && budget is null)
            return b.Scan(carried, sequences, length, body, reverse);
        ImmutableArray<Value> inputs = [.. carried, .. sequences, .. body.Captures];
        var loop = AsLoop(
            [.. inputs.Select(input => input.Type)], GraphBuilder.ScanAttrs(carried.Length, sequences.Length, length, reverse), body.Region,
            b.Source ?? SourceSpan.Capture(), budget);
        return b.Inline(loop, inputs.AsSpan());
    }

    /// <summary>The <c>while</c> that does the same: (inputs) → (final carried values, stacked outputs).</summary>
    internal static Region AsLoop(ImmutableArray<TensorType> inputs, Attrs attrs, Region body, SourceSpan source, long? budget = null)
    {
        int carried = (int)attrs.Get<long>("carried"), captures = carried + (int)attrs.Get<long>("sequences");
        var b = new GraphBuilder { Source = source };
        Value[] outer = [.. inputs.Select(input => b.Parameter(input))];
        Value zero = b.Constant(Literal.Scalar(DType.I64, 0)), length = b.DimSize(attrs.Get<Dim>("length"), DType.I64);
        Value[] lists = [.. body.Results.Skip(carried).Select(result => b.Zeros(result.Type.List))];
        Value[] initial = [.. outer[..carried], zero, .. lists];

        b.BeginRegion();
        Value[] head = [.. initial.Select(value => b.Parameter(value.Type))];
        var condition = b.EndRegion([b.Emit(OpDefs.Less, head[carried], length)]);
        b.BeginRegion();
        Value[] iteration = [.. initial.Select((value, i) => b.Parameter(value.Type, i < carried ? body.Parameters[i].Attrs.Get("name", "") : ""))];
        Value number = iteration[carried], next = b.Add(number, b.Scalar(1, number));
        Value at = attrs.Get("reverse", false) ? b.Sub(length, next) : number;
        var slices = outer[carried..captures].Select(sequence => b.Emit(OpDefs.Gather, Attrs.Of("axis", 0), [sequence, at])[0]);
        var results = b.Inline(body, [.. iteration[..carried], .. slices, .. outer[captures..]]);
        var block = b.EndRegion([.. results[..carried], next,
            .. lists.Select((_, i) => b.Emit(OpDefs.ListSet, iteration[carried + 1 + i], number, results[carried + i]))]);

        var node = SegmentedLoop.Emit(b, initial, condition, block, budget);
        var stacked = lists.Select((_, i) => b.Emit(OpDefs.ListStack, Attrs.Of("dim", attrs.Get<Dim>("length")), [node[carried + 1 + i]])[0]);
        if (attrs.Get("reverse", false))
            stacked = stacked.Select(rows => b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { 0 }), [rows])[0]);
        return b.Finish("scan", [.. Enumerable.Range(0, carried).Select(i => node[i]), .. stacked]).Entry;
    }
}
