// cum_sum f32
typedef f32 T;
typedef struct { i64 offsets[2], items, count, inner; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1)
{
    i64 i = GLOBAL_ID;
    if (i >= g.items) return;
    i64 first = i / g.inner * g.count * g.inner + i % g.inner;
    GLOBAL const T* x = (GLOBAL const T*)(a0 + g.offsets[0]) + first;
    GLOBAL T* sums = (GLOBAL T*)(a1 + g.offsets[1]) + first;
    wide sum = 0;
    for (i64 k = 0; k < g.count; k++)
    {
        i64 at = k * g.inner;
        wide next = sum + x[at];
        sums[at] = (T)next;
        sum = next;
    }
}
