// Similarity: for each query the k rows with the largest dot product. No B x N matrix: scores go from registers into
// one list a query in local memory, so what is written is k pairs a query and split.
//
// Formula  score[b, n] = sum over d of query[b, d] * row[n, d], f32; the list orders by score, then by the lower n.
// Shapes   queries [B, D] f32 row-major; rows in blocks of 64, a block [D, 64] of f32, f16 or int8 with scales [N] f32
//          (RowBlocks.cs); categories [N] int or null; partial [S, B, k], found [B, k] scores f32 and ids int.
//          S: splits of the rows, each a run of whole tiles; B, N, D, k, S are arguments, the tile is compiled in.
// Order    (1) similarity_queries: transposes to [D, Bpad], finds queries that are not finite; (2) similarity_f32 and
//          its kin, or similarity_mma: partial lists; (3) similarity_merge. Rows ascend within a split, so a score that
//          only equals the k-th cannot enter: its row is the higher one. The merge compares both, so ties are exact.
// Traffic  each value of a row is read ceil(B / TB) times, from the second time on mostly from a cache, as groups of
//          one split run side by side (x is the query tile); TB: queries a group. Queries come from the caches.
// Work     2 * B * N * D flop. H200, f16, by arithmetic: memory-bound up to B of about 128 with mma.sync.
// Roof     B = 1: N * D * bytes / bandwidth. B large: 2 * B * N * D / flop rate.
// Measured PoCL 3.1, 2 vCPU EPYC with AVX-512, shared: time of a core. N = 100 000, D = 512, k = 10. f32:
//          B = 1 5.9 ms, B = 32 21 ms (156 GF/s), B = 256 139 ms (188 GF/s); f16 2.4, 20, 137; int8 1.4, 19, 132 ms.
//          On a GPU: not measured yet.
// Local    at most 29 KB; similarity_mma 41 KB (LIST 64) or 29 KB (LIST 16).
// Ladder   1 SimilarityReference (double, the truth); 2 the vector kernel; 3 similarity_mma. Tried and lost on PoCL:
//          rows one after another through a tile in local memory, 4 to 9 times as slow; LY above 1, 3 times.
// Error    vector kernel: (D + 1) * 2^-24 * sum|query * row| over the stored rows. similarity_mma first rounds queries
//          to f16 and is held to twice that against the rounded queries: tensor cores may truncate when they add.
//
// Compiled with TYPE 0 f32, 1 f16, 2 int8; LIST most neighbours; TB = WB * LY * PASSES queries a group: WB a work-item
//          at a time, LY work-items, PASSES times one after another; VEC * RV rows a work-item (VEC 16 suits a
//          processor, 1 or 2 a GPU); MERGE work-items of a merge, a power of 2; TENSOR 1 for similarity_mma instead.
#define ROWS 64
#define TB (WB * LY * PASSES)
#define SPLITS_MAX 1024

// ---- lists: one a query, sorted, the best first --------------------------------------------------------------------

DEVICE void list_insert(LOCAL float* scores, LOCAL int* ids, int k, float score, int id)
{
    int place = k - 1;
    if (score < scores[place] || (score == scores[place] && id > ids[place] && ids[place] >= 0))
    {
        return;
    }

    while (place > 0 && (scores[place - 1] < score || (scores[place - 1] == score && ids[place - 1] > id)))
    {
        scores[place] = scores[place - 1];
        ids[place] = ids[place - 1];
        place--;
    }

    scores[place] = score;
    ids[place] = id;
}

// Nothing is above the threshold of a query that is not there or not finite.
DEVICE void lists_start(LOCAL float* scores, LOCAL int* ids, LOCAL float* least, LOCAL int* counts,
                        GLOBAL const int* bad, int query, int queries, int item, int items)
{
    for (int i = item; i < TB * LIST; i += items)
    {
        scores[i] = -INFINITY;
        ids[i] = -1;
    }

    for (int q = item; q < TB; q += items)
    {
        least[q] = query + q < queries && bad[query + q] == 0 ? -INFINITY : INFINITY;
        counts[q] = 0;
    }

    BARRIER_LOCAL;
}

