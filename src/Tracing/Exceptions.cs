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
        return Of(tensor, "symbolic tensor", tensor.Trace!,
            $"{tensor}, made while tracing '{tensor.Trace!.Name}'{(made.IsKnown ? $" in {made.Method} at {made}" : "")}");
    }

    internal static EscapedTensorException For(TensorArray array, TraceContext trace) =>
        Of(array, "tensor array", trace, $"it was made while tracing '{trace.Name}'");

    private static EscapedTensorException Of(object escaped, string kind, TraceContext trace, string facts)
    {
        var (use, remedy) = trace.IsOpen switch
        {
            false => ("after the trace ended",
                "It has no value outside of its trace: return it from the graph function, keep state in a Variable, or pass it to Ops.HostCall as an input."),
            true when ExecutionContext.Current is TraceContext =>
                ("in another trace", "It has no value outside of its trace: pass it as an argument."),
            true => ("by code that the trace does not see",
                "A trace records what its own thread does: do not use tensors of a graph function on other threads."),
        };
        string holder = EscapeSearch.NameOf(escaped, trace) is { } name ? $" in '{name}'" : "";
        return new($"a {kind}{holder} is used {use}: {facts}", remedy, SourceSpan.Capture());
    }
}

/// <summary>TG1003: a call does not fit the signature of a graph function.</summary>
public sealed class SignatureMismatchException(string problem, string remedy)
    : GraphException(DiagnosticIds.SignatureMismatch, problem, remedy, SourceSpan.Capture());

/// <summary>TG7003: a graph function created a variable on a call that was not its first.</summary>
public sealed class VariableCreationException(string problem, string remedy)
    : GraphException(DiagnosticIds.VariableCreation, problem, remedy, SourceSpan.Capture());
