using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>TG7002: a symbolic tensor was used after its trace ended, or in another trace.</summary>
public sealed class EscapedTensorException : GraphException
{
    private EscapedTensorException(string problem, string remedy, SourceSpan source)
        : base(DiagnosticIds.EscapedTensor, problem, remedy, source)
    {
    }

    internal static EscapedTensorException For(Tensor tensor)
    {
        var made = tensor.Value.Node.Source;
        return new(
            $"the symbolic tensor {tensor} made while tracing '{tensor.Trace!.Name}'{(made.IsKnown ? $" in {made.Member} at {made}" : "")} is used {(tensor.Trace.IsOpen ? "in another trace" : "after the trace ended")}",
            "A symbolic tensor kept in a field or a list has no value outside its trace: return it from the graph function, or keep state in a Variable.",
            SourceSpan.Capture());
    }
}

/// <summary>TG1003: a call does not fit the signature of a graph function.</summary>
public sealed class SignatureMismatchException(string problem, string remedy) : GraphException(DiagnosticIds.SignatureMismatch, problem, remedy, SourceSpan.Capture());

/// <summary>TG7003: a graph function created a variable on a call that was not its first.</summary>
public sealed class VariableCreationException(string problem, string remedy) : GraphException(DiagnosticIds.VariableCreation, problem, remedy, SourceSpan.Capture());
