using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

/// <summary>
/// Gradients as far as the trace knows them. In the function itself they are tensors of the graph until it ends. In a branch or loop that a
/// tensor decides each change is written to TorchSharp at once, and read from there where only the run knows what has happened.
/// </summary>
internal sealed partial class TorchTrace
{
    private readonly Dictionary<object, Dictionary<TorchVariable, Gradient>> _gradients = new(ReferenceEqualityComparer.Instance);
    // Gradients that have other names.
    private readonly Dictionary<TorchVariable, NamedGradient> _named = new(ReferenceEqualityComparer.Instance);
    // When gradients have changed since the parameter got them.
    private readonly Dictionary<TorchVariable, List<int>> _times = new(ReferenceEqualityComparer.Instance);
    // Gradients that are a tensor of the program, each with the block in which it was set: what changes them would change that tensor.
    private readonly Dictionary<TorchVariable, object> _shared = new(ReferenceEqualityComparer.Instance);
    // Those that the function clears before it does anything else with them, so that their values at its beginning say nothing.
    private readonly HashSet<TorchVariable> _cleared = new(ReferenceEqualityComparer.Instance);
    private int _depth;

    private enum Kind
    {
        /// <summary>As it was when the call began.</summary>
        AsBefore,
        None,
        Known,
        Zeros,

        /// <summary>There, but the last step did not leave it in TorchSharp.</summary>
        Spared,

        /// <summary>TorchSharp has it, if there is one.</summary>
        InTorch,
    }

    // Of zeros: whether there is a gradient to make zeros of.
    private enum Presence
    {
        AsBefore,
        Sure,
        OfRun,
    }

    /// <summary>True in a branch or loop of the function.</summary>
    public bool IsInBranch => Scopes.Count > _depth;

    private bool IsInLoop => Scopes.Skip(_depth).Any(scope => scope.NeedsType);

    private static List<ControlScope> Scopes => ((TraceContext)ExecutionContext.Current).Frames;

    // The function and its open branches and loops, outermost first.
    private object[] Levels => [this, .. Scopes.Skip(_depth)];

    private Dictionary<TorchVariable, Gradient> At(object level)
    {
        if (!_gradients.TryGetValue(level, out Dictionary<TorchVariable, Gradient>? own))
            _gradients.Add(level, own = new(ReferenceEqualityComparer.Instance));
        return own;
    }

    /// <summary>
    /// The gradient of a parameter: what this trace has computed, on what there was before the call. Where only the run knows whether there is one,
    /// it says so by a bool, and the value is zeros if there is none.
    /// </summary>
    public (Tensor? Value, Tensor? Has) GradientOf(TorchVariable variable)
    {
        Gradient known = Look(variable);
        if (known.Kind is Kind.None or Kind.Known || variable.Tensor is not { } tensor) return (known.Value, known.Has);
        if (known.Has is not null) return (Ops.Full(variable.Variable.Shape, 0, variable.Variable.DType), known.Has);
        bool isZeros = known.Kind == Kind.Zeros, isSure = known.Presence == Presence.Sure;
        bool isOfRun = !isSure && (known.Kind == Kind.InTorch || (isZeros && known.Presence == Presence.OfRun));
        GradientStore.State before = isOfRun || isSure ? GradientStore.State.There
            : known.Kind == Kind.Spared ? GradientStore.State.Spared : StateBefore(tensor);
        if (before == GradientStore.State.Spared && !isZeros) throw GradientStore.Spared();
        Gradient found = new(Kind.None);
        if (before != GradientStore.State.None)
        {
            var held = new WeakReference<TorchVariable>(variable);
            Tensor[] read = isZeros && !isOfRun ? [] : Ops.HostCall(_ => GradientStore.Read(held), [variable.Variable.Type, new(DType.Bool, [])]);
            Tensor value = isZeros ? Ops.Full(variable.Variable.Shape, 0, variable.Variable.DType) : read[0];
            found = new(Kind.Known, value, isOfRun ? read[1] : null);
        }
        // Zeros stay what they are for whoever adds to them.
        if (!isZeros) At(Levels[^1])[variable] = found;
        return (found.Value, found.Has);
    }

