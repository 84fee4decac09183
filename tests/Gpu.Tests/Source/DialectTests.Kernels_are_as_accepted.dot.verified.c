// dot f32
typedef f32 T;
typedef struct { i64 offsets[3], m, n, k, tiles_m, tiles_n, a_row, a_column, b_row, b_column, sizes[1], a_batch[1], b_batch[1]; } geometry;

KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2)
{
    LOCAL f32 tile_a[64][17];
    LOCAL f32 tile_b[16][65];
    i32 row = LOCAL_ID / 16, column = LOCAL_ID % 16;
    i64 batch = GROUP_ID / (g.tiles_m * g.tiles_n), tile = GROUP_ID % (g.tiles_m * g.tiles_n);
    i64 first_m = tile / g.tiles_n * 64, first_n = tile % g.tiles_n * 64;
    GLOBAL const T* a = (GLOBAL const T*)(a0 + g.offsets[0]);
    GLOBAL const T* b = (GLOBAL const T*)(a1 + g.offsets[1]);
    i64 rest = batch;
    for (i32 axis = 0; axis >= 0; rest /= g.sizes[axis], axis--)
    {
        a += rest % g.sizes[axis] * g.a_batch[axis];
        b += rest % g.sizes[axis] * g.b_batch[axis];
    }
    f32 sums[4][4];
    for (i32 i = 0; i < 4; i++)
        for (i32 j = 0; j < 4; j++) sums[i][j] = 0;
    for (i64 first_k = 0; first_k < g.k; first_k += 16)
    {
        for (i32 i = 0; i < 4; i++)
        {
            i64 m = first_m + row + i * 16, k = first_k + column;
            tile_a[row + i * 16][column] = m < g.m && k < g.k ? a[m * g.a_row + k * g.a_column] : 0;
        }
        for (i32 j = 0; j < 4; j++)
        {
            i64 n = first_n + column + j * 16, k = first_k + row;
            tile_b[row][column + j * 16] = n < g.n && k < g.k ? b[k * g.b_row + n * g.b_column] : 0;
        }
        BARRIER;
        for (i32 k = 0; k < 16; k++)
        {
            f32 x[4], y[4];
            for (i32 i = 0; i < 4; i++) x[i] = tile_a[row + i * 16][k];
            for (i32 j = 0; j < 4; j++) y[j] = tile_b[k][column + j * 16];
            for (i32 i = 0; i < 4; i++)
                for (i32 j = 0; j < 4; j++) sums[i][j] = fma(x[i], y[j], sums[i][j]);
        }
        BARRIER;
    }
    for (i32 i = 0; i < 4; i++)
        for (i32 j = 0; j < 4; j++)
        {
            i64 m = first_m + row + i * 16, n = first_n + column + j * 16;
            if (m >= g.m || n >= g.n) continue;
            T result = (T)sums[i][j];
            i64 at = (batch * g.m + m) * g.n + n;
            ((GLOBAL T*)(a2 + g.offsets[2]))[at] = result;
        }
}
