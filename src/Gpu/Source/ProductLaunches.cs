using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>Matrix products by tiles, and convolutions as products with a matrix that is only in the mind.</summary>
internal static class ProductLaunches
{
    /// <summary>C[batch, m, n] = Σₖ A[batch, m, k]·B[batch, k, n].</summary>
    public static IEnumerable<KernelLaunch> Dot(DotCommand c, DeviceLimits limits, Epilogue? epilogue)
    {
        int side = limits.Side, work = Work(limits, c.DType, c.M, c.N);
        int axes = Math.Max(1, c.Batch.Length);
        string setup = $$"""
            GLOBAL const T* a = (GLOBAL const T*)(a0 + g.offsets[0]);
                GLOBAL const T* b = (GLOBAL const T*)(a1 + g.offsets[1]);
                i64 rest = batch;
                for (i32 axis = {{axes - 1}}; axis >= 0; rest /= g.sizes[axis], axis--)
                {
                    a += rest % g.sizes[axis] * g.a_batch[axis];
                    b += rest % g.sizes[axis] * g.b_batch[axis];
                }
            """;
        string source = Tiles(
            "dot", c.DType, side, work, $"a_row, a_column, b_row, b_column, sizes[{axes}], a_batch[{axes}], b_batch[{axes}]", setup,
            "a[m * g.a_row + k * g.a_column]", "b[k * g.b_row + n * g.b_column]", "", epilogue);
        int size = c.DType.Size();
        long[] geometry =
        [
            c.A.Offset * size, c.B.Offset * size, .. Sizes(side * work, c.M, c.N, c.K),
            c.A.RowStride, c.A.ColumnStride, c.B.RowStride, c.B.ColumnStride,
            .. OrOne(c.Batch, 1), .. OrOne(c.A.BatchStrides, 0), .. OrOne(c.B.BatchStrides, 0),
        ];
        LibraryProduct? product = epilogue is null ? LibraryProduct.Of(c) : null;
        return Launch(side, work, source, [c.A.Slot, c.B.Slot], c.Result, epilogue, geometry, Extents.Product(c.Batch), c.M, c.N)
            .Select(launch => launch with { Product = product });
    }

    /// <summary>For each image and group: result[outputs, positions] = weights[outputs, channels·taps] · what the taps see.</summary>
    public static IEnumerable<KernelLaunch> Conv(ConvCommand c, DeviceLimits limits, Epilogue? epilogue)
    {
        ConvSpace s = c.Space;
        int side = limits.Side, work = Work(limits, c.X.DType, s.Outputs, s.Positions);
        const string Setup = """
            GLOBAL const T* a = (GLOBAL const T*)(a0 + g.offsets[0]) + batch % g.groups * g.m * g.k;
                GLOBAL const T* b = (GLOBAL const T*)(a1 + g.offsets[1]) + batch * g.channels * g.size[0] * g.size[1] * g.size[2];
            """;
        // The element of the image that a tap of the window sees at a position; 0 in the padding and between elements.
        const string Seen = """
            FUNCTION T seen(const geometry* g, GLOBAL const T* image, i64 k, i64 n)
            {
                i64 place = 0, taps = g->window[0] * g->window[1] * g->window[2], tap = k % taps, positions = g->result[1] * g->result[2];
                i64 taps_left = g->window[1] * g->window[2];
                place = k / taps;
                for (i32 axis = 0; axis < 3; axis++)
                {
                    i64 at = n / positions * g->stride[axis] + tap / taps_left * g->dilation[axis] - g->low[axis];
                    n %= positions;
                    tap %= taps_left;
                    if (axis < 2) { positions /= g->result[axis + 1]; taps_left /= g->window[axis + 1]; }
                    if (at < 0 || at % g->spread[axis] != 0) return 0;
                    at /= g->spread[axis];
                    if (at >= g->size[axis]) return 0;
                    place = place * g->size[axis] + at;
                }
                return image[place];
            }
            """;
        string source = Tiles(
            "conv", c.X.DType, side, work, "groups, channels, size[3], window[3], result[3], stride[3], dilation[3], spread[3], low[3]", Setup,
            "a[m * g.k + k]", "seen(&g, b, k, n)", Seen, epilogue);
        ConvAxis[] axes = [s.Depth, s.Height, s.Width];
        int size = c.X.DType.Size();
        long[] geometry =
        [
            c.Weights.Offset * size, c.X.Offset * size, .. Sizes(side * work, s.Outputs, s.Positions, (long)s.Channels * s.Taps),
            s.Groups, s.Channels,
            .. axes.Select(axis => (long)axis.Size), .. axes.Select(axis => (long)axis.Window), .. axes.Select(axis => (long)axis.Result),
            .. axes.Select(axis => axis.Stride), .. axes.Select(axis => axis.Dilation), .. axes.Select(axis => axis.Spread),
            .. axes.Select(axis => axis.Low),
        ];
        return Launch(side, work, source, [c.Weights.Slot, c.X.Slot], c.Result, epilogue, geometry, (long)s.Batch * s.Groups, s.Outputs, s.Positions);
    }

