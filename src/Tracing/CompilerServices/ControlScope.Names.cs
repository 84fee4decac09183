using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>Values that an open loop carries or takes from around it, as names of one tensor in some iteration.</summary>
internal sealed partial class ControlScope
{
    /// <summary>Pairs of a source and a value that a target depends on besides: an error where both are one tensor in some iteration.</summary>
    public List<(Value Source, Value Other, GraphException Error)> Names { get; } = [];

    /// <summary>The innermost loop that is open.</summary>
    public static ControlScope? Loop(TraceContext trace) => Loops(trace.Frames).LastOrDefault();

    /// <summary>The loops among open branches and loops.</summary>
    public static IEnumerable<ControlScope> Loops(IEnumerable<ControlScope> scopes) => scopes.Where(scope => scope.NeedsType);

    /// <summary>A gradient by a source was taken in an iteration, and the target depends on another value besides.</summary>
    public void PassNames(Value source, Value other)
    {
        var names = new ValueNames();
        HashSet<Value> sources = names.All(source, _trace.Builder.OriginOf), others = names.All(other, _trace.Builder.OriginOf);
        Add(sources, others, TapeRecord.IsOther(sources, others));
    }

    // An iteration takes both, and at least one from the iteration before.
    private void Add(HashSet<Value> sources, HashSet<Value> others, GraphException error)
    {
        foreach (var source in sources.Where(IsTaken))
            Names.AddRange(others.Where(other => other != source && IsTaken(other) && (IsCarried(source) || IsCarried(other)))
                .Where(other => !Names.Exists(pair => (pair.Source, pair.Other) == (source, other)))
                .Select(other => (source, other, error)).ToArray());
    }

    /// <summary>True for a value that an iteration may not have made itself.</summary>
    public bool MayTake(Value origin) => IsTaken(origin) || ValueNames.IsMerged(origin);

    private bool IsTaken(Value origin) => origin.Node.Op == OpDefs.Parameter || _trace.Builder.DepthOf(origin) < Depth;

    private bool IsCarried(Value origin) => origin.Node.Op == OpDefs.Parameter && _trace.Builder.DepthOf(origin) > 0;

    // Two values are one tensor where they begin as one, or where an iteration ends with one for both. Equal concrete tensors are one constant of the
    // graph, but not one tensor in C#.
    private void CheckNames(Dictionary<Value, Tensor[]> origins)
    {
        var names = new ValueNames();
        var around = Loops(_trace.Frames.Take(_trace.Frames.IndexOf(this))).LastOrDefault();
        for (int i = 0; i < Names.Count; i++)
        {
            var (source, other, error) = Names[i];
            Tensor[]? ofSource = Origins(source), ofOther = Origins(other);
            if (ofSource is null && ofOther is null)
                around?.Add([source], [other], error);
            for (int end = 0; end < 2 && (ofSource ?? ofOther) is not null; end++)
            {
                if (ofSource?[end] is { IsSymbolic: false } begun && ofOther?[end] is { IsSymbolic: false } otherBegun)
                {
                    if (ReferenceEquals(begun, otherBegun))
                        throw error;
                    continue;
                }

                Value left = ValueOf(ofSource?[end], source), right = ValueOf(ofOther?[end], other);
                if (names.MayBeOne(left, right, _trace.Builder.OriginOf))
                    throw error;
                Add(names.All(left, _trace.Builder.OriginOf), names.All(right, _trace.Builder.OriginOf), error);
            }
        }

        Tensor[]? Origins(Value value) => origins.GetValueOrDefault(value) is { Length: 2 } found ? found : null;
        Value ValueOf(Tensor? origin, Value value) => origin is null ? value : _trace.ValueOf(origin);
    }
}
