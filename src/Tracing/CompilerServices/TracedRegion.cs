using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A finished region and what became of the variables that leave it: a result of the region, nothing (null), or no value yet
/// (<see cref="GraphControl.Undefined"/>).
/// </summary>
internal sealed partial class TracedRegion
{
    /// <summary>The remedy for a variable that only changes its size.</summary>
    public const string SizeRemedy =
        "A carried variable keeps its sizes: begin with Ops.AnyLength(x) if the first axis is to change, pad or slice it to one size, or "
        + "collect what it gets in a TensorArray, whose Stack may have any number of rows.";

    /// <summary>The remedy for a variable that is null on one side.</summary>
    public const string NullRemedy =
        "The graph cannot say that there is none: start it with a tensor of that type, such as zeros, and carry a bool beside it if that matters.";

    private readonly List<Tensor?> _leaves;
    private Region _region;

    private TracedRegion(Region region, ImmutableArray<Value> captures, IEnumerable<Tensor?> leaves)
    {
        _region = region;
        Captures = captures;
        _leaves = [.. leaves];
    }

    public ImmutableArray<Value> Captures { get; private set; }

    public int Count => _leaves.Count;

    /// <summary>Parameters of the region, captures last.</summary>
    public IEnumerable<Value> Parameters => _region.Parameters.Select(parameter => parameter[0]);

    /// <summary>Closes the region opened last; its results are the leaves that have a value, in order.</summary>
    public static TracedRegion Close(TraceContext trace, ImmutableArray<TapeRecord> tapes, ReadOnlySpan<Tensor?> leaves)
    {
        var results = new List<Value>();
        foreach (var leaf in leaves)
        {
            if (HasValue(leaf))
                results.Add(trace.ValueOf(leaf!));
        }

        var (region, captures) = trace.Builder.EndRegion([.. results]);
        trace.SetTapes(tapes);
        return new(region, captures, leaves.ToArray());
    }

    /// <summary>True for a region that does the same: one that C# state which changes in between would make otherwise.</summary>
    public bool IsSameAs(TracedRegion other) =>
        Captures.SequenceEqual(other.Captures) && Variables().SequenceEqual(other.Variables()) && Text() == other.Text();

    // Names of sizes are new ones each time.
    private string Text()
    {
        List<string> sizes = [];
        return FreshSize().Replace(Printer.Print(new Ir.Graph("step", _region)), match =>
        {
            if (!sizes.Contains(match.Value))
                sizes.Add(match.Value);
            return $"_{sizes.IndexOf(match.Value)}";
        });
    }

    private IEnumerable<Resource> Variables() =>
        _region.AllNodes().SelectMany(node => node.Effects).Select(effect => effect.Resource)
            .Where(resource => resource.Kind == ResourceKind.Variable);

    [GeneratedRegex(@"_u\d+")]
    private static partial Regex FreshSize();

    /// <summary>Adds a leaf to the finished region: null, no value yet, or a tensor of the region around it. Returns its index.</summary>
    public int AddOuter(TraceContext trace, Tensor? leaf)
    {
        if (HasValue(leaf))
        {
            var value = trace.Builder.InBlock(trace.ValueOf(leaf!));
            int capture = Captures.IndexOf(value);
            if (capture < 0)
            {
                capture = Captures.Length;
                Captures = Captures.Add(value);
                var parameter = new GraphBuilder { Source = SourceSpan.None }.Parameter(value.Type).Node;
                _region = _region with { Parameters = _region.Parameters.Add(parameter) };
            }

            _region = _region with { Results = _region.Results.Add(_region.Parameters[_region.Parameters.Length - Captures.Length + capture][0]) };
        }

        _leaves.Add(leaf);
        return _leaves.Count - 1;
    }