    // Each item computes several rows and columns of a result that is large, as far as the memory of a group has room for the operands.
    private static int Work(DeviceLimits limits, DType dtype, long m, long n)
    {
        int work = limits.Work;
        if (Math.Min(m, n) < limits.Side * work) return 1;
        while (work > 1 && 2L * limits.Side * work * (limits.Side + 1) * dtype.Size() > limits.LocalBytes) work /= 2;
        return work;
    }

    private static long[] Sizes(int tile, long m, long n, long k) => [m, n, k, (m + tile - 1) / tile, (n + tile - 1) / tile];

    private static IEnumerable<KernelLaunch> Launch(
        int side, int work, string source, int[] operands, int result, Epilogue? epilogue, long[] geometry, long batch, long m, long n)
    {
        // Offsets of the operands are in front already.
        int[] slots = [.. operands, .. epilogue?.Slots ?? [result]];
        long[] offsets = [.. geometry[..operands.Length], .. epilogue?.Loop.Nest.Offsets ?? [0]];
        geometry = [.. offsets, .. geometry[operands.Length..], .. epilogue?.Geometry ?? []];
        long tile = side * work, groups = batch * ((m + tile - 1) / tile) * ((n + tile - 1) / tile);
        return groups == 0 ? [] : [new KernelLaunch(source, slots, geometry, groups, side * side)];
    }

    private static long[] OrOne(long[] values, long one) => values.Length == 0 ? [one] : values;

    private const string Store = "            ((GLOBAL T*)(a2 + g.offsets[2]))[at] = result;";

    private static string Tiles(
        string name, DType dtype, int side, int work, string sizes, string setup, string elementA, string elementB, string functions,
        Epilogue? epilogue)
    {
        ElementType type = ElementType.Of(dtype);
        string product = type.IsFloat ? "fma(x[i], y[j], sums[i][j])" : $"add_{type.Value}(sums[i][j], mul_{type.Value}(x[i], y[j]))";
        return $$"""
            // {{name}} {{dtype.Name()}}
            typedef {{type.Memory}} T;
            typedef struct { i64 offsets[{{2 + (epilogue?.Slots.Length ?? 1)}}], m, n, k, tiles_m, tiles_n, {{sizes}}{{epilogue?.Fields}}; } geometry;
            {{functions}}
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1{{epilogue?.Parameters ?? ", GLOBAL u8* a2"}})
            {
                LOCAL {{type.Value}} tile_a[{{side * work}}][{{side + 1}}];
                LOCAL {{type.Value}} tile_b[{{side}}][{{side * work + 1}}];
                i32 row = LOCAL_ID / {{side}}, column = LOCAL_ID % {{side}};
                i64 batch = GROUP_ID / (g.tiles_m * g.tiles_n), tile = GROUP_ID % (g.tiles_m * g.tiles_n);
                i64 first_m = tile / g.tiles_n * {{side * work}}, first_n = tile % g.tiles_n * {{side * work}};
                {{setup}}
                {{type.Value}} sums[{{work}}][{{work}}];
                for (i32 i = 0; i < {{work}}; i++)
                    for (i32 j = 0; j < {{work}}; j++) sums[i][j] = 0;
                for (i64 first_k = 0; first_k < g.k; first_k += {{side}})
                {
                    for (i32 i = 0; i < {{work}}; i++)
                    {
                        i64 m = first_m + row + i * {{side}}, k = first_k + column;
                        tile_a[row + i * {{side}}][column] = m < g.m && k < g.k ? {{elementA}} : 0;
                    }
                    for (i32 j = 0; j < {{work}}; j++)
                    {
                        i64 n = first_n + column + j * {{side}}, k = first_k + row;
                        tile_b[row][column + j * {{side}}] = n < g.n && k < g.k ? {{elementB}} : 0;
                    }
                    BARRIER;
                    for (i32 k = 0; k < {{side}}; k++)
                    {
                        {{type.Value}} x[{{work}}], y[{{work}}];
                        for (i32 i = 0; i < {{work}}; i++) x[i] = tile_a[row + i * {{side}}][k];
                        for (i32 j = 0; j < {{work}}; j++) y[j] = tile_b[k][column + j * {{side}}];
                        for (i32 i = 0; i < {{work}}; i++)
                            for (i32 j = 0; j < {{work}}; j++) sums[i][j] = {{product}};
                    }
                    BARRIER;
                }
                for (i32 i = 0; i < {{work}}; i++)
                    for (i32 j = 0; j < {{work}}; j++)
                    {
                        i64 m = first_m + row + i * {{side}}, n = first_n + column + j * {{side}};
                        if (m >= g.m || n >= g.n) continue;
                        T result = (T)sums[i][j];
                        i64 at = (batch * g.m + m) * g.n + n;
            {{epilogue?.Body ?? Store}}
                    }
            }

            """;
    }
}
