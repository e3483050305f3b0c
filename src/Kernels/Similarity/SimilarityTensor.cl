// The tensor-core kernel of Similarity.cl, (2): f16 rows. Compiled with WB 32 or 64, LY and PASSES 1, TILE 128, ROOM
// 32: what finds no room is offered again, when the list's last score has risen. Only a list's first steps do that, and
// it saves local memory.
//
// mma.sync m16n8k16 with 16 rows, 8 queries and 16 values of D a step; a warp has 64 rows (one block) x 32 or 64
// queries: with 64 the rows are read half as often, and the cache that they come from the second time is not much
// faster than the memory. The rows of the next three steps are under way while one is multiplied, 6 KB a warp: each
// lane copies its own words to local memory ahead.
//
// The order of D within a dot product is free, and so is which row of the tile stands for which: a lane reads, at its
// four places of D, the 8 rows 8g .. 8g + 7 as 16 bytes, so a warp reads 2 KB in one piece, straight from the layout
// that the vector kernel reads. Two such words at d and d + 1 hold, crosswise, the pairs (d, d + 1) that the
// instruction wants of rows 2j and 2j + 1. So no ldmatrix, no exchange of operands, no second copy of the rows.
//
//          lane = 4g + t        slots of D: 2t, 2t+1, 2t+8, 2t+9  <-  d0 + 4t .. 4t + 3
//          tile m, row g / g+8  <-  row 8g + 2m / 8g + 2m + 1 of the block
//
// Where there is no such instruction the lanes exchange the same fragments through local memory: slow, for tests.

#define WARPS (TILE / ROWS)
#define MT 4
#define NT (WB / 8)
#define ITEMS (WARPS * 32)
#define AHEAD 4

#if HAS_MMA
#define MMA_LOOP UNROLL
#define MMA(c, a0, a1, a2, a3, b0, b1)                                                                                 \
    __asm__ volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "       \
                     "{%0,%1,%2,%3};"                                                                                  \
                     : "+f"((c)[0]), "+f"((c)[1]), "+f"((c)[2]), "+f"((c)[3])                                          \
                     : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1))
#else
#define MMA_LOOP ROLLED
#define MMA(c, a0, a1, a2, a3, b0, b1)                                                                                 \
    mma_emulated(left + warp * 128, right + warp * 64, c, a0, a1, a2, a3, b0, b1, lane)

// The tables of the PTX manual for .m16n8k16 with .f16 operands: which lane has what.
DEVICE void mma_emulated(LOCAL uint* left, LOCAL uint* right, float* c, uint a0, uint a1, uint a2, uint a3, uint b0,
                         uint b1, int lane)
{
    const int g = lane >> 2, t = lane & 3;
    left[g * 8 + t] = a0;
    left[(g + 8) * 8 + t] = a1;
    left[g * 8 + t + 4] = a2;
    left[(g + 8) * 8 + t + 4] = a3;
    right[g * 8 + t] = b0;
    right[g * 8 + t + 4] = b1;
    BARRIER_LOCAL;
    for (int i = 0; i < 4; i++)
    {
        const int row = g + (i >> 1) * 8, column = t * 2 + (i & 1);
        float sum = c[i];
        for (int d = 0; d < 16; d++)
        {
            sum = FMA(LOAD_HALF((LOCAL const half*)left, row * 16 + d),
                      LOAD_HALF((LOCAL const half*)right, column * 16 + d), sum);
        }

        c[i] = sum;
    }

    BARRIER_LOCAL;
}
#endif

