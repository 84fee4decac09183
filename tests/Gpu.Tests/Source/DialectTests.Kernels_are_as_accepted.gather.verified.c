// gather
typedef i32 I;
typedef struct { i64 offsets[4], fault, outer, positions, inner, size, items, all; } geometry;
FUNCTION void report(GLOBAL i64* fault, GLOBAL const I* positions, i64 count, i64 size)
{
    if (fault[0]) return;
    for (i64 k = 0; k < count; k++)
    {
        if (positions[k] >= 0 && positions[k] < size) continue;
        fault[1] = positions[k];
        fault[0] = 1;
        return;
    }
}
KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL const u8* a1, GLOBAL u8* a2, GLOBAL i64* faults)
{
    i64 i = GLOBAL_ID;
    if (i >= g.items) return;
    i64 inner = i % g.inner, rest = i / g.inner, place = rest % g.positions;
    rest /= g.positions;
    GLOBAL const I* positions = (GLOBAL const I*)(a1 + g.offsets[1]);
    i64 position = positions[rest / g.outer * g.positions + place];
    if (position < 0 || position >= g.size)
    {
        report(faults + 2 * g.fault, positions, g.all, g.size);
        return;
    }
    GLOBAL const u32* from = (GLOBAL const u32*)(a0 + g.offsets[0]);
    ((GLOBAL u32*)(a2 + g.offsets[2]))[i] = from[(rest * g.size + position) * g.inner + inner];
}
