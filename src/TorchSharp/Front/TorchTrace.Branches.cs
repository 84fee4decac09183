namespace TensorGraph.Torch;

/// <summary>
/// Gradients in branches that a tensor decides. A tape gives none there, so the gradient of a loss is taken before the branch; what a branch changes
/// is written to TorchSharp in the branch.
/// </summary>
internal sealed partial class TorchTrace
{
    // What steps have made, and where.
    private readonly Dictionary<object, (Tensor Value, object? Block)> _made = new(ReferenceEqualityComparer.Instance);

    private bool IsInBranch => _isOpen && ExecutionContext.Current.Block != _root;

    // Of the branch that runs, else of the function.
    private Dictionary<TorchVariable, Gradient> Own
    {
        get
        {
            if (!IsInBranch) return _gradients;
            object block = ExecutionContext.Current.Block!;
            if (!_branches.TryGetValue(block, out Dictionary<TorchVariable, Gradient>? own))
                _branches.Add(block, own = new(ReferenceEqualityComparer.Instance));
            return own;
        }
    }

    /// <summary>A branch follows that changes gradients, and may take that of a loss.</summary>
    public void BeforeBranch(Tensor? loss)
    {
        if (!_isOpen || IsInBranch) return;
        Write();
        _cleared.Clear();
        foreach (var (variable, gradient) in _gradients.ToArray()) _gradients[variable] = gradient with { IsNew = false, IsMade = false };
        if (loss is not null && _tape is not null && IsNumber(loss) && loss.DType.IsFloat()) _prepared[loss] = Gradients(loss);
    }

    /// <summary>The tensor that an earlier step of this trace has made for a state of an optimiser; null for none.</summary>
    /// <exception cref="GraphException">TG1014 for one that was made in a branch, which need not have run.</exception>
    public Tensor? Made(object state)
    {
        if (!_made.TryGetValue(state, out var made)) return null;
        if (made.Block != ExecutionContext.Current.Block && made.Block != _root)
            throw InBranch("the first step of an optimiser with momentum is one in a branch, and another step follows");
        return made.Value;
    }

    /// <summary>A step has made the tensor of a state.</summary>
    public void Make(object state, Tensor value) => _made[state] = (value, ExecutionContext.Current.Block);

    private static bool IsNumber(Tensor loss) => loss.Shape.Dims.All(size => size.InGraph.IsConstant && size.Is(1));

    private (TorchVariable Variable, Tensor? Gradient)[] PreparedOf(Tensor loss) => _prepared.TryGetValue(loss, out var gradients)
        ? gradients
        : throw InBranch("its loss is not a variable that the function has computed before the branch");

    private bool Known(TorchVariable variable, out Gradient known)
    {
        if (Own.TryGetValue(variable, out known)) return !(_changedInBranch.Contains(variable) && !IsInBranch);
        return IsInBranch && !_changedInBranch.Contains(variable) && _gradients.TryGetValue(variable, out known);
    }

    private void Set(TorchVariable variable, Gradient gradient)
    {
        if (!IsInBranch)
        {
            _changedInBranch.Remove(variable);
        }
        else
        {
            bool isNew = _gradients.TryGetValue(variable, out Gradient before) && before is { Value: not null, IsNew: true };
            if (isNew || _cleared.Contains(variable)) throw InBranch("a method that the branch calls changes gradients");
            _changedInBranch.Add(variable);
        }
        Own[variable] = gradient;
    }

    private static void WriteInBranch(TorchVariable variable, End end, Tensor[] value)
    {
        var held = new WeakReference<TorchVariable>(variable);
        Ops.HostCall(
            found =>
            {
                if (held.TryGetTarget(out TorchVariable? target)) Leave(target, end, found.FirstOrDefault());
            },
            value);
    }

    private static Exception InBranch(string why)
    {
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, "backward", $"a gradient is taken or changed in a branch or loop that a tensor decides: {why}",
            "Compute the loss as a variable before the 'if', and call backward in the same method; or return the loss and decide in the caller.");
        return new InvalidOperationException();
    }
}