    /// <summary>The region with other parameters in front of its captures: for each one its own, or a new one that it does not read.</summary>
    public void SetParameters(IEnumerable<(Value? Own, TensorType Type, string Name)> parameters)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var captured = _region.Parameters.Skip(_region.Parameters.Length - Captures.Length);
        _region = _region with { Parameters = [.. parameters.Select(p => p.Own?.Node ?? build.Parameter(p.Type, p.Name).Node), .. captured] };
    }

    /// <summary>
    /// A tensor as it leaves the region under construction: one whose first axis has a size that only this region knows, or that may vary, leaves
    /// as a list.
    /// </summary>
    public static Tensor? Leaving(TraceContext trace, Tensor? leaf, string name)
    {
        if (!HasValue(leaf) || !leaf!.IsSymbolic || (!leaf!.GraphType.Shape.Any(trace.IsBoundHere) && !HasAnyLength(trace, leaf)))
            return leaf;
        if (leaf!.GraphType.Shape.Skip(1).Any(trace.IsBoundHere))
        {
            throw new GraphException(
                DiagnosticIds.CarriedTypeChanged,
                $"'{name}' is {leaf.GraphType} at the end of a branch or loop, where an axis behind the first has a size that depends on data",
                "Only the first axis of what leaves a branch or loop may have such a size: transpose or reduce it inside.", SourceSpan.Capture());
        }

        return Ops.AsList(leaf);
    }

    /// <summary>Makes what left a region as a list a tensor again; its size may go on to vary if it did so far.</summary>
    public static Tensor Entering(TraceContext trace, Tensor leaf, bool hasAnyLength = false)
    {
        if (!leaf.GraphType.IsList)
            return leaf;
        var tensor = Ops.FromList(leaf);
        if (hasAnyLength)
            trace.LetVary(tensor.GraphType.Shape[0]);
        return tensor;
    }

    /// <summary>True for a tensor that began with <see cref="Ops.AnyLength"/>.</summary>
    public static bool HasAnyLength(TraceContext trace, Tensor? leaf) => HasValue(leaf) && leaf!.Rank > 0 && trace.Varies(leaf.Shape[0]);

    /// <summary>A condition without axes; TG2002 or TG2003 unless it is one bool.</summary>
    public static Tensor ConditionOf(Tensor condition, SourceSpan source)
    {
        if (condition.DType != DType.Bool || condition.Shape.ElementCount is { IsConstant: true, Value: not 1 })
            throw NotOneBool(condition.GraphType, source);
        return condition.Rank == 0 ? condition : Ops.Reshape(condition, []);
    }

    public static GraphException NotOneBool(TensorType type, SourceSpan source) => new(
        type.DType != DType.Bool ? DiagnosticIds.DTypeMismatch : DiagnosticIds.RankMismatch,
        $"condition: {type} is not one bool", "Compare it, or reduce it with Any or All.", source);

    /// <summary>A value of a branch or loop that may be some tensors: where these are names of something, it may be that.</summary>
    public static Tensor? Maybe(Tensor? value, params ReadOnlySpan<Tensor?> tensors)
    {
        // What is known to be a name is the outer one.
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (var tensor in tensors)
            {
                if (HasValue(value) && tensor?.Named is { } name && name is CarriedName == (pass == 0))
                    value = name.Maybe(value!);
            }
        }

        return value;
    }

    public static bool HasValue(Tensor? leaf) => leaf is not null && !ReferenceEquals(leaf, GraphControl.Undefined);

    public Tensor? Leaf(int index) => _leaves[index];

    /// <summary>Adds leaves without a value, from <paramref name="at"/> on.</summary>
    public void Pad(int at, int count) => _leaves.InsertRange(at, Enumerable.Repeat<Tensor?>(GraphControl.Undefined, count));

    /// <summary>Type of a leaf with a value.</summary>
    public TensorType TypeOf(int index) => _region.Results[_leaves.Take(index).Count(HasValue)].Type;

    /// <summary>The region with a result for exactly the wanted leaves; one without a value yet becomes zeros of the type given.</summary>
    public (Region Region, ImmutableArray<Value> Captures) With(IEnumerable<(int Leaf, TensorType Type)> wanted)
    {
        var zeros = new GraphBuilder { Source = SourceSpan.None };
        Value ResultOf((int Leaf, TensorType Type) want) =>
            HasValue(_leaves[want.Leaf]) ? _region.Results[_leaves.Take(want.Leaf).Count(HasValue)] : zeros.Zeros(want.Type);
        Value[] results = [.. wanted.Select(ResultOf)];
        _region = _region with { Body = [.. _region.Body, .. zeros.Body], Results = [.. results] };
        return (_region, Captures);
    }
}
