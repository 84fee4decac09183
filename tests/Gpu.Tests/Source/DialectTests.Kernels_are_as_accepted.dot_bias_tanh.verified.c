// dot f32
typedef f32 T;
typedef struct { i64 offsets[5], m, n, k, tiles_m, tiles_n, a_row, a_column, b_row, b_column, sizes[1], a_batch[1], b_batch[1], loop_sizes[2], loop_strides[3][2]; } geometry;

KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL const u8* e0, GLOBAL const u8* e1, GLOBAL u8* e2)
{
    LOCAL f32 tile_a[16][17];
    LOCAL f32 tile_b[16][17];
    i32 row = LOCAL_ID / 16, column = LOCAL_ID % 16;
    i64 batch = GROUP_ID / (g.tiles_m * g.tiles_n), tile = GROUP_ID % (g.tiles_m * g.tiles_n);
    i64 first_m = tile / g.tiles_n * 16, first_n = tile % g.tiles_n * 16;
    GLOBAL const T* a = (GLOBAL const T*)(a0 + g.offsets[0]);
    GLOBAL const T* b = (GLOBAL const T*)(a1 + g.offsets[1]);
    i64 rest = batch;
    for (i32 axis = 0; axis >= 0; rest /= g.sizes[axis], axis--)
    {
        a += rest % g.sizes[axis] * g.a_batch[axis];
        b += rest % g.sizes[axis] * g.b_batch[axis];
    }
    f32 sums[1][1];
    for (i32 i = 0; i < 1; i++)
        for (i32 j = 0; j < 1; j++) sums[i][j] = 0;
    for (i64 first_k = 0; first_k < g.k; first_k += 16)
    {
        for (i32 i = 0; i < 1; i++)
        {
            i64 m = first_m + row + i * 16, k = first_k + column;
            tile_a[row + i * 16][column] = m < g.m && k < g.k ? a[m * g.a_row + k * g.a_column] : 0;
        }
        for (i32 j = 0; j < 1; j++)
        {
            i64 n = first_n + column + j * 16, k = first_k + row;
            tile_b[row][column + j * 16] = n < g.n && k < g.k ? b[k * g.b_row + n * g.b_column] : 0;
        }
        BARRIER;
        for (i32 k = 0; k < 16; k++)
        {
            f32 x[1], y[1];
            for (i32 i = 0; i < 1; i++) x[i] = tile_a[row + i * 16][k];
            for (i32 j = 0; j < 1; j++) y[j] = tile_b[k][column + j * 16];
            for (i32 i = 0; i < 1; i++)
                for (i32 j = 0; j < 1; j++) sums[i][j] = fma(x[i], y[j], sums[i][j]);
        }
        BARRIER;
    }
    for (i32 i = 0; i < 1; i++)
        for (i32 j = 0; j < 1; j++)
        {
            i64 m = first_m + row + i * 16, n = first_n + column + j * 16;
            if (m >= g.m || n >= g.n) continue;
            T result = (T)sums[i][j];
            i64 at = (batch * g.m + m) * g.n + n;
            u32 at_rest = (u32)at;
            i64 at_1 = at_rest % (u32)g.loop_sizes[1]; at_rest /= (u32)g.loop_sizes[1];
            i64 at_0 = at_rest;
            i64 p1 = (g.offsets + 2)[1] + at_0 * g.loop_strides[1][0] + at_1 * g.loop_strides[1][1];
            i64 p2 = (g.offsets + 2)[2] + at_0 * g.loop_strides[2][0] + at_1 * g.loop_strides[2][1];
            f32 v0 = result;
            f32 v1 = *(GLOBAL const f32*)(e1 + p1);
            f32 v2 = (v0 + v1);
            f32 v3 = tanh(v2);
            *(GLOBAL f32*)(e2 + p2) = v3;
        }
}
