using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Casts and literals round once, to nearest even.</summary>
public sealed class RoundingTests
{
    public static TheoryData<DType, DType> Casts()
    {
        var casts = new TheoryData<DType, DType>();
        foreach ((DType from, DType to) in ExactRounding.Casts) casts.Add(from, to);
        return casts;
    }

    [Theory]
    [MemberData(nameof(Casts))]
    public void The_interpreter_rounds_casts_once(DType from, DType to)
    {
        Literal samples = ExactRounding.Samples(from, to);
        var build = new GraphBuilder { Source = SourceSpan.None };
        Literal found = new Interpreter().Run(build.Finish("f", [build.Cast(build.Parameter(samples.Type), to)]), [samples])[0];
        for (long i = 0; i < samples.Count; i++) Assert.Equal(ExactRounding.Cast(samples, i, to), found.GetDouble(i));
    }

    [Theory]
    [InlineData("1.0039062500000002", DType.BF16, 1.0078125)]
    [InlineData("1.00390625", DType.BF16, 1)]
    [InlineData("3.396177529230456e38", DType.BF16, 3.3895313892515355e38)]
    [InlineData("1.00048828125000000000000001", DType.F16, 1.0009765625)]
    [InlineData("1.00048828125", DType.F16, 1)]
    [InlineData("65519.99999999999999999", DType.F16, 65504)]
    [InlineData("2.98023223876953125e-8", DType.F16, 0)]
    [InlineData("2.980232238769531250000000001e-8", DType.F16, 5.960464477539063e-8)]
    public void Text_is_read_as_the_nearest_number(string text, DType dtype, double expected)
    {
        string name = dtype.Name();
        Graph graph = Parser.Parse($"graph f() {{\n  %0 = constant {{value={name}[] {text}}}\n  return %0\n}}\n");
        Assert.Equal(expected, new Interpreter().Run(graph, [])[0].GetDouble(0));
    }

    [Fact]
    public void A_NaN_of_a_double_keeps_its_sign_and_is_quiet()
    {
        Assert.Equal(0x7FC0, ((BFloat16)BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001)).Bits);
        Assert.Equal(0xFFC0, ((BFloat16)BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_0000)).Bits);
    }
}
