using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// A block without effects that computes the same: the values that variables have at its start are further parameters, those at its end further
/// results. What only goes out (print, assert) is left out. A gradient is by the variable, whatever was assigned to it: so an assigned value pulls
/// back to the parameter of its variable, which thereby gets the sum over all reads.
/// </summary>
internal static class Purify
{
    /// <summary>(parameters, values of variables) → (results, values of variables).</summary>
    public static Region Region(Region region, ImmutableArray<Resource> variables)
    {
        var build = new Build();
        Dictionary<Value, Value> map = [];
        foreach (var parameter in region.Parameters)
            map[parameter[0]] = build.Parameter(parameter.Types[0], parameter.Attrs.Get("name", ""));
        var state = variables.ToDictionary(variable => variable, variable => build.Parameter(variable.Type!.Value, variable.Name));
        var starts = state.ToDictionary();
        foreach (var node in region.Body)
        {
            build.Source = node.Source;
            if (node.IsPure || node.Op == Op.BindSize)
                build.Copy(node, map);
            else
                Rewrite(build, node, map, state, starts);
        }

        return build.Finish("", [.. region.Results.Select(result => map[result]), .. variables.Select(variable => state[variable])]).Entry;
    }

    private static void Rewrite(Build build, Node node, Dictionary<Value, Value> map, Dictionary<Resource, Value> state, Dictionary<Resource, Value> starts)
    {
        if (node.Op == Op.ReadVariable)
        {
            map[node[0]] = state[node.Attrs.Get<Resource>("var")];
        }
        else if (node.Op == Op.AssignVariable)
        {
            var variable = node.Attrs.Get<Resource>("var");
            var assigned = map[node.Inputs[0]];
            state[variable] = assigned.DType.IsFloat() ? Assigned(build, assigned, starts[variable]) : assigned;
        }
        else if (node.Op == Op.AdvanceRandom)
        {
            var generator = node.Attrs.Get<Resource>("var");
            var before = map[node[0]] = state[generator];
            Value[] steps = [build.Constant(Literal.FromLongs(before.Type, i => i)), map[node.Inputs[0]]];
            state[generator] = build.Add(before, build.Mul(steps[0], build.BroadcastTo(steps[1], before.Shape)));
        }
        else if (node.Op == Op.If || node.Op == Op.Switch || IsLoop(node) || (node.Op == Op.Call && node.Attrs.Find("gradient") is null))
        {
            ImmutableArray<Resource> inner = [.. node.Effects.Select(effect => effect.Resource).Where(resource => resource.Kind == ResourceKind.Variable).Distinct()];
            Value[] inputs = [.. node.Inputs.Select(input => map[input])], states = [.. inner.Select(variable => state[variable])];
            // A loop takes the state first, since it carries it.
            bool isLoop = IsLoop(node);
            ImmutableArray<Region> blocks = !isLoop ? [.. node.Regions.Select(region => Region(region, inner))] : node.Op == Op.While ? [Condition(node, inner), Turn(node, inner)] : [Turn(node, inner)];
            var copy = isLoop
                ? build.Emit(node.Op, node.Attrs.With("carried", (long)(Wiring.Carried(node) + inner.Length)), [.. states, .. inputs], blocks)
                : build.Emit(node.Op, node.Attrs, [.. inputs, .. states], blocks);
            for (int i = 0; i < node.Types.Length; i++)
                map[node[i]] = copy[isLoop ? inner.Length + i : i];
            foreach (var (i, variable) in inner.Index())
                state[variable] = copy[isLoop ? i : node.Types.Length + i];
        }
        else if (!node.Types.IsEmpty || !node.Regions.IsEmpty)
        {
            throw Fail(node, "stands inside a branch, has effects, and can't be computed again for the gradient", "Move it out of the branch, or wrap the branch's result in Ops.StopGradient.");
        }
    }

    // The assigned value, with the gradient of what the variable was at the start.
    private static Value Assigned(Build build, Value value, Value start)
    {
        build.BeginRegion();
        var result = build.Parameter(value.Type);
        build.Parameter(start.Type);
        var (region, _) = build.EndRegion([result]);
        return build.Emit(Op.Call, Attrs.Of("gradient", new CustomGradient("assigned", static c => [null, c.G])), [value, start], [region])[0];
    }

    private static Region Condition(Node loop, ImmutableArray<Resource> variables)
    {
        if (loop.Regions[0].AllNodes().Any(node => node.Op == Op.AssignVariable || node.Op == Op.AdvanceRandom))
            throw Fail(loop, "assigns a variable or draws random numbers in its condition, inside a branch", "Do that in the body of the loop.");
        var region = Region(loop.Regions[0], variables);
        return region with { Parameters = StateFirst(region.Parameters, variables.Length), Results = region.Results[..1] };
    }

    private static Region Turn(Node loop, ImmutableArray<Resource> variables)
    {
        var region = Region(Wiring.Bodies(loop)[0], variables);
        return region with { Parameters = StateFirst(region.Parameters, variables.Length), Results = StateFirst(region.Results, variables.Length) };
    }

    private static bool IsLoop(Node node) => node.Op == Op.While || node.Op == Op.Scan;

    private static ImmutableArray<T> StateFirst<T>(ImmutableArray<T> all, int count) => [.. all[^count..], .. all[..^count]];

    private static GraphException Fail(Node node, string problem, string remedy) => new(DiagnosticIds.NoGradient, $"{node.Op.Name}: {problem}", remedy, node.Source);
}
