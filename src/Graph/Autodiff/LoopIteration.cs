using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// One iteration of a loop, differentiated: the forward nodes, and behind them the backward nodes, which take from the forward ones what <see
/// cref="Residuals"/> names. Sums over all iterations (gradients of captures) are not added up afterwards: the sum so far is where a capture's
/// gradient starts from, so that a read of one element adds to one element.
/// </summary>
internal sealed class LoopIteration
{
    private readonly GraphBuilder _build = new() { Source = SourceSpan.None };
    private readonly int _own;
    private readonly int _captures;
    private readonly ImmutableArray<Value> _wanted;
    private readonly HashSet<Dim> _ownSizes;

    /// <param name="body">(Carried values, slices or residual lists, captures) → (carried values, outputs or residual lists).</param>
    /// <param name="own">How many carried values the loop itself has.</param>
    /// <param name="captures">Where the captures start.</param>
    /// <param name="active">Carried values whose gradient is not zero.</param>
    /// <param name="collected">Results behind the carried values, of which each iteration gives one, that have a gradient from outside of the
    /// loop.</param>
    /// <param name="slices">How many parameters behind the carried ones are slices of a sequence.</param>
    private LoopIteration(Region body, int own, int captures, ImmutableArray<int> active, ImmutableArray<int> collected, int slices)
    {
        _own = own;
        _captures = captures;
        Active = active;
        Parameters = [.. _build.Parameters(body)];
        Results = new SaveResiduals(_build).Inline(body, Parameters.AsSpan());
        Node[] recorded = [.. _build.Body];

        Seeds = [.. active.Select(i => _build.Parameter(Parameters[i].Type, "gradient"))];
        Sums = [.. Parameters.Skip(captures).Select(capture => _build.Parameter(capture.Type, "sum"))];
        CollectedSeeds = [.. collected.Select(result => _build.Parameter(Results[result].Type, "gradients"))];
        var targets = active.Select((i, k) => (Results[i], Seeds[k])).Concat(Parameters.Skip(captures).Zip(Sums)).Concat(collected.Select(Collected));
        Variables = [.. body.VariablesRead.Where(variable => variable.Type!.Value.DType.IsFloat())];
        var sources = Parameters.Take(own + slices).Concat(Parameters.Skip(captures)).ToArray();
        var found = Gradient.Backward(_build, recorded, targets.Where(target => target.Item1.DType.IsFloat()).ToArray(), sources, Variables);

        // Rules may put reads of variables in front of forward nodes; what follows the last forward node is backward.
        int boundary = recorded.Length == 0 ? 0 : _build.Body.ToList().IndexOf(recorded[^1]) + 1;
        Forward = [.. _build.Body.Take(boundary)];
        Backward = [.. _build.Body.Skip(boundary)];
        CarriedGradients = [.. found.Sources.Take(own)];
        SliceGradients = [.. found.Sources.Skip(own).Take(slices)];
        CaptureGradients = [.. found.Sources.Skip(own + slices).Select((gradient, i) => gradient == Sums[i] ? null : gradient)];
        VariableGradients = found.Variables;
        _wanted = [.. CarriedGradients.Concat(SliceGradients).Concat(CaptureGradients).Concat(VariableGradients).OfType<Value>()];
        _ownSizes = [.. Forward.Where(node => node.Op == OpDefs.BindSize).Select(node => node.Attrs.Get<Dim>("dim"))];
    }

    public ImmutableArray<Value> Parameters { get; }

    public ImmutableArray<Value> Results { get; }

    public ImmutableArray<Node> Forward { get; }

    public ImmutableArray<Node> Backward { get; }

    /// <summary>Carried values whose gradient is not zero, with the parameters for them.</summary>
    public ImmutableArray<int> Active { get; }

    public ImmutableArray<Value> Seeds { get; }

    /// <summary>Parameters for the sums so far, one for each capture.</summary>
    public ImmutableArray<Value> Sums { get; }

    /// <summary>Parameters for the gradients of what is collected: of a residual list the whole, of an output this iteration's.</summary>
    public ImmutableArray<Value> CollectedSeeds { get; }

    public ImmutableArray<Value?> CarriedGradients { get; }

    public ImmutableArray<Value?> SliceGradients { get; }

    /// <summary>New sums; null for a capture that nothing flows back to.</summary>
    public ImmutableArray<Value?> CaptureGradients { get; }

    public ImmutableArray<Resource> Variables { get; }

    public ImmutableArray<Value?> VariableGradients { get; }

    /// <summary>Equalities of sizes that hold for the whole graph.</summary>
    public ImmutableArray<SizeConstraint> Assumptions => _build.Finish("", []).Assumptions;

    /// <summary>An iteration with every carried value that gets a gradient from the wanted ones, in this iteration or an earlier one.</summary>
    public static LoopIteration Of(Region body, int own, int captures, IEnumerable<int> wanted, ImmutableArray<int> collected = default,
        int slices = 0)
    {
        SortedSet<int> active = [.. wanted];
        while (true)
        {
            var iteration = new LoopIteration(body, own, captures, [.. active], collected.IsDefault ? [] : collected, slices);
            int before = active.Count;
            active.UnionWith(Enumerable.Range(0, own).Where(i => iteration.CarriedGradients[i] is not null));
            if (active.Count == before)
                return iteration;
        }
    }

    /// <summary>The value that an iteration appends to a residual list.</summary>
    public Value AppendedTo(int list) => Results[list].Node.Inputs[2];

    /// <summary>Needs of the backward nodes: values to keep, and cheap nodes to compute again, in order.</summary>
    public (ImmutableArray<Value> Values, ImmutableArray<Node> Again) Residuals()
    {
        List<Value> kept = [];
        HashSet<Node> again = [], own = [.. Forward, .. Parameters.Select(parameter => parameter.Node)];
        var work = new Stack<Value>(Backward.SelectMany(node => node.Inputs).Concat(_wanted).Where(value => own.Contains(value.Node)).Reverse());
        foreach (var binding in Forward.Where(node => node.Op == OpDefs.BindSize))
            Repeat(binding);
        while (work.TryPop(out var value))
        {
            if (IsCheap(value))
                Repeat(value.Node);
            else if (Parameters.IndexOf(value) is var index && (index < 0 || index < _captures) && !kept.Contains(value))
                kept.Add(value);
        }

        return ([.. kept], [.. Forward.Where(again.Contains)]);

        void Repeat(Node node)
        {
            if (!again.Add(node))
                return;
            foreach (var input in node.Inputs)
                work.Push(input);
        }
    }

    // An output is one of the results; to a residual list the iteration appends, at the place of its number.
    private (Value Target, Value Gradient) Collected(int result, int k) => Results[result].Type.IsList
        ? (AppendedTo(result), _build.Emit(OpDefs.ListGet, Attrs.Of("padded", true), [CollectedSeeds[k], Parameters[_own]])[0])
        : (Results[result], CollectedSeeds[k]);

    // What has no inputs or only repeats one, and what cannot leave the iteration because its size is known in it alone.
    private bool IsCheap(Value value)
    {
        var node = value.Node;
        if (value.Shape.Any(dim => dim.Symbols.Any(name => _ownSizes.Contains(Dim.Named(name)))))
        {
            return node.IsPure ? true : throw new GraphException(
                DiagnosticIds.NoGradient, $"{node.Op.Name}: gives a {value.Type}, whose size is known in this iteration of the loop alone, and has effects", "Move it out of the loop.", node.Source);
        }

        return node.Op != OpDefs.Parameter && node.IsPure && (node.Inputs.IsEmpty || node.Op == OpDefs.BroadcastTo);
    }
}
