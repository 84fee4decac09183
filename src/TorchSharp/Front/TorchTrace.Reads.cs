using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph.Torch;

/// <summary>
/// Reads of parameters in branches and loops that a tensor decides: a loss has no gradient for a parameter that only a branch reads which did not
/// run, where a gradient of the graph is zeros. So the run remembers the reads, for each block and each branch or loop in it.
/// </summary>
internal sealed partial class TorchTrace
{
    // Parameters that a block reads itself.
    private readonly Dictionary<object, HashSet<TorchVariable>> _reads = new(ReferenceEqualityComparer.Instance);
    // One bool each: whether a branch or loop of a block has read the parameter, since the block began.
    private readonly Dictionary<(object Block, TorchVariable Variable), List<(object Inner, TensorArray IsRead)>> _innerReads = [];
    // One tensor, so that branches which both read stay sure.
    private readonly Tensor _isRead = true;

    /// <summary>The value of a tensor that TorchSharp keeps, as it is here.</summary>
    public Tensor Read(global::TorchSharp.torch.Tensor tensor) => Read(Find(tensor));

    private Tensor Read(TorchVariable variable)
    {
        NoteRead(variable);
        return variable.Variable.Value;
    }

    private void NoteRead(TorchVariable variable)
    {
        object[] levels = Levels;
        // A condition gives no value that a loss could depend on.
        if (_tape is null || !variable.RequiresGradient || levels.Any(level => level is ControlScope { IsCondition: true })) return;
        for (int i = levels.Length - 1; i > 0 && !Reads(levels[i], variable); i--)
        {
            TensorArray isRead = InnerRead(levels[i - 1], (ControlScope)levels[i], variable);
            isRead.Clear();
            isRead.Add(_isRead);
        }
        if (!_reads.TryGetValue(levels[^1], out HashSet<TorchVariable>? own)) _reads.Add(levels[^1], own = new(ReferenceEqualityComparer.Instance));
        own.Add(variable);
    }

    private TensorArray InnerRead(object block, ControlScope inner, TorchVariable variable)
    {
        if (!_innerReads.TryGetValue((block, variable), out var all)) _innerReads.Add((block, variable), all = []);
        int known = all.FindIndex(one => one.Inner == inner.Owner);
        if (known >= 0) return all[known].IsRead;
        TensorArray isRead = new(block as ControlScope ?? (_depth > 0 ? Scopes[_depth - 1] : null), [false]);
        all.Add((inner.Owner, isRead));
        return isRead;
    }

    private bool Reads(object block, TorchVariable variable) =>
        _reads.TryGetValue(block, out HashSet<TorchVariable>? read) && read.Contains(variable);

    /// <summary>A bool that is false where the run has read a parameter in nothing that the loss depends on; null where it surely has.</summary>
    private Tensor? HasRead(TorchVariable variable, Dictionary<Node, Tensor?> reached)
    {
        Resource resource = variable.Variable.Resource;
        bool HasReads(Node node) => !node.Regions.IsEmpty && node.Effects.Any(effect => effect.Resource == resource);
        bool IsRead(Node node) => node.Op == OpDefs.ReadVariable && node.Attrs.Get<Resource>("var") == resource;
        Tensor?[] reads = [.. reached.Where(one => IsRead(one.Key)).Select(one => one.Value)];
        if (reads.Contains(null)) return null;
        HashSet<Node> blocks = [.. reached.Keys.Where(HasReads)], explained = [];
        List<Tensor> all = [.. reads.OfType<Tensor>()];
        object[] levels = Levels;
        foreach (var (i, level) in levels.Index())
        {
            object? open = i + 1 < levels.Length ? ((ControlScope)levels[i + 1]).Owner : null;
            foreach (var (inner, isRead) in _innerReads.GetValueOrDefault((level, variable), []))
            {
                Tensor one = isRead.State.Get(0L);
                // Where both branches read, it is no value of the branch.
                if (inner == open || !one.IsSymbolic) continue;
                Node[] own = [.. Behind(ExecutionContext.Current.ValueOf(one).Node, HasReads).Where(HasReads)];
                explained.UnionWith(own);
                if (blocks.Overlaps(own)) all.Add(one);
            }
        }
        // What is not known to read may do so.
        return blocks.IsSubsetOf(explained) && all.Count > 0 ? all.Aggregate(Ops.Or) : null;
    }

    /// <summary>
    /// Nodes that a gradient of a loss flows back to, each with a bool that is false where the loss does not depend on it in this run: the
    /// other branch has dropped it. Null where it surely does.
    /// </summary>
    private static Dictionary<Node, Tensor?> Reached(Tensor loss)
    {
        Node last = ExecutionContext.Current.ValueOf(loss).Node;
        Dictionary<Node, Tensor?> reached = new() { [last] = null };
        foreach (Node node in Order(last).Reverse<Node>().Where(node => node.PassesGradients && reached.ContainsKey(node)))
        {
            Tensor? when = reached[node];
            HashSet<Node>[] behind = node.Op != OpDefs.If ? [] : [.. node.Regions.Select(region =>
                region.Results.SelectMany(result => Behind(result.Node, static end => !end.PassesGradients)).ToHashSet())];
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (!Passes(node, i, behind, when, out Tensor? through)) continue;
                Node input = OriginOf(node.Inputs[i]);
                bool isKnown = reached.TryGetValue(input, out Tensor? before);
                reached[input] = isKnown && (before is null || through is null) ? null : isKnown ? Ops.Or(before!, through!) : through;
            }
        }
        return reached;
    }

    // Whether a gradient passes an input, and when.
    private static bool Passes(Node node, int input, HashSet<Node>[] behind, Tensor? when, out Tensor? through)
    {
        through = when;
        if (node.Op != OpDefs.If) return true;
        if (input == 0) return false;
        bool[] isUsed = [.. node.Regions.Zip(behind, (region, nodes) => nodes.Contains(region.Parameters[input - 1]))];
        if (isUsed[0] != isUsed[1])
        {
            Tensor condition = ExecutionContext.Current.TensorOf(node.Inputs[0]), own = isUsed[0] ? condition : Ops.Not(condition);
            through = when is null ? own : Ops.And(when, own);
        }
        return isUsed[0] || isUsed[1];
    }

    private static Node OriginOf(Value value) => ExecutionContext.Current.Builder.OriginOf(value).Node;

    // What a node is computed from, each behind its inputs.
    private static List<Node> Order(Node last)
    {
        List<Node> order = [];
        HashSet<Node> known = [last];
        var work = new Stack<(Node Node, int Next)>([(last, 0)]);
        while (work.TryPop(out var at))
        {
            if (at.Next == at.Node.Inputs.Length)
            {
                order.Add(at.Node);
                continue;
            }
            work.Push((at.Node, at.Next + 1));
            Node input = OriginOf(at.Node.Inputs[at.Next]);
            if (known.Add(input)) work.Push((input, 0));
        }
        return order;
    }

    /// <summary>A node and what it is computed from, up to some nodes.</summary>
    public static HashSet<Node> Behind(Node last, Func<Node, bool> isEnd)
    {
        HashSet<Node> found = [];
        var work = new Stack<Node>([last]);
        while (work.TryPop(out Node? node))
        {
            if (!found.Add(node) || isEnd(node)) continue;
            foreach (Value input in node.Inputs) work.Push(OriginOf(input));
        }
        return found;
    }
}
