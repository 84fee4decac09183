using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// A loop whose gradient keeps less: a loop over segments of k iterations, each a <c>checkpoint</c>. The gradient keeps the carried values at the
/// start of each segment, and computes the iterations of one segment at a time again. k is the largest number of iterations for which what the
/// gradient needs takes at most the budget, as the sizes say when the graph runs.
/// </summary>
public static class SegmentedLoop
{
    private static readonly TensorType s_number = new(DType.I64, Shape.Scalar);

    /// <summary>
    /// Emits a <c>while</c> in segments, or as it is where that gains nothing or is not possible: nothing is kept for its gradient, or a list; its
    /// condition has an effect, which would happen twice; its body has one that can't be computed again.
    /// </summary>
    /// <param name="b">Where to emit.</param>
    /// <param name="carried">The carried values, which are also the results.</param>
    /// <param name="condition">(carried) → bool.</param>
    /// <param name="body">(carried) → carried.</param>
    /// <param name="budget">Bytes; null for a loop without segments.</param>
    public static ImmutableArray<Value> Emit(
        GraphBuilder b, ReadOnlySpan<Value> carried, (Region Region, ImmutableArray<Value> Captures) condition,
        (Region Region, ImmutableArray<Value> Captures) body, long? budget)
    {
        if (budget is { } bytes)
        {
            Value[] inputs = [.. carried, .. condition.Captures.Concat(body.Captures).Distinct()];
            var scratch = new GraphBuilder { Source = b.Source ?? SourceSpan.Capture() };
            Value[] parameters = [.. inputs.Select(input => scratch.Parameter(input.Type))];
            ImmutableArray<Value> Inner(ImmutableArray<Value> captures) =>
                [.. captures.Select(value => parameters[Array.LastIndexOf(inputs, value)])];
            var plain = scratch.Loop(
                parameters[..carried.Length], (condition.Region, Inner(condition.Captures)), (body.Region, Inner(body.Captures)));
            if (InSegments(plain, bytes) is { } loop)
                return b.Inline(loop, inputs);
        }

        var node = b.Loop(carried, condition, body);
        return [.. node.Types.Select((_, i) => node[i])];
    }

    /// <summary>(inputs of the loop) → (carried values); null where there are no segments.</summary>
    internal static Region? InSegments(Node loop, long budget)
    {
        if (loop.Regions[0].AllNodes().Any(node => node.Op == OpDefs.BindSize
            || node.Effects.Any(effect => effect.Resource != Resource.Assert && (effect.IsWrite || effect.Resource.Kind != ResourceKind.Variable))))
            return null;
        try
        {
            int own = loop.Op.Regions!.Carried(loop);
            var iteration = LoopIteration.Of(loop.Regions[1], own, own, Enumerable.Range(0, own).Where(i => loop.Inputs[i].DType.IsFloat()));
            var kept = iteration.Residuals().Values;
            if (kept.IsEmpty || kept.Any(value => value.Type.IsList))
                return null;
            var build = new GraphBuilder { Source = loop.Source };
            Value[] inputs = [.. loop.Inputs.Select(input => build.Parameter(input.Type))];
            var number = Segment(build, kept, budget);
            return build.Finish("while", OverSegments(build, loop, inputs, own, number)).Entry;
        }
        catch (GraphException none) when (none.Id == DiagnosticIds.NoGradient)
        {
            return null;
        }
    }

    // Iterations of one segment: at least one.
    private static Value Segment(GraphBuilder b, ImmutableArray<Value> kept, long budget)
    {
        Value bytes = b.Constant(Literal.Scalar(DType.I64, 0));
        foreach (var value in kept)
            bytes = b.Add(bytes, b.Mul(b.DimSize(value.Shape.ElementCount, DType.I64), value.DType.Size()));
        Value one = b.Scalar(1, bytes);
        return b.Emit(OpDefs.Max, one, b.Emit(OpDefs.FloorDiv, b.Constant(Literal.Scalar(DType.I64, budget)), b.Emit(OpDefs.Max, one, bytes)));
    }

    private static Value[] OverSegments(GraphBuilder b, Node loop, Value[] inputs, int own, Value number)
    {
        Value[] Parameters() => [.. Enumerable.Range(0, own).Select(i =>
            b.Parameter(loop.Inputs[i].Type, loop.Regions[1].Parameters[i].Attrs.Get("name", "")))];
        ImmutableArray<Value> Copy(int region, Value[] values) => b.Inline(loop.Regions[region], [.. values, .. inputs[own..]]);

        b.BeginRegion();
        var condition = b.EndRegion(Copy(0, Parameters()).AsSpan());
        b.BeginRegion();
        Value[] start = Parameters();
        b.BeginRegion();
        Value first = b.Constant(Literal.Scalar(DType.I64, 0));

        b.BeginRegion();
        Value[] head = Parameters();
        Value count = b.Parameter(s_number, "iteration");
        var goesOn = b.EndRegion([b.Emit(OpDefs.And, Copy(0, head)[0], b.Emit(OpDefs.Less, count, number))]);
        b.BeginRegion();
        Value[] iteration = Parameters();
        count = b.Parameter(s_number, "iteration");
        var once = b.EndRegion([.. Copy(1, iteration), b.Add(count, b.Scalar(1, count))]);

        var inner = b.Loop([.. start, first], goesOn, once);
        var (region, captures) = b.EndRegion([.. start.Select((_, i) => inner[i])]);
        Functionalize.Of(region, [.. Functionalize.VariablesOf(inner)]);
        var segment = b.Emit(OpDefs.Checkpoint, Attrs.Empty, captures.AsSpan(), [region]);
        var outer = b.Loop(inputs.AsSpan(0, own), condition, b.EndRegion([.. start.Select((_, i) => segment[i])]));
        return [.. start.Select((_, i) => outer[i])];
    }
}
