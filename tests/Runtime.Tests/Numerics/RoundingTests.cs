using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Casts on a device round once, to nearest even.</summary>
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
    public void Casts_round_once(DType from, DType to)
    {
        Literal samples = ExactRounding.Samples(from, to);
        Device device = Device.Current;
        // Alone, behind another operation, and element by element, where no register is full.
        Literal alone = device.RunSingle(OpDefs.Cast, Attrs.Of("dtype", to), device.From(samples)).ToLiteral();
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(samples.Type), y = build.Cast(build.Neg(x), to);
        Literal fused = device.Compile(build.Finish("f", [build.Neg(y)])).Run([device.From(samples)])[0].ToLiteral();
        for (long i = 0; i < samples.Count; i++)
        {
            double expected = ExactRounding.Cast(samples, i, to);
            Assert.True(expected.Equals(alone.GetDouble(i)), $"{samples.Print(i)} is {alone.Print(i)}, not {expected:R}");
            // The smallest integer has no negative.
            if (samples.GetLong(i) == long.MinValue || (from == DType.I32 && samples.GetLong(i) == int.MinValue)) continue;
            Assert.True(expected == fused.GetDouble(i) || double.IsNaN(expected), $"{samples.Print(i)} is {fused.Print(i)} in a loop, not {expected:R}");
            if (i >= 40) continue;
            var one = new TensorType(from, [1]);
            Literal single = Literal.Zeros(one);
            single.Copy(0, samples, i);
            Assert.Equal(expected, device.RunSingle(OpDefs.Cast, Attrs.Of("dtype", to), device.From(single)).ToLiteral().GetDouble(0));
        }
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public unsafe void Fills_round_once(DType dtype)
    {
        double tie = dtype == DType.F16 ? 1 + Math.Pow(2, -11) : 1 + Math.Pow(2, -8);
        foreach (double value in (double[])[tie, Math.BitIncrement(tie), Math.BitDecrement(tie), -Math.BitIncrement(tie)])
        {
            Literal expected = Literal.FromDoubles(new TensorType(DType.F64, [1]), _ => value);
            var memory = new ushort[70];
            fixed (ushort* data = memory) Fill.With((byte*)data, dtype, memory.Length, value);
            double found = dtype == DType.F16 ? (double)BitConverter.UInt16BitsToHalf(memory[69]) : BitConverter.Int32BitsToSingle(memory[69] << 16);
            Assert.Equal(ExactRounding.Cast(expected, 0, dtype), found);
        }
    }
}