// Takes a tile's candidates into the lists, one work-item a query.
DEVICE void lists_take(LOCAL float* scores, LOCAL int* ids, LOCAL float* least, LOCAL int* counts,
                       LOCAL const float* offered, LOCAL const ushort* places, int room, int row, int k, int item,
                       int items)
{
    BARRIER_LOCAL;
    for (int q = item; q < TB; q += items)
    {
        int count = counts[q];
        for (int i = 0; i < count; i++)
        {
            list_insert(scores + q * LIST, ids + q * LIST, k, offered[q * room + i], row + places[q * room + i]);
        }

        if (count > 0)
        {
            least[q] = scores[q * LIST + k - 1];
            counts[q] = 0;
        }
    }

    BARRIER_LOCAL;
}

DEVICE void lists_write(LOCAL const float* scores, LOCAL const int* ids, GLOBAL float* partialScores,
                        GLOBAL int* partialIds, int split, int query, int queries, int k, int item, int items)
{
    for (int i = item; i < TB * k; i += items)
    {
        int q = i / k, place = i % k;
        if (query + q < queries)
        {
            int at = (split * queries + query + q) * k + place;
            partialScores[at] = scores[q * LIST + place];
            partialIds[at] = ids[q * LIST + place];
        }
    }
}

DEVICE int may_be_found(int row, int first, int end, GLOBAL const int* categories, GLOBAL const int* mask, int words)
{
    if (row < first || row >= end)
    {
        return 0;
    }

    if (words == 0)
    {
        return 1;
    }

    int category = categories[row];
    return category >= 0 && (category >> 5) < words && ((mask[category >> 5] >> (category & 31)) & 1);
}

#define OFFER(q, place, score, row)                                                                                    \
    if ((score) > least[q] && may_be_found(row, first, end, categories, mask, words))                                  \
    {                                                                                                                  \
        int slot = ATOMIC_ADD(&counts[q], 1);                                                                          \
        offered[(q) * TILE + slot] = (score);                                                                          \
        places[(q) * TILE + slot] = (ushort)(place);                                                                   \
    }

// ---- (1) queries ---------------------------------------------------------------------------------------------------

// One group a query, those that fill up the last tile included: they become 0.
KERNEL GROUP(64, 1, 1) void similarity_queries(GLOBAL const float* queries, int count, int width, int padded,
                                               GLOBAL float* transposed, GLOBAL int* bad)
{
    LOCAL int found[1];
    const int query = GROUP_X, item = LOCAL_X;
    if (item == 0)
    {
        found[0] = 0;
    }

    BARRIER_LOCAL;
    int mine = 0;
    for (int d = item; d < width; d += 64)
    {
        float value = query < count ? queries[query * width + d] : 0.0f;
        mine |= !IS_FINITE(value);
        transposed[d * padded + query] = value;
    }

    if (mine)
    {
        ATOMIC_OR(&found[0], 1);
    }

    BARRIER_LOCAL;
    if (item == 0)
    {
        bad[query] = found[0];
    }
}

// ---- (3) merge -----------------------------------------------------------------------------------------------------

DEVICE int is_better(float score, int id, float other, int otherId)
{
    return id >= 0 && (otherId < 0 || score > other || (score == other && id < otherId));
}

// One group a query. Each work-item looks after some of the lists and offers the best of their heads; k times the best
// of all offers is taken, and only its owner looks anew.
KERNEL GROUP(MERGE, 1, 1) void similarity_merge(GLOBAL const float* partialScores, GLOBAL const int* partialIds,
                                                GLOBAL const int* bad, int splits, int queries, int k,
                                                GLOBAL float* foundScores, GLOBAL int* foundIds)
{
    LOCAL int heads[SPLITS_MAX];
    LOCAL float scores[MERGE];
    LOCAL int ids[MERGE];
    LOCAL int lists[MERGE];
    const int query = GROUP_X, item = LOCAL_X;
    const int isBad = bad[query];
    float score = -INFINITY;
    int id = -1, list = -1, stale = 1;
    for (int s = item; s < splits; s += MERGE)
    {
        heads[s] = 0;
    }

    for (int place = 0; place < k; place++)
    {
        if (stale)
        {
            score = -INFINITY;
            id = -1;
            list = -1;
            stale = 0;
            for (int s = item; s < splits; s += MERGE)
            {
                int at = (s * queries + query) * k + heads[s];
                if (heads[s] < k && is_better(partialScores[at], partialIds[at], score, id))
                {
                    score = partialScores[at];
                    id = partialIds[at];
                    list = s;
                }
            }
        }

        scores[item] = score;
        ids[item] = id;
        lists[item] = list;
        BARRIER_LOCAL;
        for (int step = MERGE / 2; step > 0; step /= 2)
        {
            if (item < step && is_better(scores[item + step], ids[item + step], scores[item], ids[item]))
            {
                scores[item] = scores[item + step];
                ids[item] = ids[item + step];
                lists[item] = lists[item + step];
            }

            BARRIER_LOCAL;
        }

        if (item == 0)
        {
            foundScores[query * k + place] = isBad ? NAN : scores[0];
            foundIds[query * k + place] = isBad ? -1 : ids[0];
        }

        if (list >= 0 && lists[0] == list)
        {
            heads[list]++;
            stale = 1;
        }

        BARRIER_LOCAL;
    }
}

