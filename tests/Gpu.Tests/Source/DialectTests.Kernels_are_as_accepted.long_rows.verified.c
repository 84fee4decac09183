// fold.add
typedef struct { i64 offsets[3], parts, count, length, sizes[1], strides[2][1], inner_sizes[1], inner_strides[2][1]; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1, GLOBAL u8* scratch)
{
    LOCAL wide s1[128];
    i64 i = GROUP_ID / g.parts;
    i64 i_0 = i;
    i64 q0 = g.offsets[0] + i_0 * g.strides[0][0];
    i64 q1 = g.offsets[1] + i_0 * g.strides[1][0];
    wide fold1 = (f32)0, part1 = (f32)0;
    i64 part = GROUP_ID % g.parts, end = g.length * (part + 1) / g.parts;
    for (i64 j = g.length * part / g.parts + LOCAL_ID; j < end; j += 128)
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
    *(GLOBAL wide*)(scratch + g.offsets[2] + 8 * (1 * GROUP_ID + 0)) = fold1;
}

// fold.add of parts
typedef struct { i64 offsets[2], parts, count, sizes[1], strides[1]; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* scratch, GLOBAL u8* a0)
{
    i64 i = GLOBAL_ID, place = g.offsets[1];
    if (i >= g.count) return;
    GLOBAL const u8* part = scratch + g.offsets[0] + 8 * (1 * i * g.parts + 0);
    wide value = *(GLOBAL const wide*)part;
    for (i64 j = 1; j < g.parts; j++) value = value + *(GLOBAL const wide*)(part + 8 * 1 * j);
    for (i32 axis = 0; axis >= 0; i /= g.sizes[axis], axis--) place += i % g.sizes[axis] * g.strides[axis];
    *(GLOBAL f32*)(a0 + place) = value;
}