    /// <summary>A gradient that is there, by another name. The name stays with it when the parameter gets another one.</summary>
    public Tensor NameGradient(TorchVariable variable)
    {
        // One that a branch has made ends with the branch.
        NamedGradient? named = _named.GetValueOrDefault(variable);
        if (named is null || !Levels.Contains(named.Level)) named = NewName(variable, named);
        return TorchName.Of(named, () => named.IsLost ? throw Lost() : named.Last ?? GradientOf(variable).Value!);
    }

    private NamedGradient NewName(TorchVariable variable, NamedGradient? before)
    {
        NamedGradient named = _named[variable] = new NamedGradient(Levels[^1], TimesOf(variable), before);
        before?.PassTo(named);
        return named;
    }

    private List<int> TimesOf(TorchVariable variable)
    {
        if (!_times.TryGetValue(variable, out List<int>? times)) _times.Add(variable, times = []);
        return times;
    }

    private static Exception Lost() => InBranch(
        "the parameter has another one since the branch or iteration, and a name of the old one is used",
        "Copy the old one while it is there: p.grad!.clone(); or name it in the branch or loop.");

    // The parameter gets another gradient, or none.
    private void Part(TorchVariable variable)
    {
        object[] levels = Levels;
        _named.Remove(variable, out NamedGradient? named);
        // A branch may leave the one that was there.
        if (levels.Length == 1 || _shared.GetValueOrDefault(variable) == levels[^1]) _shared.Remove(variable);
        if (levels.Length == 1 || named?.Level == levels[^1]) _times.Remove(variable);
        if (named is null) return;
        if (named.IsReadInLoop) throw Lost();
        if (named.Level == Levels[^1]) named.Last = GradientOf(variable).Value!.Unnamed;
        else named.IsLost = true;
    }

