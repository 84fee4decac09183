// sort f32
typedef f32 T;
typedef struct { i64 offsets[3], items, count, inner, kept; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1, GLOBAL u8* a2)
{
    i64 i = GLOBAL_ID;
    if (i >= g.items) return;
    i64 inner = i % g.inner, place = i / g.inner % g.count, outer = i / g.inner / g.count, rank = 0;
    GLOBAL const T* x = (GLOBAL const T*)(a0 + g.offsets[0]) + outer * g.count * g.inner + inner;
    T own = x[place * g.inner];
    for (i64 k = 0; k < g.count; k++)
    {
        T other = x[k * g.inner];
        i32 same = own == other || (own != own && other != other);
        i32 before = own != own ? other == other : other < own;
        if (same ? k < place : before) rank++;
    }
    if (rank >= g.kept) return;
    i64 to = (outer * g.kept + rank) * g.inner + inner;
    ((GLOBAL T*)(a1 + g.offsets[1]))[to] = own;
    ((GLOBAL i32*)(a2 + g.offsets[2]))[to] = (i32)place;
}