#if !TENSOR

// ---- (2) vector kernel ---------------------------------------------------------------------------------------------

#define TILE ROWS
#define LX (ROWS / (VEC * RV))
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#if TYPE == 0
typedef float stored;
#define ENTRY similarity_f32
#elif TYPE == 1
typedef half stored;
#define ENTRY similarity_f16
#else
typedef char stored;
#define ENTRY similarity_i8
#endif

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
    LOCAL float offered[TB * TILE];
    LOCAL ushort places[TB * TILE];
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

        lists_take(scores, ids, least, counts, offered, places, TILE, block * ROWS, k, item, LX * LY);
    }

    lists_write(scores, ids, partialScores, partialIds, GROUP_Y, query, count, k, item, LX * LY);
}

#else

// ---- (2) tensor cores ----------------------------------------------------------------------------------------------
//
// mma.sync m16n8k16 with 16 rows, 8 queries and 16 values of D a step; a warp has 64 rows (one block) x 32 queries.
//
// The order of D within a dot product is free, and so is which row of the tile stands for which: a lane reads, at its
// four places of D, the 8 rows 8g .. 8g + 7 as 16 bytes, so a warp reads 2 KB in one piece, straight from the layout
// that the vector kernel reads. Two such words at d and d + 1 hold, crosswise, the pairs (d, d + 1) that the
// instruction wants of rows 2j and 2j + 1. So no ldmatrix, no operands in local memory, no second copy of the rows.
//
//          lane = 4g + t        slots of D: 2t, 2t+1, 2t+8, 2t+9  <-  d0 + 4t .. 4t + 3
//          tile m, row g / g+8  <-  row 8g + 2m / 8g + 2m + 1 of the block
//
// Where there is no such instruction the lanes exchange the same fragments through local memory: slow, for tests.

#define WARPS 2
#define TILE (ROWS * WARPS)
#define MT 4
#define NT 4
#define ITEMS (WARPS * 32)

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
    LOCAL float offered[TB * TILE];
    LOCAL ushort places[TB * TILE];
    LOCAL float least[TB];
    LOCAL int counts[TB];
#if !HAS_MMA
    LOCAL uint left[WARPS * 128];
    LOCAL uint right[WARPS * 64];
#endif
    const int item = LOCAL_X, lane = item & 31, warp = item >> 5, g = lane >> 2, t = lane & 3, query = GROUP_X * TB;
    const int steps = (width + 15) / 16;
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
        for (int step = 0; step < steps; step++)
        {
            uint words4[4][4];
            MMA_LOOP
            for (int i = 0; i < 4; i++)
            {
                const int d = step * 16 + t * 4 + i;
                const uint4 word = d < width ? row[d * 8] : (uint4)(0);
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

        MMA_LOOP
        for (int m = 0; m < MT; m++)
        {
            MMA_LOOP
            for (int n = 0; n < NT; n++)
            {
                MMA_LOOP
                for (int i = 0; i < 4; i++)
                {
                    const int place = warp * ROWS + g * 8 + m * 2 + (i >> 1), q = n * 8 + t * 2 + (i & 1);
                    OFFER(q, place, sums[m][n][i], start + place)
                }
            }
        }

        lists_take(scores, ids, least, counts, offered, places, TILE, start, k, item, ITEMS);
    }

    lists_write(scores, ids, partialScores, partialIds, GROUP_Y, query, count, k, item, ITEMS);
}

#endif
