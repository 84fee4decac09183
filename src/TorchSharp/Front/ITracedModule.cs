using System.ComponentModel;

namespace TensorGraph.CompilerServices;

/// <summary>A module of the program: generated code runs the twin of its forward method, also where another module calls it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ITracedModule
{
    /// <summary>How many tensors it takes.</summary>
    int Inputs { get; }

    /// <summary>Runs it.</summary>
    Tensor Forward(ReadOnlySpan<Tensor> inputs);
}
