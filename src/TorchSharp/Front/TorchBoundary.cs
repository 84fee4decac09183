using System.ComponentModel;
using TensorGraph.Torch;
using TorchSharp;

namespace TensorGraph.CompilerServices;

/// <summary>The border between TorchSharp and one graph function: generated code has one for each.</summary>
/// <param name="name">For messages.</param>
/// <param name="callsBackward">True where the function takes its gradients itself: then none flow out of it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TorchBoundary(string name, bool callsBackward = false)
{
    [ThreadStatic]
    private static TorchBoundary? t_current;

    /// <summary>The one whose call runs on this thread.</summary>
    internal static TorchBoundary? Current => t_current;

    internal string Name => name;

    /// <summary>True where the method runs on TorchSharp as it is written.</summary>
    public bool RunsAsWritten => GraphFunctions.RunImperatively;

    /// <summary>Begins a call.</summary>
    public TorchCall Begin()
    {
        TorchGradient? gradient = !callsBackward && torch.is_grad_enabled() ? new(name) : null;
        TorchBoundary? outer = t_current;
        t_current = this;
        // What a call assigns is written back when it has run.
        TensorGraphOptions options = TensorGraphOptions.Current;
        return new TorchCall(this, outer, options.IsAsynchronous ? (options with { IsAsynchronous = false }).Use() : null, gradient);
    }

    internal static void Leave(TorchBoundary? outer) => t_current = outer;
}