// A lane's words of a step; a batch even where there is none. Past the end of D it is the last word again: the queries
// are filled up with 0 there.
#define COPY_STEP(step)                                                                                                \
    if ((step) < steps)                                                                                                \
    {                                                                                                                  \
        UNROLL                                                                                                         \
        for (int i = 0; i < 4; i++)                                                                                    \
        {                                                                                                              \
            COPY_AHEAD(ahead + (((step) & (AHEAD - 1)) * 4 + i) * ITEMS + item,                                        \
                       row + MIN((step) * 16 + t * 4 + i, width - 1) * 8);                                             \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    CLOSE_AHEAD;

// The transposed queries as f16, [Bpad, D up to a multiple of 16], filled up with 0. One group a query.
KERNEL GROUP(64, 1, 1) void similarity_queries_half(GLOBAL const float* transposed, int width, int padded,
                                                    GLOBAL half* halves)
{
    const int query = GROUP_X, stride = (width + 15) / 16 * 16;
    for (int d = LOCAL_X; d < stride; d += 64)
    {
        STORE_HALF(d < width ? transposed[d * padded + query] : 0.0f, halves, query * stride + d);
    }
}

KERNEL GROUP(ITEMS, 1, 1) void similarity_mma(GLOBAL const uint4* rows, GLOBAL const float* scales,
                                              GLOBAL const int* categories, GLOBAL const int* mask, int words,
                                              GLOBAL const uint2* queries, GLOBAL const int* bad, int count, int padded,
                                              int width, int first, int end, int tiles, int k,
                                              GLOBAL float* partialScores, GLOBAL int* partialIds)
{
    LOCAL float scores[TB * LIST];
    LOCAL int ids[TB * LIST];
    LOCAL float offered[TB * ROOM];
    LOCAL ushort places[TB * ROOM];
    LOCAL float least[TB];
    LOCAL int counts[TB];
#if !HAS_MMA
    LOCAL uint left[WARPS * 128];
    LOCAL uint right[WARPS * 64];
#endif
    LOCAL uint4 ahead[AHEAD * 4 * ITEMS];
    LOCAL int more[3]; // Whether some found no room: of this round, of the next, and one that is put back.
    const int item = LOCAL_X, lane = item & 31, warp = item >> 5, g = lane >> 2, t = lane & 3, query = GROUP_X * TB;
    const int steps = (width + 15) / 16;
    if (item < 3)
    {
        more[item] = 0;
    }

    int round = 0;
    lists_start(scores, ids, least, counts, bad, query, count, item, ITEMS);
    for (int tile = 0; tile < tiles; tile++)
    {
        const int start = first / ROWS * ROWS + (GROUP_Y * tiles + tile) * TILE;
        if (start >= end) // The same for the whole group.
        {
            break;
        }

        float sums[MT][NT][4];
        MMA_LOOP
        for (int m = 0; m < MT; m++)
        {
            MMA_LOOP
            for (int n = 0; n < NT; n++)
            {
                sums[m][n][0] = sums[m][n][1] = sums[m][n][2] = sums[m][n][3] = 0.0f;
            }
        }

        // The second warp may be past the last block: it reads the first one's, and its rows are never offered.
        const int block = start / ROWS + (start + warp * ROWS < end ? warp : 0);
        GLOBAL const uint4* row = rows + (ulong)block * (ulong)(width * 8) + g;
        // A step is copied to where the one before this was, which has been read.
        for (int step = 0; step < AHEAD - 1; step++)
        {
            COPY_STEP(step)
        }

        for (int step = 0; step < steps; step++)
        {
            COPY_STEP(step + AHEAD - 1)
            WAIT_AHEAD(AHEAD - 1);
            uint words4[4][4];
            MMA_LOOP
            for (int i = 0; i < 4; i++)
            {
                const uint4 word = ahead[((step & (AHEAD - 1)) * 4 + i) * ITEMS + item];
                words4[i][0] = word.x;
                words4[i][1] = word.y;
                words4[i][2] = word.z;
                words4[i][3] = word.w;
            }

            uint2 values[NT];
            MMA_LOOP
            for (int n = 0; n < NT; n++)
            {
                values[n] = queries[(query + n * 8 + g) * (steps * 4) + step * 4 + t];
            }

            MMA_LOOP
            for (int m = 0; m < MT; m++)
            {
                const uint a0 = (words4[0][m] & 0xffff) | (words4[1][m] << 16);
                const uint a1 = (words4[0][m] >> 16) | (words4[1][m] & 0xffff0000);
                const uint a2 = (words4[2][m] & 0xffff) | (words4[3][m] << 16);
                const uint a3 = (words4[2][m] >> 16) | (words4[3][m] & 0xffff0000);
                MMA_LOOP
                for (int n = 0; n < NT; n++)
                {
                    MMA(sums[m][n], a0, a1, a2, a3, values[n].x, values[n].y);
                }
            }
        }

        // A sum that has found room becomes one that is never offered. One that found none may equal the list's last by
        // then and still go before it, as its row may be the lower one. A flag is put back a round after it was read
        // and a round before it is needed, so a barrier stands between each two of these.
        int again = 0;
        do
        {
            MMA_LOOP
            for (int n = 0; n < NT; n++)
            {
                MMA_LOOP
                for (int odd = 0; odd < 2; odd++)
                {
                    const int q = n * 8 + t * 2 + odd;
                    const float bar = least[q];
                    MMA_LOOP
                    for (int i = 0; i < MT * 2; i++)
                    {
                        const float score = sums[i >> 1][n][(i & 1) * 2 + odd];
                        const int place = warp * ROWS + g * 8 + i;
                        if ((score > bar || (again && score == bar))
                            && may_be_found(start + place, first, end, categories, mask, words))
                        {
                            const int slot = ATOMIC_ADD(&counts[q], 1);
                            if (slot < ROOM)
                            {
                                offered[q * ROOM + slot] = score;
                                places[q * ROOM + slot] = (ushort)place;
                                sums[i >> 1][n][(i & 1) * 2 + odd] = NAN;
                            }
                            else
                            {
                                ATOMIC_OR(&more[round], 1);
                            }
                        }
                    }
                }
            }

            lists_take(scores, ids, least, counts, offered, places, start, k, item, ITEMS);
            again = more[round];
            round = round == 2 ? 0 : round + 1;
            if (item == 0)
            {
                more[round == 2 ? 0 : round + 1] = 0;
            }
        }
        while (again);
    }

    lists_write(scores, ids, partialScores, partialIds, GROUP_Y, query, count, k, item, ITEMS);
}
