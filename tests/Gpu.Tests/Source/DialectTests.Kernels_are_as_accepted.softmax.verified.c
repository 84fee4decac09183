// rows: fold.max; is_finite, select; sub, exp, fold.add; div; mul
typedef struct { i64 offsets[15], rows[15], l0_count, l0_sizes[1], l0_strides[2][1], l0_length, l0_inner_sizes[1], l0_inner_strides[2][1], l1_count, l1_sizes[1], l1_strides[3][1], l2_count, l2_sizes[1], l2_strides[4][1], l2_length, l2_inner_sizes[1], l2_inner_strides[4][1], l3_count, l3_sizes[1], l3_strides[3][1], l4_count, l4_sizes[2], l4_strides[3][2]; } geometry;
KERNEL run(const geometry g, GLOBAL const u8* l0_0, GLOBAL u8* l0_1, GLOBAL const u8* l1_0, GLOBAL const u8* l1_1, GLOBAL u8* l1_2, GLOBAL const u8* l2_0, GLOBAL const u8* l2_1, GLOBAL u8* l2_2, GLOBAL u8* l2_3, GLOBAL const u8* l3_0, GLOBAL const u8* l3_1, GLOBAL u8* l3_2, GLOBAL const u8* l4_0, GLOBAL const u8* l4_1, GLOBAL u8* l4_2)
{
    LOCAL f32 s0_1[128];
    LOCAL wide s2_5[128];
    i64 row = GROUP_ID;
    {
        i64 start0 = g.offsets[0] + row * g.rows[0];
        i64 start1 = g.offsets[1] + row * g.rows[1];
        for (i64 i = 0; i < g.l0_count; i++)
        {
            i64 i_0 = i;
            i64 q0 = start0 + i_0 * g.l0_strides[0][0];
            i64 q1 = start1 + i_0 * g.l0_strides[1][0];
            f32 fold1 = -INFINITY;
            for (i64 j = LOCAL_ID; j < g.l0_length; j += 128)
            {
                i64 j_0 = j;
                i64 p0 = q0 + j_0 * g.l0_inner_strides[0][0];
                i64 p1 = q1 + j_0 * g.l0_inner_strides[1][0];
                f32 v0 = *(GLOBAL const f32*)(l0_0 + p0);
                fold1 = max_f32(fold1, v0);
            }
            s0_1[LOCAL_ID] = fold1;
            BARRIER;
            for (i32 reach = 64; reach > 0; reach /= 2)
            {
                if (LOCAL_ID < reach)
                {
                    s0_1[LOCAL_ID] = max_f32(s0_1[LOCAL_ID], s0_1[LOCAL_ID + reach]);
                }
                BARRIER;
            }
            if (LOCAL_ID == 0)
            {
                fold1 = s0_1[0];
                *(GLOBAL f32*)(l0_1 + q1) = fold1;
            }
        }
    }
    BARRIER_OF_MEMORY;
    {
        i64 start0 = g.offsets[2] + row * g.rows[2];
        i64 start1 = g.offsets[3] + row * g.rows[3];
        i64 start2 = g.offsets[4] + row * g.rows[4];
        for (i64 i = LOCAL_ID; i < g.l1_count; i += 128)
        {
            i64 i_0 = i;
            i64 p0 = start0 + i_0 * g.l1_strides[0][0];
            i64 p1 = start1 + i_0 * g.l1_strides[1][0];
            i64 p2 = start2 + i_0 * g.l1_strides[2][0];
            f32 v0 = *(GLOBAL const f32*)(l1_0 + p0);
            f32 v1 = *(GLOBAL const f32*)(l1_1 + p1);
            i32 v2 = fabs(v0) < INFINITY;
            f32 v3 = (v2 ? v0 : v1);
            *(GLOBAL f32*)(l1_2 + p2) = v3;
        }
    }
    BARRIER_OF_MEMORY;
    {
        i64 start0 = g.offsets[5] + row * g.rows[5];
        i64 start1 = g.offsets[6] + row * g.rows[6];
        i64 start2 = g.offsets[7] + row * g.rows[7];
        i64 start3 = g.offsets[8] + row * g.rows[8];
        for (i64 i = 0; i < g.l2_count; i++)
        {
            i64 i_0 = i;
            i64 q0 = start0 + i_0 * g.l2_strides[0][0];
            i64 q1 = start1 + i_0 * g.l2_strides[1][0];
            i64 q2 = start2 + i_0 * g.l2_strides[2][0];
            i64 q3 = start3 + i_0 * g.l2_strides[3][0];
            wide fold5 = (f32)0, part5 = (f32)0;
            for (i64 j = LOCAL_ID; j < g.l2_length; j += 128)
            {
                i64 j_0 = j;
                i64 p0 = q0 + j_0 * g.l2_inner_strides[0][0];
                i64 p1 = q1 + j_0 * g.l2_inner_strides[1][0];
                i64 p2 = q2 + j_0 * g.l2_inner_strides[2][0];
                i64 p3 = q3 + j_0 * g.l2_inner_strides[3][0];
                f32 v0 = *(GLOBAL const f32*)(l2_0 + p0);
                f32 v1 = *(GLOBAL const f32*)(l2_1 + p1);
                f32 v2 = (v0 - v1);
                f32 v3 = exp(v2);
                *(GLOBAL f32*)(l2_2 + p2) = v3;
                part5 = part5 + v3;
                if ((j / 128 & 127) == 127)
                {
                    fold5 += part5;
                    part5 = 0;
                }
            }
            fold5 += part5;
            s2_5[LOCAL_ID] = fold5;
            BARRIER;
            for (i32 reach = 64; reach > 0; reach /= 2)
            {
                if (LOCAL_ID < reach)
                {
                    s2_5[LOCAL_ID] = s2_5[LOCAL_ID] + s2_5[LOCAL_ID + reach];
                }
                BARRIER;
            }
            if (LOCAL_ID == 0)
            {
                fold5 = s2_5[0];
                *(GLOBAL f32*)(l2_3 + q3) = fold5;
            }
        }
    }
    BARRIER_OF_MEMORY;
    {
        i64 start0 = g.offsets[9] + row * g.rows[9];
        i64 start1 = g.offsets[10] + row * g.rows[10];
        i64 start2 = g.offsets[11] + row * g.rows[11];
        for (i64 i = LOCAL_ID; i < g.l3_count; i += 128)
        {
            i64 i_0 = i;
            i64 p0 = start0 + i_0 * g.l3_strides[0][0];
            i64 p1 = start1 + i_0 * g.l3_strides[1][0];
            i64 p2 = start2 + i_0 * g.l3_strides[2][0];
            f32 v0 = *(GLOBAL const f32*)(l3_0 + p0);
            f32 v1 = *(GLOBAL const f32*)(l3_1 + p1);
            f32 v2 = (v0 / v1);
            *(GLOBAL f32*)(l3_2 + p2) = v2;
        }
    }
    BARRIER_OF_MEMORY;
    {
        i64 start0 = g.offsets[12] + row * g.rows[12];
        i64 start1 = g.offsets[13] + row * g.rows[13];
        i64 start2 = g.offsets[14] + row * g.rows[14];
        for (i64 i = LOCAL_ID; i < g.l4_count; i += 128)
        {
            u32 i_rest = (u32)i;
            i64 i_1 = i_rest % (u32)g.l4_sizes[1]; i_rest /= (u32)g.l4_sizes[1];
            i64 i_0 = i_rest;
            i64 p0 = start0 + i_0 * g.l4_strides[0][0] + i_1 * g.l4_strides[0][1];
            i64 p1 = start1 + i_0 * g.l4_strides[1][0] + i_1 * g.l4_strides[1][1];
            i64 p2 = start2 + i_0 * g.l4_strides[2][0] + i_1 * g.l4_strides[2][1];
            f32 v0 = *(GLOBAL const f32*)(l4_0 + p0);
            f32 v1 = *(GLOBAL const f32*)(l4_1 + p1);
            f32 v2 = (v0 * v1);
            *(GLOBAL f32*)(l4_2 + p2) = v2;
        }
    }
}
