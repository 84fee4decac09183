using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;

/// <summary>Facts about the trace under way: the variables that it uses, and the gradients that it has computed and not yet used.</summary>
internal sealed partial class TorchTrace
{
    private static readonly ConditionalWeakTable<TraceContext, TorchTrace> OfTraces = [];

    private readonly List<TorchVariable> _used = [];
    private readonly HashSet<TorchVariable> _written = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TorchVariable, NamedMemory> _memory = new(ReferenceEqualityComparer.Instance);
    // States of optimisers that have taken a step, and what steps have made.
    private readonly Dictionary<object, OptimizerState[]> _steps = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, (object Block, TensorArray Value)> _made = new(ReferenceEqualityComparer.Instance);
    // Whether an argument of a call is a view of what the function writes. It must not keep the trace.
    private readonly Action<object?, GraphCall> _sharesArgument;
    private GradientTape? _tape;
    private bool _isOpen;

    private TorchTrace()
    {
        HashSet<TorchVariable> written = _written;
        _sharesArgument = (_, state) => state.AddStatic(written.Any(one => one.IsArgument));
    }

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

    /// <summary>The tapes that the outermost open <c>no_grad</c> has stopped, and the number of blocks around it.</summary>
    public (System.Collections.Immutable.ImmutableArray<TapeRecord> Tapes, int Depth) Stopped { get; set; } = ([], 0);

    /// <summary>The argument of the module that runs next, where nothing names it.</summary>
    public Tensor? Temporary { get; set; }

    /// <summary>Results of modules and methods that have memory of their own.</summary>
    public HashSet<Tensor> OwnResults { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>True for a tensor that nothing names, so that the module which gets it may change it.</summary>
    public bool Takes(Tensor argument)
    {
        bool isTemporary = ReferenceEquals(Temporary, argument);
        Temporary = null;
        return isTemporary;
    }

    /// <summary>The variable of a tensor that TorchSharp keeps.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="isState">True for an optimiser's own, which never requires a gradient.</param>
    public TorchVariable Find(torch.Tensor tensor, bool isState = false)
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

    /// <summary>A tensor that TorchSharp keeps, by another name.</summary>
    public Tensor Name(torch.Tensor tensor)
    {
        TorchVariable variable = Find(tensor);
        return TorchName.Of(MemoryOf(variable), () => Read(variable));
    }

    private NamedMemory MemoryOf(TorchVariable variable)
    {
        if (!_memory.TryGetValue(variable, out NamedMemory? memory)) _memory.Add(variable, memory = new());
        return memory;
    }

    /// <summary>The variable of a tensor that the graph writes into.</summary>
    public TorchVariable Written(TorchVariable variable)
    {
        MemoryOf(variable).Change();
        if (_written.Add(variable)) CheckMemory();
        GraphControl.Reads(null, ["memory of arguments"], _sharesArgument);
        if (!variable.IsArgument) return variable;
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, TorchBoundary.Current?.Name ?? "argument",
            $"an argument is a view of a tensor of {variable.Variable.Type} that the function changes, and would keep the old values",
            "Pass clone() of it, or read the view in the function.");
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
        GraphControl.Reads(null, ["use of gradients by the caller"], static (_, state) => state.AddStatic(torch.is_grad_enabled()));
        if (!torch.is_grad_enabled())
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "the caller has turned gradients off, by no_grad or inference_mode, so that no loss has any",
                "End that scope before the call, or call a function without backward there.");
        }
        if (!loss.Shape.Dims.All(size => size.InGraph.IsConstant && size.Is(1)))
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", $"the loss is {loss.Type}", "Sum it up, or take its mean: a gradient is one of a single number.");
        var found = Differentiate(loss);
        Dictionary<Ir.Node, Tensor?> reached = Reached(loss);
        AddGradients([.. found.Select(one => (one.Variable, one.Gradient, HasRead(one.Variable, reached)))]);
    }

    private (TorchVariable Variable, Tensor Gradient)[] Differentiate(Tensor loss)
    {
        TorchVariable[] variables = [.. _used.Where(variable => variable.RequiresGradient)];
        Tensor?[] gradients = _tape!.Gradient(loss, [.. variables.Select(v => v.Variable)]);
        (TorchVariable Variable, Tensor Gradient)[] found =
            [.. variables.Zip(gradients).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))];
        if (Array.Exists(found, pair => pair.Variable.Tensor is { is_leaf: false }))
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "the loss depends on a tensor that TorchSharp has computed from parameters outside of the function",
                "Compute it in the function, or keep it detached: its gradient would have to go on to those parameters.");
        }
        if (found.Length == 0)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, "backward", "the loss depends on no parameter that requires a gradient",
                "Compute it from the parameters, outside of no_grad and without detach.");
        }
        return found;
    }

    /// <summary>The tensor that the earlier steps of this trace have made for a state of an optimiser; null for none.</summary>
    /// <exception cref="GraphException">TG1014 where the first one is in a branch that need not have run.</exception>
    public Tensor? Made(object state)
    {
        bool isKnown = _made.TryGetValue(state, out var made);
        if (isKnown ? !Levels.Contains(made.Block) : IsInLoop)
        {
            throw InBranch(
                "the first step of an optimiser with momentum and dampening is there, and others may follow",
                "Take the first step ahead of the branch or loop, or in an earlier call: the later ones may stand there.");
        }
        return isKnown ? made.Value[0] : null;
    }

    /// <summary>A step has made the tensor of a state.</summary>
    public void Make(object state, Tensor value)
    {
        if (_made.TryGetValue(state, out var made)) made.Value[0] = value;
        else _made.Add(state, (Levels[^1], new TensorArray(Scopes.LastOrDefault(), [value])));
    }

    /// <summary>True where some parameters of a group may have taken a step in this call that others have not.</summary>
    public bool StepsUnevenly(object group, OptimizerState[] states)
    {
        bool isUneven = IsInBranch || (_steps.TryGetValue(group, out OptimizerState[]? before) && !before.AsSpan().SequenceEqual(states));
        _steps[group] = isUneven ? [] : states;
        return isUneven;
    }

    /// <summary>A function that changes gradients begins; false where it is a part of another one.</summary>
    public bool Begin(bool differentiates)
    {
        if (_isOpen) return false;
        _depth = Scopes.Count;
        if (differentiates) _tape = new GradientTape(persistent: true);
        return _isOpen = true;
    }

    /// <summary>A branch or loop follows that a tensor decides, and in which gradients are taken or changed.</summary>
    public void BeforeBranch()
    {
        if (_isOpen && !IsInBranch) Write(isEnd: false);
    }

    /// <summary>
    /// The function ends: gradients that no optimiser has used, or that the function never clears, are those of the parameters from now on; of the
    /// others the parameters have zeros.
    /// </summary>
    public void Finish()
    {
        _tape?.Dispose();
        _tape = null;
        _isOpen = false;
        Write(isEnd: true);
    }
}
