using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>Kernels along one axis, and Philox.</summary>
internal static class LineLaunches
{
    /// <summary>The longest line that is sorted by counting, for each element, those that come before it.</summary>
    public const long LongestSorted = 4096;

    private const string Line = """
        i64 i = GLOBAL_ID;
            if (i >= g.items) return;
            i64 first = i / g.inner * g.count * g.inner + i % g.inner;
            GLOBAL const T* x = (GLOBAL const T*)(a0 + g.offsets[0]) + first;
        """;

    /// <summary>Place of the first largest or smallest element; a NaN beats everything.</summary>
    public static IEnumerable<KernelLaunch> Arg(ArgCommand c)
    {
        bool isFloat = c.X.DType.IsFloat();
        string source = $$"""
            // arg_{{(c.IsLargest ? "max" : "min")}} {{c.X.DType.Name()}}
            typedef {{ElementType.Of(c.X.DType).Memory}} T;
            typedef struct { i64 offsets[2], items, count, inner; } geometry;
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1)
            {
                {{Line}}
                T best = x[0];
                i32 place = 0;
                for (i64 k = 1; k < g.count{{(isFloat ? " && best == best" : "")}}; k++)
                {
                    T value = x[k * g.inner];
                    if (!(value {{(c.IsLargest ? '>' : '<')}} best){{(isFloat ? " && value == value" : "")}}) continue;
                    best = value;
                    place = (i32)k;
                }
                ((GLOBAL i32*)(a1 + g.offsets[1]))[i] = place;
            }

            """;
        return Lines(source, [c.X.Slot, c.Result], [c.X.Offset * c.X.DType.Size(), 0], c.Space, c.Space.Outer * c.Space.Inner);
    }

    /// <summary>Running sums.</summary>
    public static IEnumerable<KernelLaunch> CumSum(CumSumCommand c)
    {
        ElementType type = ElementType.Of(c.X.DType);
        string sum = type.IsFloat ? "sum + x[at]" : $"add_{type.Value}(sum, x[at])";
        string source = $$"""
            // cum_sum {{c.X.DType.Name()}}
            typedef {{type.Memory}} T;
            typedef struct { i64 offsets[2], items, count, inner; } geometry;
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1)
            {
                {{Line}}
                GLOBAL T* sums = (GLOBAL T*)(a1 + g.offsets[1]) + first;
                {{type.Sum}} sum = 0;
                for (i64 k = 0; k < g.count; k++)
                {
                    i64 at = {{(c.IsReverse ? "(g.count - 1 - k)" : "k")}} * g.inner;
                    {{type.Sum}} next = {{sum}};
                    sums[at] = (T){{(c.IsExclusive ? "sum" : "next")}};
                    sum = next;
                }
            }

            """;
        return Lines(source, [c.X.Slot, c.Result], [c.X.Offset * c.X.DType.Size(), 0], c.Space, c.Space.Outer * c.Space.Inner);
    }

    /// <summary>Sorts lines, stable, NaNs last: an item counts the elements that come before its own. Long lines have none.</summary>
    public static IEnumerable<KernelLaunch>? Sort(SortCommand c)
    {
        if (c.Space.Count > LongestSorted) return null;
        string before = $"other {(c.IsDescending ? '>' : '<')} own", same = "own == other";
        if (c.X.DType.IsFloat()) (before, same) = ($"own != own ? other == other : {before}", $"{same} || (own != own && other != other)");
        string source = $$"""
            // sort {{c.X.DType.Name()}}
            typedef {{ElementType.Of(c.X.DType).Memory}} T;
            typedef struct { i64 offsets[3], items, count, inner, kept; } geometry;
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1, GLOBAL u8* a2)
            {
                i64 i = GLOBAL_ID;
                if (i >= g.items) return;
                i64 inner = i % g.inner, place = i / g.inner % g.count, outer = i / g.inner / g.count, rank = 0;
                GLOBAL const T* x = (GLOBAL const T*)(a0 + g.offsets[0]) + outer * g.count * g.inner + inner;
                T own = x[place * g.inner];
                for (i64 k = 0; k < g.count; k++)
                {
                    T other = x[k * g.inner];
                    i32 same = {{same}};
                    i32 before = {{before}};
                    if (same ? k < place : before) rank++;
                }
                if (rank >= g.kept) return;
                i64 to = (outer * g.kept + rank) * g.inner + inner;
                ((GLOBAL T*)(a1 + g.offsets[1]))[to] = own;
                ((GLOBAL i32*)(a2 + g.offsets[2]))[to] = (i32)place;
            }

            """;
        long items = c.Space.Outer * c.Space.Count * c.Space.Inner;
        return items == 0 ? [] : [KernelLaunch.Items(
            source, [c.X.Slot, c.Sorted, c.Places], [c.X.Offset * c.X.DType.Size(), 0, 0, items, c.Space.Count, c.Space.Inner, c.Count], items)];
    }

    /// <summary>Philox4x32-10: four words for each value of the counter.</summary>
    public static IEnumerable<KernelLaunch> RandomBits(RandomBitsCommand c)
    {
        const string Source = """
            // random_bits
            typedef struct { i64 offsets[3], count; } geometry;
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2)
            {
                i64 block = GLOBAL_ID;
                if (4 * block >= g.count) return;
                u64 key = *(GLOBAL const u64*)(a0 + g.offsets[0]), counter = *(GLOBAL const u64*)(a1 + g.offsets[1]) + (u64)block;
                u32 x[4], k0 = (u32)key, k1 = (u32)(key >> 32);
                x[0] = (u32)counter;
                x[1] = (u32)(counter >> 32);
                x[2] = x[3] = 0;
                for (i32 round = 0; round < 10; round++)
                {
                    u64 p0 = (u64)0xD2511F53u * x[0], p1 = (u64)0xCD9E8D57u * x[2];
                    x[0] = (u32)(p1 >> 32) ^ x[1] ^ k0;
                    x[1] = (u32)p1;
                    x[2] = (u32)(p0 >> 32) ^ x[3] ^ k1;
                    x[3] = (u32)p0;
                    k0 += 0x9E3779B9u;
                    k1 += 0xBB67AE85u;
                }
                for (i64 i = 4 * block; i < g.count && i < 4 * block + 4; i++) ((GLOBAL u32*)(a2 + g.offsets[2]))[i] = x[i - 4 * block];
            }

            """;
        return c.Count == 0 ? [] : [KernelLaunch.Items(
            Source, [c.Key.Slot, c.Counter.Slot, c.Result], [8 * c.Key.Offset, 8 * c.Counter.Offset, 0, c.Count], (c.Count + 3) / 4)];
    }

    private static IEnumerable<KernelLaunch> Lines(string source, int[] slots, long[] offsets, LineSpace space, long items) =>
        items == 0 ? [] : [KernelLaunch.Items(source, slots, [.. offsets, items, space.Count, space.Inner], items)];
}
