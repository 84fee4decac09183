using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Other names of what the tape watches. In C# a tensor is watched by all its names. In a graph, what a branch or loop gives and what an iteration
/// takes are values of their own. Gradients pass a branch from before the watch where it gave the tensor itself; where the graph can't know, a target
/// that depends on another name is an error.
/// </summary>
internal sealed partial class TapeRecord
{
    // What is known of finished branches and loops stays true: each Watch and gradient adds to it.
    private ValueNames _names = new();

    // Branches and loops that were not recorded and may give what was watched after them.
    private readonly HashSet<Node> _late = [];

    // What the trace did since the tape was opened, in order.
    private readonly List<Node> _seen = [];

    private readonly Dictionary<Value, int> _watchedAt = [];

    // Branches and loops that computed from a tensor before it was watched, and were recorded because of others.
    private readonly List<(Value Watched, Node Node)> _computedBefore = [];

    // Results of branches and loops that may be a concrete tensor which was watched after them. The graph knows it as a constant there.
    private readonly List<(Value Watched, Value Other)> _constant = [];

    private void WatchNames(Tensor tensor, Value value)
    {
        if (_context is not TraceContext)
            return;
        _watchedAt.TryAdd(value, _seen.Count);
        var level = Innermost();
        HashSet<Node> recorded = [.. Nodes()];
        HashSet<Value> same = [value];
        foreach (var node in _build.OpenNodes.Where(node => IsMerge(node) && !recorded.Contains(node)))
        {
            Value[] others = [.. node.Types.Select((_, i) => node[i])
                .Where(result => result.DType.IsFloat() && _names.SameAs(result).Select(_build.OriginOf).Any(same.Contains))];
            if (others.Length == 0)
                continue;
            _late.Add(node);
            same.UnionWith(others);
            level.Tracked.UnionWith(others);
        }

        if (!tensor.IsSymbolic && tensor.Shape.ElementCount.Value <= TraceContext.LargestConstant)
        {
            var constant = tensor.ToLiteral();
            _constant.AddRange(_build.OpenNodes.Where(IsMerge).SelectMany(node => node.Types.Select((_, i) => node[i]))
                .Where(result => result.Type == value.Type && _names.MayBe(result, constant, _build.OriginOf)).Select(result => (value, result)));
        }

        if (IsTracked(value))
            return;
        var late = new LateWatch(_names, IsWatched);
        bool IsLate(Value input) => same.Contains(_build.OriginOf(input));
        _computedBefore.AddRange(recorded
            .Where(node => late.ComputesAlone(node, IsLate, input => IsTracked(_build.OriginOf(input)) && !IsLate(input)))
            .Select(node => (value, node)));
    }

    private void ForgetNames()
    {
        _names = new();
        _late.Clear();
        _seen.Clear();
        _watchedAt.Clear();
        _computedBefore.Clear();
        _constant.Clear();
    }

    private static bool IsMerge(Node node) => node.Types.Length > 0 && ValueNames.IsMerged(node[0]);

    // In the order in which a gradient goes back through them: nothing that was recorded is ahead of a branch that was not.
    private Node[] WithLate(Node[] nodes) => _late.Count == 0 ? nodes : [.. _build.OpenNodes.Where(_late.Contains), .. nodes];

    private void CheckNames(Value[] sources, Value[] targets)
    {
        if (_context is not TraceContext trace)
            return;
        HashSet<Node> recorded = [.. Nodes()];
        var loop = ControlScope.Loop(trace);
        foreach (var source in sources)
        {
            int watchedAt = _watchedAt.GetValueOrDefault(source, _seen.Count);
            Node[] path = [.. _seen.Where((node, i) => i >= watchedAt || recorded.Contains(node))];
            var merged = new MergedSource(_build, _names, path, targets);
            if (merged.HasOtherPaths(source, recorded))
                throw Misuse("a branch or loop gives the source, and the target may depend on it by what was computed in or ahead of that",
                    "Compute the target from it behind the branch, as a tensor of its own: y = y * 1; or take the gradient in the branch.");
            if (_computedBefore.Any(late => late.Watched == source && merged.Reaches([.. late.Node.Types.Select((_, i) => late.Node[i])], source)))
                throw Misuse("the target depends on a branch or loop that computed from the source before the tape watched it",
                    "Call tape.Watch(source) ahead of the branch.");
            if (_constant.Any(may => may.Watched == source && merged.Reaches([may.Other], source)))
                throw Misuse("the target depends on what a branch or loop gives, which may be the source, a tensor from outside of the function",
                    "Make it a tensor of its own behind the branch: y = y * 1; or call tape.Watch(source) ahead of it.");
            if (loop is null)
                continue;
            foreach (var other in path.SelectMany(node => node.Inputs).Concat(targets).Select(_build.OriginOf).Distinct())
            {
                if (other != source && other.DType == source.DType && other.Type.Rank == source.Type.Rank && loop.MayTake(other)
                    && merged.Reaches([other], source))
                    loop.PassNames(source, other);
            }
        }
    }
}
