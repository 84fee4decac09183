using System.Globalization;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Kernels whose places are data. A place that is out of range is reported, and nothing is moved there. All items that find one report the same, the
/// first one, so that the error does not depend on their order.
/// </summary>
internal static class IndexLaunches
{
    // Rows up to which each element of the sums goes through all positions; with more, each column of them.
    private const long FewRows = 256;

    private const string Faults = "GLOBAL i64* faults";

    // Looks through all positions, unless another item has.
    private const string Report = """
        FUNCTION void report(GLOBAL i64* fault, GLOBAL const I* positions, i64 count, i64 size)
        {
            if (fault[0]) return;
            for (i64 k = 0; k < count; k++)
            {
                if (positions[k] >= 0 && positions[k] < size) continue;
                fault[1] = positions[k];
                fault[0] = 1;
                return;
            }
        }
        """;

    /// <summary>Takes rows at positions. Null where nothing is moved, but positions are to be looked at.</summary>
    public static IEnumerable<KernelLaunch>? Gather(GatherCommand c, int fault)
    {
        PlaceTable t = c.Table;
        long count = t.Batches * t.Outer * t.Positions * t.Inner;
        if (count == 0) return t.Batches * t.Outer * t.Positions == 0 ? [] : null;
        string word = MemoryLaunches.Word(c.X.DType);
        string source = $$"""
            // gather
            typedef {{Index(t)}} I;
            typedef struct { i64 offsets[4], fault, outer, positions, inner, size, items, all; } geometry;
            {{Report}}
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2, {{Faults}})
            {
                i64 i = GLOBAL_ID;
                if (i >= g.items) return;
                i64 inner = i % g.inner, rest = i / g.inner, place = rest % g.positions;
                rest /= g.positions;
                GLOBAL const I* positions = (GLOBAL const I*)(a1 + g.offsets[1]);
                i64 position = positions[rest / g.outer * g.positions + place];
                if (position < 0 || position >= g.size)
                {
                    report(faults + 2 * g.fault, positions, g.all, g.size);
                    return;
                }
                GLOBAL const {{word}}* from = (GLOBAL const {{word}}*)(a0 + g.offsets[0]);
                ((GLOBAL {{word}}*)(a2 + g.offsets[2]))[i] = from[(rest * g.size + position) * g.inner + inner];
            }

            """;
        long[] geometry =
        [
            c.X.Offset * c.X.DType.Size(), c.Positions.Offset * c.Positions.DType.Size(), 0, 0,
            fault, t.Outer, t.Positions, t.Inner, t.Size, count, t.Batches * t.Positions,
        ];
        return [KernelLaunch.Items(source, [c.X.Slot, c.Positions.Slot, c.Result, KernelLaunch.Faults], geometry, count)];
    }

    /// <summary>
    /// Adds updates to rows. An element of the sums, or a column of them, belongs to one item that goes through the updates in order, so the bits
    /// never change. Null where nothing is added, but positions are to be looked at.
    /// </summary>
    public static IEnumerable<KernelLaunch>? ScatterAdd(ScatterAddCommand c, int fault)
    {
        PlaceTable t = c.Table;
        bool byElement = t.Size <= FewRows;
        long items = t.Batches * t.Outer * t.Inner * (byElement ? t.Size : 1);
        if (items == 0 || t.Positions == 0) return t.Batches * t.Outer * t.Positions == 0 ? [] : null;
        ElementType type = ElementType.Of(c.DType);
        string sum = byElement ? $$"""
            i64 row = rest % g.size;
                rest /= g.size;
                GLOBAL T* to = (GLOBAL T*)(a2 + g.offsets[2]) + (rest * g.size + row) * g.inner + inner;
                {{type.Sum}} sum = *to;
            """ : "GLOBAL T* to = (GLOBAL T*)(a2 + g.offsets[2]) + rest * g.size * g.inner + inner;";
        string add = byElement ? $"if (position == row) sum = {Add(type.Sum, "sum", "update")};"
            : $"else to[position * g.inner] = {Add(type.Value, "to[position * g.inner]", "update")};";
        string source = $$"""
            // scatter_add {{c.DType.Name()}}
            typedef {{type.Memory}} T;
            typedef {{Index(t)}} I;
            typedef struct { i64 offsets[4], fault, outer, positions, inner, size, items, all; } geometry;
            {{Report}}
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2, {{Faults}})
            {
                i64 i = GLOBAL_ID;
                if (i >= g.items) return;
                i64 inner = i % g.inner, rest = i / g.inner;
                {{sum}}
                GLOBAL const I* positions = (GLOBAL const I*)(a0 + g.offsets[0]);
                for (i64 place = 0; place < g.positions; place++)
                {
                    i64 position = positions[rest / g.outer * g.positions + place];
                    T update = ((GLOBAL const T*)(a1 + g.offsets[1]))[(rest * g.positions + place) * g.inner + inner];
                    if (position < 0 || position >= g.size) report(faults + 2 * g.fault, positions, g.all, g.size);
                    {{add}}
                }
                {{(byElement ? "*to = (T)sum;" : "")}}
            }

            """;
        long[] geometry =
        [
            c.Positions.Offset * c.Positions.DType.Size(), c.Updates.Offset * c.DType.Size(), 0, 0,
            fault, t.Outer, t.Positions, t.Inner, t.Size, items, t.Batches * t.Positions,
        ];
        return [KernelLaunch.Items(source, [c.Positions.Slot, c.Updates.Slot, c.Sums, KernelLaunch.Faults], geometry, items)];
    }

