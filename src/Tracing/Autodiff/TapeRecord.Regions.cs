using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Open branches and loops that a tape has entered. It records the nodes of each, so that a gradient can be taken there: of what the block has
/// computed, and through the values that it takes from outside. When a block ends, the tape knows the finished control-flow node in its place.
/// </summary>
internal sealed partial class TapeRecord
{
    private readonly List<OpenRegion> _regions = [];
    private readonly int _depth;

    /// <summary>True for a tape that records inside of branches and loops too.</summary>
    public bool EntersRegions { get; set; }

    /// <summary>True in the block that opened the tape, and in one that the tape has entered.</summary>
    public bool IsHere
    {
        get
        {
            LeaveRegions();
            return _context.Block == (_regions.Count > 0 ? _regions[^1].Block : _block);
        }
    }

    /// <summary>A region was opened; false for a tape that does not enter it.</summary>
    public bool Enter()
    {
        if (!EntersRegions || !IsRecording)
            return false;
        _regions.RemoveAll(region => region.Depth >= _build.Depth);
        if (_build.Depth != _depth + _regions.Count + 1)
            return false;
        _regions.Add(new(_context.Block, _build.Depth, [], [], []));
        return true;
    }

    /// <summary>The region that was opened last is the body of a loop, whose end is told (<see cref="EndLoop"/>).</summary>
    public void BeginLoop() => _regions[^1].IsLoop = true;

    /// <summary>
    /// The body of a loop ends. A gradient was taken in it as if the values that the loop carries were constants: none of them may depend on what the
    /// tape watches.
    /// </summary>
    /// <param name="carried">Their values ahead of the loop, in the body, and at its end.</param>
    public void EndLoop(IReadOnlyList<(Value Initial, Value Parameter, Value End)> carried)
    {
        LeaveRegions();
        var region = _regions[^1];
        if (region.Constants.Count == 0)
            return;
        HashSet<Value> watched = [.. carried.Where(value => IsTrackedAround(value.Initial)).Select(value => value.Parameter)];
        int before;
        do
        {
            before = watched.Count;
            foreach (var node in region.Nodes.Where(node => node.Op != OpDefs.StopGradient))
            {
                if (ReadsWatchedVariable(node) || node.Inputs.Any(IsWatched))
                    watched.UnionWith(node.Types.Select((_, i) => node[i]));
            }

            watched.UnionWith(carried.Where(value => IsWatched(value.End)).Select(value => value.Parameter));
        }
        while (watched.Count > before);
        foreach (var parameter in region.Constants.Where(watched.Contains))
            throw IsCarried(parameter);

        bool IsWatched(Value value) => watched.Contains(value) || (value.Node.Op == OpDefs.Parameter
            ? _build.CapturedBy(value, _build.Depth) is { } outer && IsTracked(outer, _regions.Count - 1) : IsTrackedAround(value));
    }

    // In the block that made it, which may be any around the loop.
    private bool IsTrackedAround(Value value) => Enumerable.Range(0, _regions.Count).Any(level => IsTracked(value, level));

    private void LeaveRegions()
    {
        if (_regions.Count > 0)
            _regions.RemoveAll(region => region.Depth > _build.Depth);
    }

    private List<Node> NodesAt(int level) => level == 0 ? _nodes : _regions[level - 1].Nodes;

    private HashSet<Value> TrackedAt(int level) => level == 0 ? _tracked : _regions[level - 1].Tracked;

    // A parameter stands for an outer value, or for one that a loop carries, which may depend on anything.
    private bool IsTracked(Value value, int level) => TrackedAt(level).Contains(value)
        || (level > 0 && value.Node.Op == OpDefs.Parameter && value.DType.IsFloat()
            && (_build.CapturedBy(value, _depth + level) is not { } outer || IsTracked(outer, level - 1)));

    // From the innermost block outwards: what reaches a value from outside goes on in the block around it.
    private Gradients Backward((Value Target, Value Gradient)[] seeds, IReadOnlyList<Value> sources, IReadOnlyList<Resource> variables)
    {
        if (_regions.Count == 0)
            return Ir.Gradient.Backward(_build, Nodes(), seeds, sources, variables);
        if (sources.Count > 0)
            throw Misuse("a tape that has entered a branch or loop gives gradients of variables alone", "Take the gradient outside of it.");
        Dictionary<Resource, Value> sums = [];
        for (int level = _regions.Count; level > 0; level--)
        {
            var nodes = Nodes(level);
            Value[] taken = [.. nodes.SelectMany(node => node.Inputs).Concat(seeds.Select(seed => seed.Target))
                .Where(value => value.Node.Op == OpDefs.Parameter && IsTracked(value, level)).Distinct()];
            var found = Ir.Gradient.Backward(_build, nodes, seeds, taken, variables);
            Sum(sums, variables, found.Variables);
            List<(Value Target, Value Gradient)> next = [];
            foreach (var (parameter, gradient) in taken.Zip(found.Sources))
            {
                if (gradient is null)
                    continue;
                if (_build.CapturedBy(parameter, _depth + level) is { } outer)
                    next.Add((outer, gradient.Value));
                else if (_regions[level - 1].IsLoop)
                    _regions[level - 1].Constants.Add(parameter);
                else
                    throw IsCarried(parameter);
            }

            seeds = [.. next];
        }

        var rest = Ir.Gradient.Backward(_build, Nodes(), seeds, sources, variables);
        Sum(sums, variables, rest.Variables);
        return rest with { Variables = [.. variables.Select(variable => sums.TryGetValue(variable, out var sum) ? sum : (Value?)null)] };
    }

    private void Sum(Dictionary<Resource, Value> sums, IReadOnlyList<Resource> variables, ImmutableArray<Value?> gradients)
    {
        foreach (var (variable, gradient) in variables.Zip(gradients).DistinctBy(pair => pair.First))
        {
            if (gradient is { } added)
                sums[variable] = sums.TryGetValue(variable, out var sum) ? _build.Add(sum, added) : added;
        }
    }

    private static GraphException IsCarried(Value parameter) => Misuse(
        $"the target depends on '{parameter.Node.Attrs.Get("name", "a value")}', which a loop carries from one iteration to the next",
        "Compute it in the iteration, or detach it where the iteration begins: the gradient of one iteration does not go on into the one before.");

    private sealed record OpenRegion(object? Block, int Depth, List<Node> Nodes, HashSet<Value> Tracked, HashSet<Value> Constants)
    {
        public bool IsLoop { get; set; }
    }
}
