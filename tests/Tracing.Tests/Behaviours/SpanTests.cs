using Numerics = System.Numerics.Tensors;

namespace TensorGraph.Tests;

/// <summary>Tensors as spans and as tensors of the framework.</summary>
public sealed partial class SpanTests
{
    [Fact]
    public void A_span_shows_the_elements_where_they_are()
    {
        using Tensor x = new[,] { { 1f, 2, 3 }, { 4, 5, 6 } };
        Assert.Equal([1f, 2, 3, 4, 5, 6], x.AsSpan<float>().ToArray());
        using Tensor sum = x + 1;
        Assert.Equal(27, System.Numerics.Tensors.TensorPrimitives.Sum(sum.AsSpan<float>()));
        if (Device.Current == Devices.Managed)
            Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(in x.AsSpan<float>()[0], in x.AsSpan<float>()[0]));
        Assert.Equal(0, Ops.Zeros(0).AsSpan<float>().Length);
        Assert.Equal([true, false], ((Tensor)new[] { true, false }).AsSpan<bool>().ToArray());
    }

    [Fact]
    public void Spans_that_can_not_be_are_errors()
    {
        Tensor x = new[] { 1f, 2 };
        Expect.Error(DiagnosticIds.DTypeMismatch, () => x.AsSpan<int>(), ["as_span: a f32[2] can't be read as Int32"]);
        Expect.Error(DiagnosticIds.SymbolicAsValue, () => Spanned(x));
        Expect.Error(DiagnosticIds.ShapeMismatch, () => x.CopyTo(new Numerics.TensorSpan<float>(new float[3])), ["copy_to: a f32[2]"]);
        Expect.Error(DiagnosticIds.NullArgument, () => Tensor.From((Numerics.Tensor<float>)null!));
    }

    [Fact]
    public void Tensors_of_the_framework_both_ways()
    {
        Tensor x = new[,] { { 1.0, 2, 3 }, { 4, 5, 6 } };
        Numerics.Tensor<double> there = x.ToNumerics<double>();
        Assert.Equal([2, 3], there.Lengths.ToArray());
        Assert.Equal(6, there[1, 2]);
        Assert.Equal(x.ToString(), Tensor.From(there).ToString());
        Assert.Equal("[[2, 3], [5, 6]]", Tensor.From(there.AsReadOnlyTensorSpan().Slice([0..2, 1..3])).ToString());
        Assert.Equal(5, x.AsTensorSpan<double>()[1, 1]);
        var target = Numerics.Tensor.CreateFromShape<double>([2, 3]);
        x.CopyTo(target.AsTensorSpan());
        Assert.Equal(21, Numerics.Tensor.Sum<double>(target));
        Assert.Equal([1], ((Tensor)3f).ToNumerics<float>().Lengths.ToArray());
        Assert.Equal("[0, 3]", Tensor.From(Numerics.Tensor.CreateFromShape<float>([0, 3])).Shape.ToString());
    }

    [GraphFunction]
    private static Tensor Spanned(Tensor x) => x * x.AsSpan<float>()[0];
}