    /// <summary>Gives a parameter another gradient.</summary>
    /// <param name="variable">The parameter.</param>
    /// <param name="value">The gradient.</param>
    /// <param name="isShared">True where code may use that tensor by another name later.</param>
    public void ReplaceGradient(TorchVariable variable, Tensor value, bool isShared)
    {
        if (value.Named is TorchName { IsWhole: true } name && _named.GetValueOrDefault(variable) is { } own && name.Memory == own)
        {
            if (name.IsUnsure) SetUnsure(variable, value.Unnamed, own);
            return;
        }
        if (value.Named is TorchName)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "grad", "the gradient is set to a tensor that shares its memory with a parameter, buffer or other gradient",
                "Give it memory of its own: clone().");
        }
        Part(variable);
        Replace(variable, value);
        if (isShared) _shared[variable] = Levels[^1];
    }

    // It is the gradient or another tensor, so that what was the gradient may still be.
    private void SetUnsure(TorchVariable variable, Tensor value, NamedGradient own)
    {
        if (own.IsReadInLoop) throw Lost();
        own.IsLost = true;
        _named.Remove(variable);
        Replace(variable, value);
        // To set it changes neither.
        _times.Remove(variable);
        NewName(variable, own);
    }

    private void Replace(TorchVariable variable, Tensor value)
    {
        _times.Remove(variable);
        Set([(variable, new Gradient(Kind.Known, value))], replaces: true);
    }

    /// <summary>The gradient of a parameter that code uses without asking whether it is there; the run fails where it is not.</summary>
    /// <exception cref="GraphException">TG1014 where it is known that there is none.</exception>
    public Tensor SureGradientOf(TorchVariable variable)
    {
        var (value, has) = GradientOf(variable);
        if (value is null && !IsInBranch)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "grad", "the parameter has no gradient here", "Call backward before, or ask first: if (p.grad is not null).");
        }
        if (value is null || has is not null) Ops.Assert(has ?? false, "grad: the parameter has no gradient here");
        if (has is not null)
        {
            Gradient known = Look(variable);
            At(Levels[^1])[variable] = known.Kind == Kind.Zeros ? known with { Presence = Presence.Sure, Has = null } : known with { Has = null };
        }
        return value is null ? Ops.Full(variable.Variable.Shape, 0, variable.Variable.DType) : NameGradient(variable);
    }

    /// <summary>Sets gradients of parameters; where a bool is false there is none.</summary>
    public void SetGradients(IReadOnlyList<(TorchVariable Variable, Tensor Value, Tensor? Has)> gradients) =>
        Set([.. gradients.Select(item => (item.Variable, new Gradient(Kind.Known, item.Value, item.Has)))]);

    /// <summary>Drops the gradients of parameters, or makes those that are there zeros.</summary>
    public void ClearGradients(IEnumerable<TorchVariable> variables, bool toZeros)
    {
        TorchVariable[] all = [.. variables];
        if (!IsInBranch) _cleared.UnionWith(all.Where(variable => Look(variable).Kind == Kind.AsBefore));
        if (!toZeros) Array.ForEach(all, Part);
        Set([.. all.Select(variable => (variable, toZeros ? Zeros(Look(variable)) : new(Kind.None)))], replaces: !toZeros);
    }

    /// <summary>An optimiser has used the gradient.</summary>
    public void SetUsed(TorchVariable variable)
    {
        if (!IsInBranch && At(this).TryGetValue(variable, out Gradient known)) At(this)[variable] = known with { IsUsed = true };
    }

    // The run adds nothing where a bool is false.
    private void AddGradients((TorchVariable Variable, Tensor Gradient, Tensor? Has)[] gradients) =>
        Set([.. gradients.Select(found => (found.Variable, Sum(found.Variable, found.Gradient, found.Has)))]);

    private Gradient Sum(TorchVariable variable, Tensor added, Tensor? has)
    {
        Gradient known = Look(variable);
        // What is not there can't be added to, and stays so until it is cleared.
        if (known.Kind == Kind.Spared
            || (known.Kind == Kind.AsBefore && variable.Tensor is { } tensor && StateBefore(tensor) == GradientStore.State.Spared))
            return new(Kind.Spared);
        bool isZeros = known.Kind == Kind.Zeros;
        var (before, isThere) = isZeros && has is null ? (null, null) : GradientOf(variable);
        // Zeros need not be added to.
        Tensor sum = before is null || isZeros ? added : Ops.Add(before, added);
        bool isSure = has is null || (before is not null && isThere is null);
        return new(Kind.Known, sum, isSure ? null : isThere is null ? has : Ops.Or(isThere, has!));
    }

    private static Gradient Zeros(Gradient before) => before.Kind switch
    {
        Kind.None or Kind.Zeros => before with { IsNew = false, IsUsed = false },
        Kind.Known when before.Has is null => new(Kind.Zeros, Presence: Presence.Sure),
        Kind.Known when before.IsNew => new(Kind.Zeros, Has: before.Has),
        Kind.Known or Kind.InTorch => new(Kind.Zeros, Presence: before.Presence == Presence.Sure ? Presence.Sure : Presence.OfRun),
        _ => new(Kind.Zeros),
    };

    // What is known in the innermost block that knows anything. Iterations before may have changed what a loop began with.
    private Gradient Look(TorchVariable variable)
    {
        foreach (object level in Levels.Reverse())
        {
            if (At(level).TryGetValue(variable, out Gradient known)) return known;
            if (level is not ControlScope { NeedsType: true }) continue;
            CheckWritten(variable);
            return new(Kind.InTorch);
        }
        return default;
    }

    private void CheckWritten(TorchVariable variable)
    {
        if (At(this).TryGetValue(variable, out Gradient known) && known.IsNew) throw InBranch("it is in a delegate, or in a method that the branch does not call by its name");
    }

    private void Set(List<(TorchVariable Variable, Gradient Gradient)> changes, bool replaces = false)
    {
        object[] levels = Levels;
        foreach (var (variable, gradient) in changes)
        {
            if (levels.Length > 1) CheckWritten(variable);
            if (!replaces) CheckShared(variable);
            if (_named.TryGetValue(variable, out NamedGradient? named)) named.Change();
            else NamedMemory.AddTime(TimesOf(variable));
            // One that is there stays so until it is taken away.
            foreach (object outer in levels[..^1])
            {
                bool isThere = gradient.Kind is Kind.Known or Kind.Zeros && At(outer).TryGetValue(variable, out Gradient before) && IsThere(before);
                At(outer)[variable] = new(Kind.InTorch, Presence: isThere ? Presence.Sure : Presence.AsBefore);
            }
            At(levels[^1])[variable] = gradient with { IsNew = levels.Length == 1 };
        }
        if (levels.Length > 1) Write(changes, isEnd: false);
    }

    private void CheckShared(TorchVariable variable)
    {
        if (!_shared.ContainsKey(variable)) return;
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, "grad", "a gradient is changed that was set to a tensor which the program may use by another name",
            "Set it to memory of its own: p.grad = t.clone().");
    }

    private static bool IsThere(Gradient gradient) => gradient.Presence == Presence.Sure || gradient is { Kind: Kind.Known, Has: null };

    private void Write(bool isEnd)
    {
        Dictionary<TorchVariable, Gradient> own = At(this);
        (TorchVariable Variable, Gradient Gradient)[] changes = [.. own.Where(pair => pair.Value.IsNew).Select(pair => (pair.Key, pair.Value))];
        Write(changes, isEnd);
        foreach (var (variable, gradient) in changes) own[variable] = gradient with { IsNew = false };
    }

    // Gradients that are the parameters' from now on.
    private void Write(IReadOnlyList<(TorchVariable Variable, Gradient Gradient)> changes, bool isEnd)
    {
        List<(WeakReference<TorchVariable> Variable, GradientStore.End End, bool IsConditional)> all = [];
        List<Tensor> values = [];
        foreach (var (variable, gradient) in changes.Where(change => change.Gradient.Kind != Kind.Spared))
        {
            GradientStore.End end = gradient switch
            {
                { Kind: Kind.None } => GradientStore.End.None,
                { Kind: Kind.Zeros, Presence: Presence.Sure } or { Kind: Kind.Zeros, Has: not null } => GradientStore.End.Made,
                { Kind: Kind.Zeros } => GradientStore.End.Zeroed,
                { IsUsed: true, Has: null } when isEnd && _cleared.Contains(variable) && SparesGradients() => GradientStore.End.Spared,
                _ => GradientStore.End.Written,
            };
            bool isConditional = gradient.Has is not null;
            all.Add((new(variable), end, isConditional));
            if (end == GradientStore.End.Written) values.Add(gradient.Value!);
            if (isConditional) values.Add(gradient.Has!);
        }
        if (all.Count == 0) return;
        Ops.HostCall(
            found =>
            {
                int next = 0;
                foreach (var (held, end, isConditional) in all)
                {
                    Tensor? value = end == GradientStore.End.Written ? found[next++] : null;
                    bool isThere = !isConditional || (bool)found[next++];
                    if (held.TryGetTarget(out TorchVariable? variable))
                        GradientStore.Leave(variable, isThere ? end : GradientStore.End.None, isThere ? value : null);
                }
            },
            values);
    }

    // Another answer at a later call makes another trace.
    private static bool SparesGradients()
    {
        GraphControl.Reads(null, ["use of gradients"], static (_, state) => state.AddStatic(GradientStore.AreKept));
        return !GradientStore.AreKept;
    }

    private static GradientStore.State StateBefore(global::TorchSharp.torch.Tensor tensor)
    {
        GraphControl.Reads(tensor, ["gradient"], static (owner, state) => state.AddStatic(GradientStore.StateOf((global::TorchSharp.torch.Tensor)owner!)));
        return GradientStore.StateOf(tensor);
    }

    /// <summary>The error of a gradient that depends on a branch in a way that a graph can't follow.</summary>
    public static Exception InBranch(
        string why, string remedy = "Write it in an 'if' or loop, or in a method that is called there by its name; or return the loss and decide in the caller.")
    {
        Throw.Raise(DiagnosticIds.NotTraceableTorch, "backward", $"a gradient is taken or changed in a branch or loop that a tensor decides: {why}", remedy);
        return new InvalidOperationException();
    }

    private sealed class NamedGradient(object level, List<int> times, NamedMemory? before) : NamedMemory(times, before)
    {
        public object Level => level;

        /// <summary>Its value when the parameter got another one.</summary>
        public Tensor? Last { get; set; }

        /// <summary>True when only a run knows whether it is still the parameter's.</summary>
        public bool IsLost { get; set; }
    }

    private readonly record struct Gradient(
        Kind Kind, Tensor? Value = null, Tensor? Has = null, Presence Presence = Presence.AsBefore, bool IsUsed = false, bool IsNew = false);
}
