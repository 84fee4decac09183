// fold.add
typedef struct { i64 offsets[2], count, length, sizes[1], strides[2][1], inner_sizes[1], inner_strides[2][1]; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1)
{
    LOCAL wide s1[128];
    i64 i = GROUP_ID;
    i64 i_0 = i;
    i64 q0 = g.offsets[0] + i_0 * g.strides[0][0];
    i64 q1 = g.offsets[1] + i_0 * g.strides[1][0];
    wide fold1 = (f32)0, part1 = (f32)0;
    for (i64 j = LOCAL_ID; j < g.length; j += 128)
    {
        i64 j_0 = j;
        i64 p0 = q0 + j_0 * g.inner_strides[0][0];
        i64 p1 = q1 + j_0 * g.inner_strides[1][0];
        f32 v0 = *(GLOBAL const f32*)(a0 + p0);
        part1 = part1 + v0;
        if ((j / 128 & 127) == 127)
        {
            fold1 += part1;
            part1 = 0;
        }
    }
    fold1 += part1;
    s1[LOCAL_ID] = fold1;
    BARRIER;
    for (i32 reach = 64; reach > 0; reach /= 2)
    {
        if (LOCAL_ID < reach)
        {
            s1[LOCAL_ID] = s1[LOCAL_ID] + s1[LOCAL_ID + reach];
        }
        BARRIER;
    }
    if (LOCAL_ID != 0) return;
    fold1 = s1[0];
    *(GLOBAL f32*)(a1 + q1) = fold1;
}