    /// <summary>Copies a block whose place is data; a fault has the axis in its upper half.</summary>
    public static IEnumerable<KernelLaunch> Block(BlockCommand c, int fault)
    {
        long count = Extents.Product(c.Block);
        int rank = Math.Max(1, c.Block.Length);
        string word = MemoryLaunches.Word(c.From.DType);
        string starts = string.Concat(c.Starts.Select((_, axis) => $", GLOBAL const u8* s{axis}"));
        string read = string.Concat(c.Starts.Select((start, axis) => $$"""

                start = *(GLOBAL const {{(start.IsLong ? "i64" : "i32")}}*)(s{{axis}} + g.offsets[{{axis + 3}}]);
                if (start < 0 || start > g.room[{{axis}}])
                {
                    faults[2 * g.fault] = {{axis + 1}};
                    faults[2 * g.fault + 1] = start;
                    return;
                }
                {{(c.StartsAtSource ? "from" : "to")}} += start * g.{{(c.StartsAtSource ? "from" : "to")}}_strides[{{axis}}];
            """));
        string source = $$"""
            // {{c.Node.Op.Name}}
            typedef struct
            {
                i64 offsets[{{3 + c.Starts.Length}}], fault, count, sizes[{{rank}}], room[{{rank}}], from_strides[{{rank}}], to_strides[{{rank}}];
            } geometry;
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1, {{Faults}}{{starts}})
            {
                i64 i = GLOBAL_ID, start = 0, from = 0, to = 0;
                if (i >= g.count && i > 0) return;
                {{read}}
                if (i >= g.count) return;
                for (i32 axis = {{rank - 1}}; axis >= 0; i /= g.sizes[axis], axis--)
                {
                    from += i % g.sizes[axis] * g.from_strides[axis];
                    to += i % g.sizes[axis] * g.to_strides[axis];
                }
                ((GLOBAL {{word}}*)(a1 + g.offsets[1]))[to] = ((GLOBAL const {{word}}*)(a0 + g.offsets[0]))[from];
            }

            """;
        int size = c.From.DType.Size();
        long[] geometry =
        [
            c.From.Offset * size, c.To.Offset * size, 0, .. c.Starts.Select(start => start.Offset * (start.IsLong ? 8 : 4)), fault, count,
            .. OrOne(c.Block, 1), .. OrOne([.. c.Whole.Zip(c.Block, (whole, block) => whole - block)], 0),
            .. OrOne(c.From.Strides, 0), .. OrOne(c.To.Strides, 0),
        ];
        int[] slots = [c.From.Slot, c.To.Slot, KernelLaunch.Faults, .. c.Starts.Select(start => start.Slot)];
        return [KernelLaunch.Items(source, slots, geometry, Math.Max(1, count))];
    }

    private static long[] OrOne(long[] values, long one) => values.Length == 0 ? [one] : values;

    private static string Index(PlaceTable table) => table.IsLong ? "i64" : "i32";

    private static string Add(string type, string left, string right) =>
        type[0] == 'i' ? string.Create(CultureInfo.InvariantCulture, $"add_{type}({left}, {right})") : $"{left} + {right}";
}
