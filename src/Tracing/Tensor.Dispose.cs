using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

public sealed partial class Tensor : IDisposable
{
    // Tensors that a graph has captured: it needs them for later calls.
    private static readonly ConditionalWeakTable<Tensor, object?> Captured = [];

    /// <summary>
    /// Gives the memory back at once if nothing else holds it: a view, a variable, a tape, a list, a queued call. Never needed, since the memory of a
    /// tensor that is out of reach is found. It does nothing to a symbolic tensor, in a graph function that is being traced, and to a tensor that a
    /// graph has captured. No other thread may be using the tensor.
    /// </summary>
    public void Dispose()
    {
        if (Trace is null && ExecutionContext.Current is not TraceContext && !Captured.TryGetValue(this, out _))
            Interlocked.Exchange(ref _data, null)?.Release();
    }

    /// <summary>From here on a graph needs it.</summary>
    internal void Capture()
    {
        _ = Data;
        Captured.TryAdd(this, null);
    }

    private GraphException NoValue(string use) => Trace switch
    {
        null => new(DiagnosticIds.DisposedTensor, $"{use}: the {Type} was disposed of",
            "Dispose of a tensor after its last use, or leave that to the garbage collector.", SourceSpan.Capture()),
        { IsOpen: true } => SymbolicUse(use),
        _ => EscapedTensorException.For(this),
    };
}
