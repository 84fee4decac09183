using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;

/// <summary>Facts about the trace under way: the variables that it uses, and the gradients that it has computed and not yet used.</summary>
internal sealed partial class TorchTrace
{
    private static readonly ConditionalWeakTable<TraceContext, TorchTrace> OfTraces = [];

    private readonly List<TorchVariable> _used = [];
    private readonly HashSet<TorchVariable> _written = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TorchVariable, Gradient> _gradients = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<TorchVariable> _cleared = new(ReferenceEqualityComparer.Instance);
    // Gradients that a branch may take, and those that it has changed, by the region of the branch.
    private readonly Dictionary<Tensor, (TorchVariable, Tensor?)[]> _prepared = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, Dictionary<TorchVariable, Gradient>> _branches = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<TorchVariable> _changedInBranch = new(ReferenceEqualityComparer.Instance);
    private GradientTape? _tape;
    private object? _root;
    private bool _isOpen;

    /// <summary>The instance of the trace under way.</summary>
    /// <exception cref="GraphException">TG1014 outside of a trace.</exception>
    public static TorchTrace Here(string use)
    {
        if (ExecutionContext.Current is not TraceContext trace)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, use, "it runs outside of a graph function on torch tensors", "Call the graph function itself, not its twin.");
            return null!;
        }
        return OfTraces.GetValue(trace, static _ => new TorchTrace());
    }

    /// <summary>The variable of a tensor that TorchSharp keeps.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="isState">True for an optimiser's own, which never requires a gradient.</param>
    public TorchVariable Use(torch.Tensor tensor, bool isState = false)
    {
        if (tensor.IsInvalid)
        {
            Throw.Raise(
                DiagnosticIds.DisposedTensor, TorchBoundary.Current?.Name ?? "parameter", "a tensor of a module was disposed of",
                "Keep modules and their parameters out of dispose scopes.");
        }
        TorchVariable variable = TorchVariable.Of(tensor);
        if (!_used.Contains(variable))
        {
            _used.Add(variable);
            variable.Refresh();
            CheckMemory();
            if (!isState) GraphControl.Reads(tensor, ["requires_grad"], static (owner, state) =>
                state.AddStatic(owner is torch.Tensor { IsInvalid: false, requires_grad: true }));
        }
        return variable;
    }

    /// <summary>The variable of a tensor that the graph writes into.</summary>
    public TorchVariable Written(TorchVariable variable)
    {
        if (_written.Add(variable)) CheckMemory();
        return variable;
    }

    // What one name writes another would have to see, and a graph has a variable for each.
    private void CheckMemory()
    {
        foreach (TorchVariable written in _written)
        {
            if (_used.Find(written.Overlaps) is not { } other) continue;
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, TorchBoundary.Current?.Name ?? "parameter",
                $"it changes a tensor of {written.Variable.Type} that shares its memory with another one that it uses, of {other.Variable.Type}",
                "Use one of both names for the memory, or give the other one memory of its own: clone().");
        }
    }

    /// <summary>Adds the gradients of a loss.</summary>
    public void Backward(Tensor loss)
    {
        if (_tape is null)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "no part of the graph was recorded for it", "Call backward in a method that the graph function calls by its name.");
        }
        if (!IsNumber(loss))
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", $"the loss is {loss.Type}", "Sum it up, or take its mean: a gradient is one of a single number.");
        foreach (var (variable, gradient) in IsInBranch ? PreparedOf(loss) : Differentiate(loss))
        {
            if (gradient is not { } added) continue;
            // Zeros need not be added to.
            Tensor? before = Known(variable, out Gradient known) && known.IsZeroed ? null : GradientOf(variable);
            SetGradient(variable, before is null ? added : Ops.Add(before, added));
        }
    }

    private (TorchVariable Variable, Tensor? Gradient)[] Gradients(Tensor loss)
    {
        TorchVariable[] variables = [.. _used.Where(variable => variable.RequiresGradient)];
        (TorchVariable Variable, Tensor? Gradient)[] gradients = [.. variables.Zip(_tape!.Gradient(loss, [.. variables.Select(v => v.Variable)]))];
        if (Array.Exists(gradients, pair => pair is { Gradient: not null, Variable.Tensor.is_leaf: false }))
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "the loss depends on a tensor that TorchSharp has computed from parameters outside of the function",
                "Compute it in the function, or keep it detached: its gradient would have to go on to those parameters.");
        }
        return gradients;
    }

    private (TorchVariable Variable, Tensor? Gradient)[] Differentiate(Tensor loss)
    {
        var gradients = Gradients(loss);
        if (Array.TrueForAll(gradients, pair => pair.Gradient is null))
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "the loss depends on no parameter that requires a gradient",
                "Compute it from the parameters, outside of no_grad and without detach.");
        }
        return gradients;
    }

    /// <summary>The gradient of a parameter: what this trace has computed, on what there was before the call.</summary>
    public Tensor? GradientOf(TorchVariable variable)
    {
        bool isKnown = Known(variable, out Gradient known);
        if (!isKnown && _changedInBranch.Contains(variable)) throw InBranch("its gradient depends on whether a branch was taken");
        if ((isKnown && !known.IsZeroed) || variable.Tensor is not { } tensor) return known.Value;
        GraphControl.Reads(tensor, ["has no gradient"], static (owner, state) => state.AddStatic(HasGradient((torch.Tensor)owner!)));
        Tensor? found = null;
        if (isKnown)
        {
            found = HasGradient(tensor) ? Ops.Full(variable.Variable.Shape, 0, variable.Variable.DType) : null;
        }
        else if (tensor.grad is not null)
        {
            var held = new WeakReference<torch.Tensor>(tensor);
            found = Ops.HostCall(_ => [Read(held)], [variable.Variable.Type])[0];
        }
        Own[variable] = isKnown ? known with { Value = found } : new(found, IsUsed: true, IsNew: false);
        return found;
    }

    /// <summary>Sets the gradient of a parameter.</summary>
    public void SetGradient(TorchVariable variable, Tensor value)
    {
        Set(variable, new(value, IsUsed: false));
        if (IsInBranch) WriteInBranch(variable, End.Written, [value]);
    }

    /// <summary>Drops the gradient of a parameter, or makes one that is there zeros.</summary>
    public void ClearGradient(TorchVariable variable, bool toZeros)
    {
        bool isNone = (Known(variable, out Gradient before) && before is { Value: null, IsZeroed: false }) || !toZeros;
        // Where there was none before the call, the zeros must be made.
        bool isMade = before is { Value: not null, IsNew: true, IsZeroed: false } or { IsMade: true };
        Set(variable, new(null, IsUsed: true, IsZeroed: !isNone, IsMade: isMade && !isNone));
        if (IsInBranch) WriteInBranch(variable, isNone ? End.None : isMade ? End.Made : End.Zeroed, []);
        else _cleared.Add(variable);
    }

    /// <summary>An optimiser has used the gradient.</summary>
    public void SetUsed(TorchVariable variable)
    {
        if (!IsInBranch && _gradients.TryGetValue(variable, out Gradient known)) _gradients[variable] = known with { IsUsed = true };
    }

    /// <summary>A function that changes gradients begins; false where it is a part of another one.</summary>
    public bool Begin(bool differentiates)
    {
        if (_isOpen) return false;
        _root = ExecutionContext.Current.Block;
        if (differentiates) _tape = new GradientTape(persistent: true);
        return _isOpen = true;
    }

    /// <summary>
    /// The function ends: gradients that no optimiser has used, or that the function never clears, are those of the parameters from now on; of the
    /// others the parameters have none.
    /// </summary>
    public void Finish()
    {
        _tape?.Dispose();
        _tape = null;
        _isOpen = false;
        Write();
    }

    // Gradients that are the parameters' from now on.
    private void Write()
    {
        List<(WeakReference<TorchVariable> Variable, End End)> all = [];
        List<Tensor> values = [];
        foreach (var (variable, gradient) in _gradients)
        {
            bool isCleared = _cleared.Contains(variable);
            if (gradient is { Value: not null, IsZeroed: false, IsNew: true } && (!gradient.IsUsed || !isCleared))
            {
                all.Add((new(variable), End.Written));
                values.Add(gradient.Value);
            }
            else if (isCleared)
            {
                End zeros = gradient.IsMade ? End.Made : End.Zeroed;
                all.Add((new(variable), gradient.IsZeroed ? zeros : gradient.Value is not null ? End.Spared : End.None));
            }
        }
        if (all.Count == 0) return;
        Ops.HostCall(
            found =>
            {
                int next = 0;
                foreach (var (held, end) in all)
                {
                    Tensor? value = end == End.Written ? found[next++] : null;
                    if (held.TryGetTarget(out TorchVariable? variable)) Leave(variable, end, value);
                }
            },
            [.. values]);
    }

    private static void Leave(TorchVariable variable, End end, Tensor? value)
    {
        if (variable.Tensor is not { IsInvalid: false } tensor) return;
        torch.Tensor? old = tensor.grad;
        variable.SparesGradient = end == End.Spared || (end == End.Zeroed && variable.SparesGradient);
        switch (end)
        {
            case End.Written:
                using (torch.Tensor copy = value!.ToTorch(copy: true).DetachFromDisposeScope()) tensor.grad = copy;
                break;
            case End.Made when old is null:
                using (torch.Tensor zeros = torch.zeros_like(tensor).DetachFromDisposeScope()) tensor.grad = zeros;
                break;
            case End.Made or End.Zeroed:
                if (old is not null)
                {
                    using (torch.no_grad()) old.zero_();
                }
                return;
            default:
                if (old is not null) tensor.grad = null;
                break;
        }
        old?.Dispose();
    }

    // A spared one would be there, and counts as zeros from the next zero_grad on.
    private static bool HasGradient(torch.Tensor tensor) => !tensor.IsInvalid && (tensor.grad is not null || TorchVariable.Of(tensor).SparesGradient);

    private enum End
    {
        Written,
        Spared,
        Zeroed,
        Made,
        None,
    }

    private static Tensor Read(WeakReference<torch.Tensor> held)
    {
        held.TryGetTarget(out torch.Tensor? tensor);
        using torch.Tensor? gradient = tensor?.grad;
        if (gradient is null)
            Throw.Raise(DiagnosticIds.NotTraceableTorch, "backward", "the gradient of a parameter is gone while the graph runs", "Do not clear gradients on another thread.");
        return Tensor.FromTorch(gradient!, copy: true);
    }

    // Of a zeroed one the value is zeros if there is one.
    private readonly record struct Gradient(Tensor? Value, bool IsUsed, bool IsNew = true, bool IsZeroed = false, bool IsMade = false);
}
