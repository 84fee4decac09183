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
    [InlineData("1.0039062500000000000000000000000001", DType.BF16, 1.0078125)]
    [InlineData("-1.01171874999999999999999999999999", DType.BF16, -1.0078125)]
    [InlineData("1.01171875", DType.BF16, 1.015625)]
    [InlineData("0.0000100390625000000000000000000000001e5", DType.BF16, 1.0078125)]
    [InlineData("257.00000000000000000000000000000000001", DType.BF16, 258)]
    [InlineData("257", DType.BF16, 256)]
    [InlineData("256.99999999999999999999999999999999999", DType.BF16, 256)]
    [InlineData("4.591774807899560578002877098524397178979162331140966880893561352650067419745028018951416015625e-41", DType.BF16, 0)]
    [InlineData("4.59177480789956057800287709852439717897916233114096688089356135265006741974502801895141601562501e-41", DType.BF16, 9.183549615799121e-41)]
    [InlineData("3.39617752923046e38", DType.BF16, 3.3895313892515355e38)]
    [InlineData("1e-400", DType.BF16, 0)]
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

    [Theory]
    [InlineData(long.MinValue), InlineData(-1), InlineData(0), InlineData(257), InlineData(8_421_377), InlineData(16_842_753), InlineData(0x0101_0000_0000_0001)]
    [InlineData(0x7F7F_FFFF_FFFF_FFFF), InlineData(long.MaxValue), InlineData(-0x0101_0000_0000_0001)]
    public void An_integer_is_rounded_once_to_bf16(long number)
    {
        // No neighbour is nearer.
        System.Numerics.BigInteger Distance(BFloat16 value) => System.Numerics.BigInteger.Abs(new System.Numerics.BigInteger((float)value) - number);
        var found = (BFloat16)number;
        foreach (ushort bits in new[] { found.Bits - 1, found.Bits + 1 }.Where(bits => bits is > 0 and < ushort.MaxValue).Select(bits => (ushort)bits))
        {
            var other = new BFloat16(bits);
            Assert.True(!float.IsFinite(other) || Distance(found) < Distance(other) || (Distance(found) == Distance(other) && found.Bits % 2 == 0), $"{found} {other}");
        }

        if (number >= 0)
            Assert.Equal(found, (BFloat16)(ulong)number);
        if (number is >= 0 and <= uint.MaxValue)
            Assert.Equal(found, (BFloat16)(uint)number);
        if (number is >= int.MinValue and <= int.MaxValue)
            Assert.Equal(found, (BFloat16)(int)number);
    }

    [Fact]
    public void An_integer_of_any_type_becomes_a_bf16()
    {
        Assert.Equal([3, 3, 3, 3, 3, 3], new[] { (BFloat16)(byte)3, (BFloat16)(short)3, (BFloat16)(ushort)3, (BFloat16)(nint)3, (BFloat16)3u, (BFloat16)'\u0003' }.Select(value => (double)value));
        Assert.Equal((18374686479671623680.0, 18446744073709551616.0), ((float)(BFloat16)0xFF00_0000_0000_0001, (float)(BFloat16)ulong.MaxValue));
        Assert.Equal(18374686479671623680.0 + (1L << 56), (float)(BFloat16)0xFF80_0000_0000_0001);
        Assert.Equal(0x4B80, ((BFloat16)16_842_752).Bits);
        Assert.Equal(0x4B81, ((BFloat16)16_842_753).Bits);
        Assert.Equal(0x4B81, ((BFloat16)16_842_753u).Bits);
    }

    [Fact]
    public void A_NaN_of_a_double_keeps_its_sign_and_is_quiet()
    {
        Assert.Equal(0x7FC0, ((BFloat16)BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001)).Bits);
        Assert.Equal(0xFFC0, ((BFloat16)BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_0000)).Bits);
    }
}
