// gather
typedef struct { i64 offsets[4], fault, outer, positions, inner, size, items; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2, GLOBAL i64* faults)
{
    i64 i = GLOBAL_ID;
    if (i >= g.items) return;
    i64 inner = i % g.inner, rest = i / g.inner, place = rest % g.positions;
    rest /= g.positions;
    i64 position = ((GLOBAL const i32*)(a1 + g.offsets[1]))[rest / g.outer * g.positions + place];
    if (position < 0 || position >= g.size)
    {
        faults[2 * g.fault] = 1;
        faults[2 * g.fault + 1] = position;
        return;
    }
    GLOBAL const u32* from = (GLOBAL const u32*)(a0 + g.offsets[0]);
    ((GLOBAL u32*)(a2 + g.offsets[2]))[i] = from[(rest * g.size + position) * g.inner + inner];
}
