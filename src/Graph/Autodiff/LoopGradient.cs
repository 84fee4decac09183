using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Gradient of <c>while</c>: a loop that goes through the turns from the last to the first. A loop that keeps its residuals (<see cref="Ir.SaveResiduals"/>)
/// counts its turns and keeps, in one list for each (a stack), the values of every turn that its gradient needs, so that nothing is computed twice and effects
/// happen once. Stacks that turn out not to be needed are dropped as dead code.
/// </summary>
internal static class LoopGradient
{
    private static readonly TensorType s_number = new(DType.I64, Shape.Scalar);

    /// <summary>The loop with its count of turns and its stacks behind the carried values; null when it has them.</summary>
    public static Node? SaveResiduals(Build b, Node node)
    {
        if (node.Attrs.Find("stacks") is not null)
            return null;
        int own = node.Op.Regions!.Carried(node);
        var turn = LoopTurn.Of(node.Regions[1], own, own, Enumerable.Range(0, own).Where(i => node.Inputs[i].DType.IsFloat()));
        foreach (var assumption in turn.Assumptions)
            b.Assume(assumption);
        var kept = turn.Kept().Values;
        Value[] stacks = [.. kept.Select(value => b.Zeros(value.Type.List))];
        Value[] arguments = [.. node.Inputs[..own], b.Constant(Literal.Scalar(DType.I64, 0)), .. stacks, .. node.Inputs[own..]];
        return b.Emit(
            Op.While, node.Attrs.With("carried", (long)(own + 1 + stacks.Length)).With("stacks", (long)stacks.Length), arguments,
            [WithParameters(node.Regions[0], own, [s_number, .. stacks.Select(stack => stack.Type)]), Pushing(turn, own, kept)]);
    }

    /// <summary>The gradient rule.</summary>
    public static ImmutableArray<Value?> Pull(VjpContext c)
    {
        var node = c.Node;
        if (node.Attrs.Find("stacks") is not long stacks)
            return PullAgain(c);
        int all = node.Op.Regions!.Carried(node), own = all - 1 - (int)stacks;
        bool HasGradient(int i) => c.Gradients[i] is not null && node.Types[i].DType.IsFloat();
        ImmutableArray<int> seeded = [.. Enumerable.Range(own + 1, (int)stacks).Where(HasGradient)];
        int[] wanted = [.. Enumerable.Range(0, own).Where(HasGradient)];
        if (wanted.Length == 0 && seeded.IsEmpty)
            return [];

        var turn = LoopTurn.Of(node.Regions[1], own, all, wanted, seeded);
        foreach (var assumption in turn.Assumptions)
            c.B.Assume(assumption);
        int[] captures = [.. Enumerable.Range(0, turn.Sums.Length).Where(i => turn.CaptureGradients[i] is not null)];
        int[] variables = [.. Enumerable.Range(0, turn.Variables.Length).Where(i => turn.VariableGradients[i] is not null)];
        Value[] initial =
        [
            c.B.Sub(node[own], c.B.Scalar(1, node[own])),
            .. turn.Active.Select(i => c.B.Reshape(c.Gradient(i), node.Types[i].Shape)),
            .. captures.Select(i => c.B.Zeros(turn.Sums[i].Type)),
            .. variables.Select(i => c.B.Zeros(turn.Variables[i].Type!.Value)),
        ];
        var backward = c.B.Loop(initial, Condition([.. initial.Select(value => value.Type)]), Body(c, turn, own, all, seeded, captures, variables));

        var gradients = new Value?[node.Inputs.Length];
        foreach (var (result, i) in turn.Active.Index())
            gradients[i] = backward[1 + result];
        foreach (var (result, i) in captures.Index())
            gradients[all + i] = backward[1 + turn.Active.Length + result];
        foreach (var (result, i) in variables.Index())
            c.AddVariable(turn.Variables[i], backward[1 + turn.Active.Length + captures.Length + result]);
        return [.. gradients];
    }

    // (carried, turn, stacks, captures) → (carried, turn + 1, longer stacks).
    private static Region Pushing(LoopTurn turn, int own, ImmutableArray<Value> kept)
    {
        var build = new Build { Source = SourceSpan.None };
        foreach (var parameter in turn.Parameters.Take(own))
            build.Adopt(parameter.Node);
        Value number = build.Parameter(s_number, "turn");
        Value[] stacks = [.. kept.Select(value => build.Parameter(value.Type.List, "stack"))];
        foreach (var node in turn.Parameters.Skip(own).Select(parameter => parameter.Node).Concat(turn.Forward))
            build.Adopt(node);
        Value next = build.Add(number, build.Scalar(1, number));
        Value[] longer = [.. stacks.Zip(kept, (stack, value) => build.Emit(Op.ListSet, stack, number, value))];
        return build.Finish("", [.. turn.Results, next, .. longer]).Entry;
    }

