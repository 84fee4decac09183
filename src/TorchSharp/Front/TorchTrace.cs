using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;

/// <summary>Facts about the trace under way: the variables that it uses, and the gradients that it has computed and not yet used.</summary>
internal sealed class TorchTrace
{
    private static readonly ConditionalWeakTable<TraceContext, TorchTrace> OfTraces = [];

    private readonly List<TorchVariable> _used = [];
    private readonly Dictionary<TorchVariable, Gradient> _gradients = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<TorchVariable> _cleared = new(ReferenceEqualityComparer.Instance);

    /// <summary>The tape that a function with <c>backward</c> opens at its start.</summary>
    public GradientTape? Tape { get; set; }

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
    public TorchVariable Use(torch.Tensor tensor)
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
            if (tensor is Parameter) GraphControl.Reads(tensor, ["requires_grad"], static (owner, state) => state.AddStatic(((torch.Tensor)owner!).requires_grad));
        }
        return variable;
    }

    /// <summary>Adds the gradients of a loss.</summary>
    public void Backward(Tensor loss)
    {
        if (Tape is null)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "no part of the graph was recorded for it", "Call backward in a method that the graph function calls by its name.");
        }
        TorchVariable[] variables = [.. _used.Where(variable => variable.RequiresGradient)];
        Tensor?[] gradients = Tape!.Gradient(loss, [.. variables.Select(variable => variable.Variable)]);
        for (int i = 0; i < variables.Length; i++)
        {
            if (gradients[i] is not { } added) continue;
            Tensor? before = GradientOf(variables[i]);
            _gradients[variables[i]] = new(before is null ? added : Ops.Add(before, added), IsUsed: false);
        }
    }

    /// <summary>The gradient of a parameter: what this trace has computed, on what there was before the call.</summary>
    public Tensor? GradientOf(TorchVariable variable)
    {
        if (_gradients.TryGetValue(variable, out Gradient known)) return known.Value;
        if (variable.Tensor is not { } tensor) return null;
        GraphControl.Reads(tensor, ["grad is null"], static (owner, state) => state.AddStatic(((torch.Tensor)owner!).grad is null));
        Tensor? found = null;
        if (tensor.grad is not null)
        {
            var held = new WeakReference<torch.Tensor>(tensor);
            found = Ops.HostCall(_ => [Read(held)], [variable.Variable.Type])[0];
        }
        _gradients[variable] = new(found, IsUsed: true, IsNew: false);
        return found;
    }

    /// <summary>Sets the gradient of a parameter; null for none.</summary>
    public void SetGradient(TorchVariable variable, Tensor? value)
    {
        _gradients[variable] = new(value, IsUsed: value is null);
        if (value is null) _cleared.Add(variable);
    }

    /// <summary>An optimiser has used the gradient.</summary>
    public void SetUsed(TorchVariable variable)
    {
        if (_gradients.TryGetValue(variable, out Gradient known)) _gradients[variable] = known with { IsUsed = true };
    }

    /// <summary>
    /// The function ends: gradients that no optimiser has used, or that the function never clears, are those of the parameters from now on; of the
    /// others the parameters have none.
    /// </summary>
    public void Finish()
    {
        Tape?.Dispose();
        Tape = null;
        KeyValuePair<TorchVariable, Gradient>[] kept = [.. _gradients.Where(pair => pair.Value.Value is not null && pair.Value.IsNew
            && (!pair.Value.IsUsed || !_cleared.Contains(pair.Key)))];
        TorchVariable[] cleared = [.. _cleared.Except(kept.Select(pair => pair.Key))];
        WeakReference<torch.Tensor>[] targets = [.. kept.Select(pair => new WeakReference<torch.Tensor>(pair.Key.Tensor!))];
        WeakReference<torch.Tensor>[] empty = [.. cleared.Where(variable =>
            variable.Tensor is not null).Select(variable => new WeakReference<torch.Tensor>(variable.Tensor!))];
        if (targets.Length + empty.Length == 0) return;
        Ops.HostCall(
            values =>
            {
                for (int i = 0; i < targets.Length; i++) Write(targets[i], values[i]);
                foreach (WeakReference<torch.Tensor> target in empty)
                {
                    if (target.TryGetTarget(out torch.Tensor? tensor) && !tensor.IsInvalid && tensor.grad is { } old)
                    {
                        old.Dispose();
                        tensor.grad = null;
                    }
                }
            },
            [.. kept.Select(pair => pair.Value.Value!)]);
    }

    private static Tensor Read(WeakReference<torch.Tensor> held)
    {
        held.TryGetTarget(out torch.Tensor? tensor);
        using torch.Tensor? gradient = tensor?.grad;
        if (gradient is null)
            Throw.Raise(DiagnosticIds.NotTraceableTorch, "backward", "the gradient of a parameter is gone while the graph runs", "Do not clear gradients on another thread.");
        return Tensor.FromTorch(gradient!, copy: true);
    }

    private static void Write(WeakReference<torch.Tensor> held, Tensor value)
    {
        if (!held.TryGetTarget(out torch.Tensor? tensor) || tensor.IsInvalid) return;
        using torch.Tensor copy = value.ToTorch(copy: true).DetachFromDisposeScope();
        tensor.grad?.Dispose();
        tensor.grad = copy;
    }

    private readonly record struct Gradient(Tensor? Value, bool IsUsed, bool IsNew = true);
}
