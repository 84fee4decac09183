// neg
typedef struct { i64 offsets[2], count, sizes[2], strides[2][2]; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1)
{
    i64 i = GLOBAL_ID;
    if (i >= g.count) return;
    u32 i_rest = (u32)i;
    i64 i_1 = i_rest % (u32)g.sizes[1]; i_rest /= (u32)g.sizes[1];
    i64 i_0 = i_rest;
    i64 p0 = g.offsets[0] + i_0 * g.strides[0][0] + i_1 * g.strides[0][1];
    i64 p1 = g.offsets[1] + i_0 * g.strides[1][0] + i_1 * g.strides[1][1];
    f32 v0 = *(GLOBAL const f32*)(a0 + p0);
    f32 v1 = (-v0);
    *(GLOBAL f32*)(a1 + p1) = v1;
}
