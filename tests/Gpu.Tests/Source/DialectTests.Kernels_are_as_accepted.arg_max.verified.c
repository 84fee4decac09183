// arg_max f32
typedef f32 T;
typedef struct { i64 offsets[2], items, count, inner; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1)
{
    i64 i = GLOBAL_ID;
    if (i >= g.items) return;
    i64 first = i / g.inner * g.count * g.inner + i % g.inner;
    GLOBAL const T* x = (GLOBAL const T*)(a0 + g.offsets[0]) + first;
    T best = x[0];
    i32 place = 0;
    for (i64 k = 1; k < g.count && best == best; k++)
    {
        T value = x[k * g.inner];
        if (!(value > best) && value == value) continue;
        best = value;
        place = (i32)k;
    }
    ((GLOBAL i32*)(a1 + g.offsets[1]))[i] = place;
}
