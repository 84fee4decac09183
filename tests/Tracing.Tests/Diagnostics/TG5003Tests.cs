namespace TensorGraph.Tests.Diagnostics;

public sealed class TG5003Tests
{
    [Fact]
    public void A_host_array_names_the_tensor_and_its_limit() => Expect.ErrorHere(
        DiagnosticIds.TooManyElements, () => _ = Literal.Zeros(new TensorType(DType.U8, [3_000_000_000])),
        ["to_host", "u8[3000000000]", "2147483591", "slice"]);
}
