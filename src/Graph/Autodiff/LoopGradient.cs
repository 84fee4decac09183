using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Gradient of <c>while</c>: a loop that goes through the iterations from the last to the first. A loop that keeps its residuals (<see
/// cref="Ir.SaveResiduals"/>) counts its iterations and keeps the values of every iteration that its gradient needs, in one list for each (a residual
/// list), so that nothing is computed twice and effects happen once. Lists that prove not to be needed are dropped as dead code.
/// </summary>
internal static class LoopGradient
{
    private static readonly TensorType s_number = new(DType.I64, Shape.Scalar);

    /// <summary>The loop with its count of iterations and its residual lists behind the carried values; null when it has them.</summary>
    public static Node? SaveResiduals(GraphBuilder b, Node node)
    {
        if (node.Attrs.Find("residual_lists") is not null)
            return null;
        int own = node.Op.Regions!.Carried(node);
        var iteration = LoopIteration.Of(node.Regions[1], own, own, Enumerable.Range(0, own).Where(i => node.Inputs[i].DType.IsFloat()));
        foreach (var assumption in iteration.Assumptions)
            b.Assume(assumption);
        var kept = iteration.Residuals().Values;
        Value[] lists = [.. kept.Select(value => b.Zeros(value.Type.List))];
        Value[] arguments = [.. node.Inputs[..own], b.Constant(Literal.Scalar(DType.I64, 0)), .. lists, .. node.Inputs[own..]];
        return b.Emit(
            OpDefs.While, node.Attrs.With("carried", (long)(own + 1 + lists.Length)).With("residual_lists", (long)lists.Length), arguments,
            [WithParameters(node.Regions[0], own, [s_number, .. lists.Select(list => list.Type)]), Appending(iteration, own, kept)]);
    }

    /// <summary>The gradient rule.</summary>
    public static ImmutableArray<Value?> Pull(VjpContext c)
    {
        var node = c.Node;
        if (node.Attrs.Find("residual_lists") is not long lists)
            return PullAgain(c);
        int all = node.Op.Regions!.Carried(node), own = all - 1 - (int)lists;
        bool HasGradient(int i) => c.Gradients[i] is not null && node.Types[i].DType.IsFloat();
        ImmutableArray<int> seeded = [.. Enumerable.Range(own + 1, (int)lists).Where(HasGradient)];
        int[] wanted = [.. Enumerable.Range(0, own).Where(HasGradient)];
        if (wanted.Length == 0 && seeded.IsEmpty)
            return [];

        var iteration = LoopIteration.Of(node.Regions[1], own, all, wanted, seeded);
        foreach (var assumption in iteration.Assumptions)
            c.Builder.Assume(assumption);
        int[] captures = [.. Enumerable.Range(0, iteration.Sums.Length).Where(i => iteration.CaptureGradients[i] is not null)];
        int[] variables = [.. Enumerable.Range(0, iteration.Variables.Length).Where(i => iteration.VariableGradients[i] is not null)];
        Value[] initial =
        [
            c.Builder.Sub(node[own], c.Builder.Scalar(1, node[own])),
            .. iteration.Active.Select(i => c.Builder.Reshape(c.Gradient(i), node.Types[i].Shape)),
            .. captures.Select(i => c.Builder.Zeros(iteration.Sums[i].Type)),
            .. variables.Select(i => c.Builder.Zeros(iteration.Variables[i].Type!.Value)),
        ];
        var backward = c.Builder.Loop(initial, Condition([.. initial.Select(value => value.Type)]),
            Body(c, iteration, own, all, seeded, captures, variables));

        var gradients = new Value?[node.Inputs.Length];
        foreach (var (result, i) in iteration.Active.Index())
            gradients[i] = backward[1 + result];
        foreach (var (result, i) in captures.Index())
            gradients[all + i] = backward[1 + iteration.Active.Length + result];
        foreach (var (result, i) in variables.Index())
            c.AddVariable(iteration.Variables[i], backward[1 + iteration.Active.Length + captures.Length + result]);
        return [.. gradients];
    }

    // (carried, iteration, lists, captures) → (carried, iteration + 1, longer lists).
    private static Region Appending(LoopIteration iteration, int own, ImmutableArray<Value> kept)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        foreach (var parameter in iteration.Parameters.Take(own))
            build.Adopt(parameter.Node);
        Value number = build.Parameter(s_number, "iteration");
        Value[] lists = [.. kept.Select(value => build.Parameter(value.Type.List, "residuals"))];
        foreach (var node in iteration.Parameters.Skip(own).Select(parameter => parameter.Node).Concat(iteration.Forward))
            build.Adopt(node);
        Value next = build.Add(number, build.Scalar(1, number));
        Value[] longer = [.. lists.Zip(kept, (list, value) => build.Emit(OpDefs.ListSet, list, number, value))];
        return build.Finish("", [.. iteration.Results, next, .. longer]).Entry;
    }

    private static Region WithParameters(Region region, int at, IEnumerable<TensorType> types)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        return region with { Parameters = region.Parameters.InsertRange(at, types.Select(type => build.Parameter(type).Node)) };
    }

    // There are iterations left.
    private static (Region Region, ImmutableArray<Value> Captures) Condition(TensorType[] carried)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value[] parameters = [.. carried.Select(type => build.Parameter(type))];
        return (build.Finish("", [build.Emit(OpDefs.Less, build.Scalar(-1, parameters[0]), parameters[0])]).Entry, []);
    }

    // (iteration, gradients of active values, sums of captures, sums of variables, captures) → the same one iteration earlier.
    private static (Region Region, ImmutableArray<Value> Captures) Body(
        VjpContext c, LoopIteration iteration, int own, int all, ImmutableArray<int> seeded, int[] captures, int[] variables)
    {
        var node = c.Node;
        var build = new GraphBuilder { Source = node.Source };
        Value number = build.Parameter(s_number, "iteration");
        var map = new RegionMapper(build) { [iteration.Parameters[own]] = number };
        foreach (var seed in iteration.Seeds)
            map[seed] = build.Parameter(seed.Type, "gradient");
        foreach (var sum in captures.Select(i => iteration.Sums[i]))
            map[sum] = build.Parameter(sum.Type, "sum");
        Value[] variableSums = [.. variables.Select(i => build.Parameter(iteration.Variables[i].Type!.Value, iteration.Variables[i].Name))];

        List<Value> captured = [];
        List<Value> inside = [];
        Value Capture(Value outer)
        {
            int known = captured.IndexOf(outer);
            if (known >= 0)
                return inside[known];
            captured.Add(outer);
            inside.Add(build.Parameter(outer.Type));
            return inside[^1];
        }

        foreach (var (i, list) in seeded.Index())
            map[iteration.CollectedSeeds[i]] = Capture(c.Gradient(list));
        for (int i = all; i < node.Inputs.Length; i++)
            map[iteration.Parameters[i]] = Capture(node.Inputs[i]);
        var (kept, again) = iteration.Residuals();
        for (int list = own + 1; list < all; list++)
        {
            if (kept.Contains(iteration.AppendedTo(list)))
                map[iteration.AppendedTo(list)] = build.Emit(OpDefs.ListGet, Capture(node[list]), number);
        }

        foreach (var part in again.Concat(iteration.Backward))
            map.Copy(part);
        Value Found(Value? gradient, TensorType type) => gradient is { } value ? build.Reshape(map[value], type.Shape) : build.Zeros(type);
        Value[] results =
        [
            build.Sub(number, build.Scalar(1, number)),
            .. iteration.Active.Select(i => Found(iteration.CarriedGradients[i], node.Types[i])),
            .. captures.Select(i => Found(iteration.CaptureGradients[i], iteration.Sums[i].Type)),
            .. variables.Select((variable, i) => build.Add(variableSums[i], Found(iteration.VariableGradients[variable], variableSums[i].Type))),
        ];
        return (build.Finish("", results).Entry, [.. captured]);
    }

    // Nothing was kept, so the loop runs once more; only one without effects may.
    private static ImmutableArray<Value?> PullAgain(VjpContext c)
    {
        var node = c.Node;
        int own = node.Op.Regions!.Carried(node);
        var saving = new GraphBuilder { Source = node.Source };
        var parameters = node.Inputs.Select(input => saving.Parameter(input.Type)).ToImmutableArray();
        var again = SaveResiduals(saving, node.With(parameters, node.Regions))!;
        if (node.Effects.Any(effect => effect.Resource != Resource.Assert))
        {
            throw new GraphException(
                DiagnosticIds.NoGradient, "while: has effects, and was recorded without what its gradient needs", "Open the tape before the loop.",
                node.Source);
        }

        var map = new RegionMapper(c.Builder);
        foreach (var (parameter, input) in parameters.Zip(node.Inputs))
            map[parameter] = input;
        foreach (var part in saving.Body)
            again = map.Copy(part);
        var gradients = Pull(new VjpContext(c.Builder, again, [.. c.Gradients, .. new Value?[again.Types.Length - own]], c.AddVariable));
        return gradients.IsEmpty ? [] : [.. gradients[..own], .. gradients[(again.Inputs.Length - node.Inputs.Length + own)..]];
    }
}
