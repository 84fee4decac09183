namespace TensorGraph;

/// <summary>
/// The ID of every error and warning, of build time and run time alike: TG1xxx C# usage and conversion, TG2xxx shape and dtype,
/// TG3xxx control flow and carried variables, TG4xxx gradient, TG5xxx back end, TG6xxx retrace and performance, TG7xxx side effects and
/// capture, TG9xxx a bug of ours. A retired ID stays as a comment and is never used again.
/// </summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
static class DiagnosticIds
{
    /// <summary>A symbolic tensor was used as a C# bool, number or array outside converted code.</summary>
    public const string SymbolicAsValue = "TG1001";

    /// <summary>An argument is null where a value is needed.</summary>
    public const string NullArgument = "TG1002";

    /// <summary>A call does not fit the signature of a concrete function.</summary>
    public const string SignatureMismatch = "TG1003";

    /// <summary>An input signature or tensor spec does not parse.</summary>
    public const string BadSignature = "TG1004";

    /// <summary>The method is not a graph function.</summary>
    public const string NotAGraphFunction = "TG1005";

    /// <summary>Data that a sample or a dataset needs is missing or damaged.</summary>
    public const string BadData = "TG1006";

    /// <summary>Shapes that do not fit an op.</summary>
    public const string ShapeMismatch = "TG2001";

    /// <summary>Element types that do not fit an op or each other.</summary>
    public const string DTypeMismatch = "TG2002";

    /// <summary>A tensor has too few or too many axes.</summary>
    public const string RankMismatch = "TG2003";

    /// <summary>An axis, index or size is out of range.</summary>
    public const string OutOfRange = "TG2004";

    /// <summary>A C# number can't be represented in the tensor's dtype.</summary>
    public const string NotRepresentable = "TG2005";

    /// <summary>Symbolic sizes that a graph took to be equal differ in this call.</summary>
    public const string SizesDiffer = "TG2006";

    /// <summary>The text form does not parse.</summary>
    public const string BadText = "TG2007";

    /// <summary>A branch or loop changes the type of a carried variable.</summary>
    public const string CarriedTypeChanged = "TG3001";

    /// <summary>A graph assertion failed.</summary>
    public const string AssertionFailed = "TG3002";

    /// <summary>An op on the path has no gradient.</summary>
    public const string NoGradient = "TG4001";

    /// <summary>The target or a source of a gradient can't be differentiated.</summary>
    public const string BadGradientTarget = "TG4002";

    /// <summary>A back end has no kernel for an op and these types.</summary>
    public const string NoKernel = "TG5001";

    /// <summary>A symbolic tensor was used after its trace ended, or in another trace.</summary>
    public const string EscapedTensor = "TG7002";

    /// <summary>A variable was created on a call that was not the first.</summary>
    public const string VariableCreation = "TG7003";

    /// <summary>A pass or the builder broke an invariant.</summary>
    public const string Internal = "TG9001";
}
