using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>Kernels that set elements.</summary>
internal static class MemoryLaunches
{
    /// <summary>Sets all elements to a number, truncated for integers.</summary>
    public static IEnumerable<KernelLaunch> Fill(int slot, TensorLayout layout, double value)
    {
        if (layout.Count == 0) return [];
        DType dtype = layout.Type.DType;
        string source = $$"""
            // fill
            typedef struct { i64 offsets[1], count, bits; } geometry;
            KERNEL run(const geometry g, GLOBAL u8* a0)
            {
                i64 i = GLOBAL_ID;
                if (i < g.count) ((GLOBAL {{Word(dtype)}}*)(a0 + g.offsets[0]))[i] = ({{Word(dtype)}})g.bits;
            }

            """;
        return [KernelLaunch.Items(source, [slot], [0, layout.Count, Bits(dtype, value)], layout.Count)];
    }

    /// <summary>0, 1, 2, … as the dtype has them; those beyond its range wrap.</summary>
    public static IEnumerable<KernelLaunch> Count(CountCommand c)
    {
        if (c.Layout.Count == 0) return [];
        DType dtype = c.Layout.Type.DType;
        ElementType type = ElementType.Of(dtype);
        string place = FormattableString.Invariant($"g.offsets[0] + i * {dtype.Size()}");
        string source = $$"""
            // count
            typedef struct { i64 offsets[1], count; } geometry;
            KERNEL run(const geometry g, GLOBAL u8* a0)
            {
                i64 i = GLOBAL_ID;
                if (i >= g.count) return;
                {{type.Store("a0", place, Spellings.Cast("i", DType.I64, dtype))}}
            }

            """;
        return [KernelLaunch.Items(source, [c.Slot], [0, c.Layout.Count], c.Layout.Count)];
    }

    /// <summary>The unsigned type of a dtype's width: elements that are only moved.</summary>
    public static string Word(DType dtype) => dtype.Size() switch { 1 => "u8", 2 => "u16", 4 => "u32", _ => "u64" };

    private static long Bits(DType dtype, double value) => dtype switch
    {
        DType.F32 => BitConverter.SingleToInt32Bits((float)value),
        DType.F64 => BitConverter.DoubleToInt64Bits(value),
        DType.F16 => BitConverter.HalfToInt16Bits((Half)value),
        DType.BF16 => System.Runtime.CompilerServices.Unsafe.BitCast<BFloat16, ushort>((BFloat16)value),
        DType.Bool => value != 0 ? 1 : 0,
        _ => (long)value,
    };
}
