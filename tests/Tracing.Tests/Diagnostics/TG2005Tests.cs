namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG2005, a C# number that the tensor's dtype cannot represent.</summary>
public sealed class TG2005Tests
{
    [Fact]
    public void Shows_the_number_and_the_dtype()
    {
        Tensor integers = new[] { 1, 2 };
        Tensor bytes = Ops.Cast(integers, DType.U8);

        Expect.ErrorHere(DiagnosticIds.NotRepresentable, () => _ = integers * 1.5, ["1.5", "i32"]);
        Expect.ErrorHere(DiagnosticIds.NotRepresentable, () => _ = bytes + 300, ["300", "u8"]);
        Expect.ErrorHere(DiagnosticIds.NotRepresentable, () => _ = bytes + -1, ["-1", "u8"]);
    }

    [Fact]
    public void A_number_that_fits_takes_the_dtype_of_the_tensor()
    {
        Tensor integers = new[] { 1, 2 };

        Assert.Equal([2, 4], (integers * 2.0).ToArray<int>());
        Assert.Equal(DType.F32, ((Tensor)new float[] { 1 } * 0.1).DType);
    }

    [Fact]
    public void Full_keeps_integers_of_64_bits()
    {
        Assert.Equal([9007199254740993L], Ops.Full([1], 9007199254740993L, DType.I64).ToArray<long>());
        Assert.Equal([3f, 3f], Ops.Full([2], 3).ToArray<float>());
        Assert.Equal([true], Ops.Full([1], 1L, DType.Bool).ToArray<bool>());
        Expect.Error(DiagnosticIds.DTypeMismatch, () => Ops.Full([1], 1L, DType.String), ["full", "text"]);
    }
}
