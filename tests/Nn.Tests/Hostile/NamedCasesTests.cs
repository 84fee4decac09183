namespace TensorGraph.Tests.Hostile;

/// <summary>Forms of hostile arguments that once gave NullReference, IndexOutOfRange, Overflow or TG9001, imperatively and traced.</summary>
public sealed class NamedCasesTests
{
    public static TheoryData<string, string, Action> Cases => new()
    {
        { DiagnosticIds.SymbolicAsValue, "'n' has no number", () => Ops.Iota(Dim.Symbol("n")) },
        { DiagnosticIds.SymbolicAsValue, "'n' has no number", () => Ops.Full([Dim.Symbol("n")], 1) },
        { DiagnosticIds.DTypeMismatch, "does not take a list", () => Ops.OneHot(new[] { 1L }, Dim.Dynamic) },
        { DiagnosticIds.OutOfRange, "broadcast_to: the result would be f32[1152921504606846976]", () => Ops.Ones(1L << 60) },
        { DiagnosticIds.OutOfRange, "broadcast_to: the result would be f32[1099511627776, 1099511627776]", () => Ops.Zeros(1L << 40, 1L << 40) },
        { DiagnosticIds.TooManyElements, "i32[1099511627776]", () => Literal.Zeros(new TensorType(DType.I32, [1L << 40])) },
        { DiagnosticIds.TooManyElements, "i32[1099511627776]", () => Ops.Iota(1L << 40) },
        { DiagnosticIds.OutOfRange, "Sizes are not negative", () => Ops.Ones(-1) },
        { DiagnosticIds.OutOfRange, "axis 3 is out of range for rank 0", () => _ = default(Shape)[3] },
        { DiagnosticIds.DTypeMismatch, "99 is no element type", () => Ops.Cast(1f, (DType)99) },
        { DiagnosticIds.DTypeMismatch, "text of shape [] can't hold", () => Ops.OnesLike("text") },
        { DiagnosticIds.NullArgument, "'permutation' is null", () => Ops.Transpose(1f, null!) },
        { DiagnosticIds.NullArgument, "'start' is null", () => Ops.DynamicSlice(1f, null!, []) },
        { DiagnosticIds.NullArgument, "'left_contract' is null", () => Ops.Dot(1f, 1f, null!, []) },
        { DiagnosticIds.NullArgument, "'message' is null", () => Ops.Assert(true, null!) },
        { DiagnosticIds.NullArgument, "'action' is null", () => Ops.HostCall((Action<Tensor>)null!, 1f) },
        { DiagnosticIds.NullArgument, "what the host call returned", () => Ops.HostCall(_ => null!, []) },
        { DiagnosticIds.NullArgument, "'value' is null", () => _ = (float)(Tensor)null! },
        { DiagnosticIds.NullArgument, "'a' is null", () => _ = (Variable)null! + 1f },
        { DiagnosticIds.NullArgument, "what the initializer gives", () => _ = new Dense(2, 1, initializer: (_, _, _, _) => null!) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Are_typed_errors(string id, string words, Action action) => Expect.Error(id, action, words);
}
