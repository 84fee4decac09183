// scatter_add f32
typedef f32 T;
typedef struct { i64 offsets[4], fault, outer, positions, inner, size, items; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2, GLOBAL i64* faults)
{
    i64 i = GLOBAL_ID;
    if (i >= g.items) return;
    i64 inner = i % g.inner, rest = i / g.inner;
    i64 row = rest % g.size;
    rest /= g.size;
    GLOBAL T* to = (GLOBAL T*)(a2 + g.offsets[2]) + (rest * g.size + row) * g.inner + inner;
    wide sum = *to;
    for (i64 place = 0; place < g.positions; place++)
    {
        i64 position = ((GLOBAL const i64*)(a0 + g.offsets[0]))[rest / g.outer * g.positions + place];
        T update = ((GLOBAL const T*)(a1 + g.offsets[1]))[(rest * g.positions + place) * g.inner + inner];
        if (position < 0 || position >= g.size)
        {
            faults[2 * g.fault] = 1;
            faults[2 * g.fault + 1] = position;
        }
        if (position == row) sum = sum + update;
    }
    *to = (T)sum;
}
