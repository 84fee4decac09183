using System.ComponentModel;
using TensorGraph.Torch;
using TorchSharp;

namespace TensorGraph.CompilerServices;

/// <summary>The border between TorchSharp and one graph function: the parameters that its traces use. Generated code has one for each
/// function.</summary>
/// <param name="name">For messages.</param>
/// <param name="callsBackward">True where the function takes its gradients itself: then none flow out of it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TorchBoundary(string name, bool callsBackward = false)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Entry> _entries = [];
    private Entry[] _variables = [];

    [ThreadStatic]
    private static TorchBoundary? t_current;

    /// <summary>The one whose call runs on this thread.</summary>
    internal static TorchBoundary? Current => t_current;

    internal string Name => name;

    /// <summary>True where the method runs on TorchSharp as it is written.</summary>
    public bool RunsAsWritten => GraphFunctions.RunImperatively;

    /// <summary>Begins a call.</summary>
    public TorchCall Begin(object? target)
    {
        GC.KeepAlive(target);
        TorchBoundary? outer = t_current;
        t_current = this;
        TorchGradient? gradient = null;
        try
        {
            foreach (Entry entry in _variables) entry.Variable?.Refresh();
            if (!callsBackward && torch.is_grad_enabled()) gradient = new(name);
        }
        catch
        {
            t_current = outer;
            throw;
        }
        // What a call assigns is written back when it has run.
        TensorGraphOptions options = TensorGraphOptions.Current;
        return new TorchCall(this, outer, options.IsAsynchronous ? (options with { IsAsynchronous = false }).Use() : null, gradient);
    }

    /// <summary>A trace of the function uses a tensor of TorchSharp.</summary>
    internal void Uses(TorchVariable variable)
    {
        using Lock.Scope alone = _gate.EnterScope();
        if (!_entries.Add(new Entry(variable))) return;
        _entries.RemoveWhere(entry => entry.Variable is null);
        _variables = [.. _entries];
    }

    /// <summary>Ends a call: parameters have their new values.</summary>
    internal void WriteBack()
    {
        foreach (Entry entry in _variables) entry.Variable?.WriteBack();
    }

    internal static void Leave(TorchBoundary? outer) => t_current = outer;

    // Held weakly: a model that the program drops goes.
    private sealed class Entry(TorchVariable variable) : IEquatable<Entry>
    {
        private readonly WeakReference<TorchVariable> _variable = new(variable);
        private readonly int _hash = System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(variable);

        public TorchVariable? Variable => _variable.TryGetTarget(out TorchVariable? target) ? target : null;

        public bool Equals(Entry? other) => other is not null && (ReferenceEquals(this, other) || (Variable is { } own && own == other.Variable));

        public override bool Equals(object? obj) => Equals(obj as Entry);

        public override int GetHashCode() => _hash;
    }
}