    private static Region WithParameters(Region region, int at, IEnumerable<TensorType> types)
    {
        var build = new Build { Source = SourceSpan.None };
        return region with { Parameters = region.Parameters.InsertRange(at, types.Select(type => build.Parameter(type).Node)) };
    }

    // There are turns left.
    private static (Region Region, ImmutableArray<Value> Captures) Condition(TensorType[] carried)
    {
        var build = new Build { Source = SourceSpan.None };
        Value[] parameters = [.. carried.Select(type => build.Parameter(type))];
        return (build.Finish("", [build.Emit(Op.Less, build.Scalar(-1, parameters[0]), parameters[0])]).Entry, []);
    }

    // (turn, gradients of active values, sums of captures, sums of variables, captures) → the same one turn earlier.
    private static (Region Region, ImmutableArray<Value> Captures) Body(
        VjpContext c, LoopTurn turn, int own, int all, ImmutableArray<int> seeded, int[] captures, int[] variables)
    {
        var node = c.Node;
        var build = new Build { Source = node.Source };
        Value number = build.Parameter(s_number, "turn");
        var map = new RegionMapper(build) { [turn.Parameters[own]] = number };
        foreach (var seed in turn.Seeds)
            map[seed] = build.Parameter(seed.Type, "gradient");
        foreach (var sum in captures.Select(i => turn.Sums[i]))
            map[sum] = build.Parameter(sum.Type, "sum");
        Value[] variableSums = [.. variables.Select(i => build.Parameter(turn.Variables[i].Type!.Value, turn.Variables[i].Name))];

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

        foreach (var (i, stack) in seeded.Index())
            map[turn.CollectedSeeds[i]] = Capture(c.Gradient(stack));
        for (int i = all; i < node.Inputs.Length; i++)
            map[turn.Parameters[i]] = Capture(node.Inputs[i]);
        var (kept, again) = turn.Kept();
        for (int stack = own + 1; stack < all; stack++)
        {
            if (kept.Contains(turn.PushedTo(stack)))
                map[turn.PushedTo(stack)] = build.Emit(Op.ListGet, Capture(node[stack]), number);
        }

        foreach (var part in again.Concat(turn.Backward))
            map.Copy(part);
        Value Found(Value? gradient, TensorType type) => gradient is { } value ? build.Reshape(map[value], type.Shape) : build.Zeros(type);
        Value[] results =
        [
            build.Sub(number, build.Scalar(1, number)),
            .. turn.Active.Select(i => Found(turn.CarriedGradients[i], node.Types[i])),
            .. captures.Select(i => Found(turn.CaptureGradients[i], turn.Sums[i].Type)),
            .. variables.Select((variable, i) => build.Add(variableSums[i], Found(turn.VariableGradients[variable], variableSums[i].Type))),
        ];
        return (build.Finish("", results).Entry, [.. captured]);
    }

    // Nothing was kept, so the loop runs once more; only one without effects may.
    private static ImmutableArray<Value?> PullAgain(VjpContext c)
    {
        var node = c.Node;
        int own = node.Op.Regions!.Carried(node);
        var saving = new Build { Source = node.Source };
        var parameters = node.Inputs.Select(input => saving.Parameter(input.Type)).ToImmutableArray();
        var again = SaveResiduals(saving, node.With(parameters, node.Regions))!;
        if (node.Effects.Any(effect => effect.Resource != Resource.Assert))
        {
            throw new GraphException(
                DiagnosticIds.NoGradient, "while: has effects, and was recorded without what its gradient needs", "Open the tape before the loop.", node.Source);
        }

        var map = new RegionMapper(c.B);
        foreach (var (parameter, input) in parameters.Zip(node.Inputs))
            map[parameter] = input;
        foreach (var part in saving.Body)
            again = map.Copy(part);
        var gradients = Pull(new VjpContext(c.B, again, [.. c.Gradients, .. new Value?[again.Types.Length - own]], c.AddVariable));
        return gradients.IsEmpty ? [] : [.. gradients[..own], .. gradients[(again.Inputs.Length - node.Inputs.Length + own)..]];
    }
}
