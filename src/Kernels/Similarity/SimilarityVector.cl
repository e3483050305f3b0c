// The vector kernel of Similarity.cl, (2): rows and queries in registers, no barrier within a step.
//
// Compiled with VEC * RV rows a work-item (VEC 16 suits a processor, 2 a GPU), WB queries at a time, LY work-items
// along the queries, PASSES times over its rows with other queries; TILE and ROOM 64.

#define LX (ROWS / (VEC * RV))

#if VEC == 1
typedef float vec;
#else
typedef JOIN(float, VEC) vec;
#endif

#if VEC > 4
#define LANE_LOOP ROLLED // Rarely run: its length would only cost the compiler time.
#else
#define LANE_LOOP UNROLL // An index that is not known would move the sums out of the registers.
#endif

typedef union
{
    vec all;
    float one[VEC];
} lanes;

DEVICE vec load_rows(GLOBAL const stored* rows)
{
#if TYPE == 0
    return *(GLOBAL const vec*)rows;
#elif TYPE == 1 && VEC == 1
    return LOAD_HALF(rows, 0);
#elif TYPE == 1 && defined(__NVPTX__)
    uint both = *(GLOBAL const uint*)rows; // VEC is 2: one load for both.
    const half* parts = (const half*)&both;
    return (vec)(__builtin_load_halff(parts), __builtin_load_halff(parts + 1));
#elif TYPE == 1
    return JOIN(vload_half, VEC)(0, rows);
#elif VEC == 1
    return TO_FLOAT(rows[0]);
#elif defined(__NVPTX__)
    return __builtin_convertvector(*(GLOBAL const JOIN(char, VEC)*)rows, vec);
#else
    return JOIN(convert_float, VEC)(*(GLOBAL const JOIN(char, VEC)*)rows);
#endif
}

DEVICE vec multiply_add(vec a, float b, vec c)
{
#if VEC == 1
    return FMA(a, b, c);
#elif defined(__NVPTX__)
    return (vec)(FMA(a.s0, b, c.s0), FMA(a.s1, b, c.s1)); // VEC is 2.
#else
    return fma(a, (vec)(b), c);
#endif
}

KERNEL GROUP(LX, LY, 1) void ENTRY(GLOBAL const stored* rows, GLOBAL const float* scales,
                                   GLOBAL const int* categories, GLOBAL const int* mask, int words,
                                   GLOBAL const float* queries, GLOBAL const int* bad, int count, int padded, int width,
                                   int first, int end, int tiles, int k, GLOBAL float* partialScores,
                                   GLOBAL int* partialIds)
{
    LOCAL float scores[TB * LIST];
    LOCAL int ids[TB * LIST];
    LOCAL float offered[TB * ROOM];
    LOCAL ushort places[TB * ROOM];
    LOCAL float least[TB];
    LOCAL int counts[TB];
    const int x = LOCAL_X, y = LOCAL_Y, item = y * LX + x, query = GROUP_X * TB;
    lists_start(scores, ids, least, counts, bad, query, count, item, LX * LY);
    for (int t = 0; t < tiles; t++)
    {
        const int block = first / ROWS + GROUP_Y * tiles + t;
        if (block * ROWS >= end) // The same for the whole group.
        {
            break;
        }

        ROLLED
        for (int pass = 0; pass < PASSES; pass++)
        {
            const int part = (pass * LY + y) * WB;
            vec sums[RV][WB];
            UNROLL
            for (int r = 0; r < RV; r++)
            {
                UNROLL
                for (int w = 0; w < WB; w++)
                {
                    sums[r][w] = (vec)(0.0f);
                }
            }

            GLOBAL const stored* row = rows + (ulong)block * (ulong)(width * ROWS) + x * VEC;
            GLOBAL const float* value = queries + query + part;
            for (int d = 0; d < width; d++)
            {
                vec now[RV];
                UNROLL
                for (int r = 0; r < RV; r++)
                {
                    now[r] = load_rows(row + r * (LX * VEC));
                }

                UNROLL
                for (int w = 0; w < WB; w++)
                {
                    UNROLL
                    for (int r = 0; r < RV; r++)
                    {
                        sums[r][w] = multiply_add(now[r], value[w], sums[r][w]);
                    }
                }

                row += ROWS;
                value += padded;
            }

            UNROLL
            for (int r = 0; r < RV; r++)
            {
                const int place = (r * LX + x) * VEC;
#if TYPE == 2
                const vec scale = *(GLOBAL const vec*)(scales + block * ROWS + place);
#endif
                UNROLL
                for (int w = 0; w < WB; w++)
                {
                    const int q = part + w;
                    lanes some;
#if TYPE == 2
                    some.all = sums[r][w] * scale;
#else
                    some.all = sums[r][w];
#endif
                    float most = some.one[0];
                    UNROLL
                    for (int lane = 1; lane < VEC; lane++)
                    {
                        most = MAX(most, some.one[lane]);
                    }

                    // A NaN, of a row's sum that overflowed, may hide others of this vector; unit rows cannot overflow.
                    if (most > least[q])
                    {
                        LANE_LOOP
                        for (int lane = 0; lane < VEC; lane++)
                        {
                            OFFER(q, place + lane, some.one[lane], block * ROWS + place + lane)
                        }
                    }
                }
            }
        }

        lists_take(scores, ids, least, counts, offered, places, block * ROWS, k, item, LX * LY);
    }

    lists_write(scores, ids, partialScores, partialIds, GROUP_Y, query, count, k, item, LX * LY);
}
