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

    private bool Reads(object block, TorchVariable variable) => _reads.TryGetValue(block, out HashSet<TorchVariable>? read) && read.Contains(variable);

    /// <summary>A bool that is false where the run has read a parameter in nothing that the loss depends on; null where it surely has.</summary>
    private Tensor? HasRead(TorchVariable variable, HashSet<Node> behind)
    {
        object[] levels = Levels;
        bool IsRead(Node node) => node.Op == OpDefs.ReadVariable && node.Attrs.Get<Resource>("var") == variable.Variable.Resource;
        bool HasReads(Node node) => !node.Regions.IsEmpty && node.Effects.Any(effect => effect.Resource == variable.Variable.Resource);
        if (levels[..^1].Any(level => Reads(level, variable)) || behind.Any(IsRead)) return null;
        HashSet<Node> blocks = [.. behind.Where(HasReads)], explained = [];
        Tensor? any = null;
        foreach (var (i, level) in levels.Index())
        {
            object? next = i + 1 < levels.Length ? ((ControlScope)levels[i + 1]).Owner : null;
            foreach (var (inner, isRead) in _innerReads.GetValueOrDefault((level, variable), []))
            {
                if (inner == next) continue;
                Tensor one = isRead.State.Get(0L);
                if (ReferenceEquals(one, _isRead)) return null;
                Node[] own = [.. Behind(ExecutionContext.Current.ValueOf(one).Node, HasReads).Where(HasReads)];
                explained.UnionWith(own);
                if (next is not null || blocks.Overlaps(own)) any = any is null ? one : Ops.Or(any, one);
            }
        }
        // What is not known to read may do so.
        return blocks.IsSubsetOf(explained) ? any : null;
    }

    /// <summary>A node and what it is computed from, up to some nodes.</summary>
    public static HashSet<Node> Behind(Node last, Func<Node, bool> isEnd)
    {
        HashSet<Node> found = [];
        var work = new Stack<Node>([last]);
        while (work.TryPop(out Node? node))
        {
            if (!found.Add(node) || isEnd(node)) continue;
            foreach (Value input in node.Inputs) work.Push(input.Node);
        }
        return found;
    }
}
