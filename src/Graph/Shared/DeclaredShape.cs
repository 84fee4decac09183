namespace TensorGraph.Ir;

/// <summary>The error about a tensor that contradicts a declared shape; shared by the run time and the analyzer.</summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
static class DeclaredShape
{
    /// <summary>Problem and remedy of TG1003.</summary>
    /// <param name="owner">The method or type that declares the shape.</param>
    /// <param name="name">Parameter, field or property, or <c>result</c>.</param>
    /// <param name="got">Type of the tensor.</param>
    /// <param name="wanted">What is declared.</param>
    public static (string Problem, string Remedy) Mismatch(string owner, string name, string got, string wanted) =>
        ($"{owner}: '{name}' is {got}, not {wanted}", "Pass a tensor of the declared dtype and shape, or change the declaration.");
}
