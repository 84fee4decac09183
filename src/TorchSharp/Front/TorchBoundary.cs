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

    // The memory of the call's arguments.
    [ThreadStatic]
    private static List<(nint First, nint End)>? t_arguments;

    static TorchBoundary() => TensorName.AreMade = static () => t_current is not null;

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
        List<(nint, nint)>? outerArguments = t_arguments;
        t_current = this;
        t_arguments = null;
        // What a call assigns is written back when it has run.
        TensorGraphOptions options = TensorGraphOptions.Current;
        return new TorchCall(this, outer, outerArguments, options.IsAsynchronous ? (options with { IsAsynchronous = false }).Use() : null, gradient);
    }

    /// <summary>An error of the call in terms of TorchSharp; null where it is in such already.</summary>
    public static GraphException? Reworded(GraphException error) => TorchWords.Of(Throw.IfNull(error));

    /// <summary>An argument of the call that runs on this thread.</summary>
    internal static void Add(global::TorchSharp.torch.Tensor argument) => (t_arguments ??= []).Add(TorchVariable.SpanOf(argument));

    /// <summary>True where an argument is a view of the memory.</summary>
    internal static bool HasArgument((nint First, nint End) memory) =>
        t_arguments?.Exists(argument => argument.First < memory.End && memory.First < argument.End) == true;

    internal static void Leave(TorchBoundary? outer, List<(nint, nint)>? arguments) => (t_current, t_arguments) = (outer, arguments);
}
