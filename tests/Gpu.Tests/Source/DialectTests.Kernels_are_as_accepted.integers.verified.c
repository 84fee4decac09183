// shift_right_logical
typedef struct { i64 offsets[3], count, sizes[1], strides[3][1]; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2)
{
    i64 i = GLOBAL_ID;
    if (i >= g.count) return;
    i64 i_0 = i;
    i64 p0 = g.offsets[0] + i_0 * g.strides[0][0];
    i64 p1 = g.offsets[1] + i_0 * g.strides[1][0];
    i64 p2 = g.offsets[2] + i_0 * g.strides[2][0];
    i32 v0 = *(GLOBAL const i8*)(a0 + p0);
    i32 v1 = *(GLOBAL const i8*)(a1 + p1);
    i32 v2 = (i32)(i8)((i32)(((u32)v0 & 255u) >> (v1 & 7)));
    *(GLOBAL i8*)(a2 + p2) = (i8)(v2);
}
