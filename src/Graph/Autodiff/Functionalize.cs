using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// A region without effects that computes the same: the values that variables have at its start are further parameters, those at its end further
/// results. What only goes out (print, assert) is left out. A gradient is by the variable, whatever was assigned to it: so an assigned value pulls
/// back to the parameter of its variable, which thereby gets the sum over all reads.
/// </summary>
internal sealed class Functionalize : RegionMapper
{
    private readonly Dictionary<Resource, Value> _state, _starts;

    // C# code that ran last: it may have assigned any variable but those that were assigned since.
    private Node? _code;
    private readonly HashSet<Resource> _assigned = [];

    private Functionalize(GraphBuilder build, ImmutableArray<Resource> variables, Node? code)
        : base(build)
    {
        _code = code;
        _state = variables.ToDictionary(variable => variable, variable => build.Parameter(variable.Type!.Value, variable.Name));
        _starts = _state.ToDictionary();
    }

    /// <summary>(parameters, values of variables) → (results, values of variables).</summary>
    public static Region Of(Region region, ImmutableArray<Resource> variables) => Of(region, variables, code: null);

    private static Region Of(Region region, ImmutableArray<Resource> variables, Node? code)
    {
        var build = new GraphBuilder();
        var parameters = build.Parameters(region);
        var functional = new Functionalize(build, variables, code);
        var results = functional.Inline(region, parameters);
        return build.Finish("", [.. results, .. variables.Select(variable => functional._state[variable])]).Entry;
    }

    /// <summary>The variables that a node and its regions read or write.</summary>
    public static ImmutableArray<Resource> VariablesOf(Node node) =>
        [.. node.Effects.Select(effect => effect.Resource).Where(resource => resource.Kind == ResourceKind.Variable).Distinct()];

    protected override void Visit(Node node)
    {
        Builder.Source = node.Source;
        if (node.IsPure || node.Op == OpDefs.BindSize)
        {
            Copy(node);
        }
        else if (node.Op == OpDefs.ReadVariable)
        {
            var variable = node.Attrs.Get<Resource>("var");
            if (_code is not null && !_assigned.Contains(variable))
                throw Fail(node, $"reads {variable} inside a branch after C# code that may have assigned it, and can't be computed again for the gradient",
                    "Read the variable before Ops.HostCall, or call the C# code outside the branch.");
            this[node[0]] = _state[variable];
        }
        else if (node.Op == OpDefs.AssignVariable)
        {
            var variable = node.Attrs.Get<Resource>("var");
            var assigned = this[node.Inputs[0]];
            _assigned.Add(variable);
            _state[variable] = assigned.DType.IsFloat() ? Assigned(assigned, _starts[variable]) : assigned;
        }
        else if (node.Op == OpDefs.AdvanceRandom)
        {
            var generator = node.Attrs.Get<Resource>("var");
            var before = this[node[0]] = _state[generator];
            Value[] steps = [Builder.Constant(Literal.FromLongs(before.Type, i => i)), this[node.Inputs[0]]];
            _state[generator] = Builder.Add(before, Builder.Mul(steps[0], Builder.BroadcastTo(steps[1], before.Shape)));
        }
        else if (node.Op.Regions is { } flow && node.Attrs.Find("gradient") is null)
        {
            Control(node, flow);
        }
        else if (!node.Types.IsEmpty || !node.Regions.IsEmpty)
        {
            throw NotAgain(node);
        }
        else
        {
            NoteCode(node);
        }
    }

    // Values of variables follow the inputs and results, but for a loop: it carries them, so they come first.
    private void Control(Node node, RegionSemantics flow)
    {
        var variables = VariablesOf(node);
        // An iteration comes after the code of the one before.
        var before = flow.IsLoop && node.CallsCode ? node : variables.All(_assigned.Contains) ? null : _code;
        Value[] states = [.. variables.Select(variable => _state[variable])];
        ImmutableArray<Region> regions =
            [.. node.Regions.Select((region, i) => i < flow.Conditions
            ? Condition(node, region, variables, before)
            : flow.IsLoop ? Iteration(region, variables, before) : Of(region, variables, before))];
        var inputs = Map(node.Inputs);
        var copy = flow.IsLoop
            ? Builder.Emit(node.Op, node.Attrs.With("carried", (long)(flow.Carried(node) + states.Length)), [.. states, .. inputs], regions)
            : Builder.Emit(node.Op, node.Attrs, [.. inputs, .. states], regions);
        for (int i = 0; i < node.Types.Length; i++)
            this[node[i]] = copy[flow.IsLoop ? states.Length + i : i];
        foreach (var (i, variable) in variables.Index())
            _state[variable] = copy[flow.IsLoop ? i : node.Types.Length + i];
        NoteCode(node);
    }

    private void NoteCode(Node node)
    {
        if (!node.CallsCode)
            return;
        _code = node;
        _assigned.Clear();
    }

    // The assigned value, with the gradient of what the variable was at the start.
    private Value Assigned(Value value, Value start)
    {
        Builder.BeginRegion();
        var result = Builder.Parameter(value.Type);
        Builder.Parameter(start.Type);
        var (region, _) = Builder.EndRegion([result]);
        return Builder.Emit(OpDefs.Call, Attrs.Of("gradient", new CustomGradient("assigned", static c => [null, c.G])), [value, start], [region])[0];
    }

    private static Region Condition(Node loop, Region condition, ImmutableArray<Resource> variables, Node? code)
    {
        if (condition.AllNodes().Any(node => node.Op == OpDefs.AssignVariable || node.Op == OpDefs.AdvanceRandom))
            throw Fail(loop, "assigns a variable or draws random numbers in its condition, inside a branch", "Do that in the body of the loop.");
        var region = Of(condition, variables, code);
        return region with { Parameters = StateFirst(region.Parameters, variables.Length), Results = region.Results[..1] };
    }

    private static Region Iteration(Region body, ImmutableArray<Resource> variables, Node? code)
    {
        var region = Of(body, variables, code);
        return region with { Parameters = StateFirst(region.Parameters, variables.Length), Results = StateFirst(region.Results, variables.Length) };
    }

    private static ImmutableArray<T> StateFirst<T>(ImmutableArray<T> all, int count) => [.. all[^count..], .. all[..^count]];

    /// <summary>The error for an effect that can't be repeated.</summary>
    public static GraphException NotAgain(Node node) =>
        Fail(node, "is inside a branch or a checkpointed block, has effects, and can't be computed again for the gradient",
            "Move it out of the block, or wrap the block's result in Ops.StopGradient.");

    private static GraphException Fail(Node node, string problem, string remedy) =>
        new(DiagnosticIds.NoGradient, $"{node.Op.Name}: {problem}", remedy, node.Source);
}
