// Similarity: for each query the k rows with the largest dot product. No B x N matrix: scores go from registers into
// one list a query in local memory, so what is written is k pairs a query and split.
//
// Formula  score[b, n] = sum over d of query[b, d] * row[n, d], f32; the list orders by score, then by the lower n.
// Shapes   queries [B, D] f32 row-major; rows in blocks of 64, a block [D, 64] of f32, f16 or int8 with scales [N] f32
//          (RowBlocks.cs); categories [N] int or null; partial [S, B, k], found [2, B, k] scores f32, then ids.
//          S: splits of the rows, each a run of whole tiles; B, N, D, k, S are arguments, the tile is compiled in.
// Order    (1) similarity_queries: transposes to [D, Bpad], finds queries that are not finite; (2) similarity_f32 and
//          its kin, their _streamed ones, or similarity_mma: partial lists; (3) similarity_merge. Rows ascend within a
//          split, so a score that only equals the k-th cannot enter: its row is the higher one. The merge compares
//          both, so ties are exact.
// Traffic  each value of a row is read ceil(B / TB) times, from the second time on mostly from a cache, as groups of
//          one split run side by side (x is the query tile); TB: queries a group. Queries come from the caches.
// Work     2 * B * N * D flop. H200, f16, by arithmetic: memory-bound up to B of about 128 with mma.sync.
// Roof     B = 1: N * D * bytes / bandwidth. B large: 2 * B * N * D / flop rate.
// Measured PoCL 3.1, 2 vCPU EPYC with AVX-512, shared: time of a core. N = 100 000, D = 512, k = 10. f32:
//          B = 1 5.9 ms, B = 32 21 ms (156 GF/s), B = 256 139 ms (188 GF/s); f16 2.4, 20, 137; int8 1.4, 19, 132 ms.
//          On an H200 nothing is measured; ptxas for sm_90: no spills, registers of a work-item and KB of local memory:
//          f16 streamed 44 and 21 (WB 1), 110 and 39 (WB 8); mma 148 and 26 (WB 32), 240 and 37 (WB 64).
// Local    at most 40 KB.
// Ladder   1 SimilarityReference (double, the truth); 2 vector and streamed; 3 similarity_mma. Tried and lost on PoCL:
//          rows one after another through a tile in local memory, 4 to 9 times as slow; LY above 1, 3 times.
// Error    vector kernel: (D + 1) * 2^-24 * sum|query * row| over the stored rows. similarity_mma first rounds queries
//          to f16 and is held to twice that against the rounded queries: tensor cores may truncate when they add.
//
// Compiled with TYPE 0 f32, 1 f16, 2 int8; LIST most neighbours; TB = WB * LY * PASSES queries a group: WB a work-item
//          at a time, LY work-items, PASSES times one after another; VEC * RV rows a work-item (VEC 16 suits a
//          processor, 2 a GPU); MERGE work-items of a merge, a power of 2; KIND 0 the vector kernel, 1 similarity_mma
//          (WB 32 or 64), 2 the streamed one (WB 1 or a multiple of 4), both with LY and PASSES 1.
#define ROWS 64
#define TB (WB * LY * PASSES)
#define SPLITS_MAX 1024
#define VECTOR 0
#define TENSOR 1
#define STREAMED 2

// Rows of a step, and room for candidates of a query in it. Where that is less than the rows, what finds no room is
// offered again, when the list's last score has risen: only a list's first steps do that, and it saves local memory.
#if KIND == TENSOR
#define WARPS 2
#define TILE (ROWS * WARPS)
#define ROOM 32
#else
#define TILE ROWS
#define ROOM TILE
#endif

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
                       LOCAL const float* offered, LOCAL const ushort* places, int row, int k, int item, int items)
{
    BARRIER_LOCAL;
    for (int q = item; q < TB; q += items)
    {
        int count = MIN(counts[q], ROOM);
        for (int i = 0; i < count; i++)
        {
            list_insert(scores + q * LIST, ids + q * LIST, k, offered[q * ROOM + i], row + places[q * ROOM + i]);
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

// There is room for every row of the tile.
#define OFFER(q, place, score, row)                                                                                    \
    if ((score) > least[q] && may_be_found(row, first, end, categories, mask, words))                                  \
    {                                                                                                                  \
        int slot = ATOMIC_ADD(&counts[q], 1);                                                                          \
        offered[(q) * ROOM + slot] = (score);                                                                          \
        places[(q) * ROOM + slot] = (ushort)(place);                                                                   \
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

// One group a query. Each work-item looks after some of the lists, whose heads are in local memory, and offers the best
// of them; k times the best of all offers is taken, and only its owner looks anew. One copy brings scores and ids.
KERNEL GROUP(MERGE, 1, 1) void similarity_merge(GLOBAL const float* partialScores, GLOBAL const int* partialIds,
                                                GLOBAL const int* bad, int splits, int queries, int k,
                                                GLOBAL int* found)
{
    LOCAL int heads[SPLITS_MAX];
    LOCAL float headScores[SPLITS_MAX];
    LOCAL int headIds[SPLITS_MAX];
    LOCAL float scores[MERGE];
    LOCAL int ids[MERGE];
    LOCAL int lists[MERGE];
    const int query = GROUP_X, item = LOCAL_X;
    const int isBad = bad[query];
    for (int s = item; s < splits; s += MERGE)
    {
        const int at = (s * queries + query) * k;
        heads[s] = 0;
        headScores[s] = partialScores[at];
        headIds[s] = partialIds[at];
    }

    float score = -INFINITY;
    int id = -1, list = -1, stale = 1;
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
                if (is_better(headScores[s], headIds[s], score, id))
                {
                    score = headScores[s];
                    id = headIds[s];
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
            found[query * k + place] = AS_INT(isBad ? NAN : scores[0]);
            found[(queries + query) * k + place] = isBad ? -1 : ids[0];
        }

        if (list >= 0 && lists[0] == list)
        {
            const int head = ++heads[list], at = (list * queries + query) * k + head;
            headScores[list] = head < k ? partialScores[at] : -INFINITY;
            headIds[list] = head < k ? partialIds[at] : -1;
            stale = 1;
        }

        BARRIER_LOCAL;
    }
}

#if KIND != TENSOR

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

#endif
#if KIND == VECTOR

// ---- (2) vector kernel ---------------------------------------------------------------------------------------------

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

#elif KIND == STREAMED

// ---- (2) few queries on a GPU --------------------------------------------------------------------------------------
//
// Bound by memory, so what counts is how much is asked for at a time: bandwidth times latency, by arithmetic 20 to 25
// KB for each multiprocessor of an H200. (The vector kernel with a row or two a work-item asked for 2 KB.) A work-item
// reads 16 bytes, which are PART rows at one place of D; LX of them are a line of D; the group reads SLICES lines at a
// time. Copies to local memory, for each work-item its own, keep the next AHEAD - 1 strides under way: 112 bytes a
// work-item, 14 KB a group. (Loads into registers, however they were written, ptxas 11.8 moved to their use.) What the
// slices have summed is added in local memory at the end of each block, AT_ONCE queries at a time.

#define ITEMS 128
#if TYPE == 0
#define PART 4
#elif TYPE == 1
#define PART 8
#else
#define PART 16
#endif
#define LX (ROWS / PART)
#define SLICES (ITEMS / LX)
#define AT_ONCE MIN(WB, 4096 / (SLICES * ROWS))
#define AHEAD 8

// One of a work-item's rows, out of the 16 bytes.
DEVICE float part_of(const uint* words, int i)
{
#if TYPE == 0
    return AS_FLOAT(words[i]);
#elif TYPE == 1
    return LOAD_HALF((const half*)words, i);
#else
    return TO_FLOAT(((const char*)words)[i]);
#endif
}

// 16 bytes of rows times the queries at the same place of D.
#define MULTIPLY(word, asked)                                                                                          \
    {                                                                                                                  \
        const uint4 all4 = (word);                                                                                     \
        const uint one[4] = {all4.x, all4.y, all4.z, all4.w};                                                          \
        float value[WB];                                                                                               \
        LOAD_QUERIES(value, asked)                                                                                     \
        UNROLL                                                                                                         \
        for (int i = 0; i < PART; i++)                                                                                 \
        {                                                                                                              \
            const float part = part_of(one, i);                                                                        \
            UNROLL                                                                                                     \
            for (int w = 0; w < WB; w++)                                                                               \
            {                                                                                                          \
                sums[w][i] = FMA(part, value[w], sums[w][i]);                                                          \
            }                                                                                                          \
        }                                                                                                              \
    }
#if WB == 1
#define LOAD_QUERIES(value, asked) value[0] = (asked)[0];
#else
#define LOAD_QUERIES(value, asked)                                                                                     \
    UNROLL                                                                                                             \
    for (int w = 0; w < WB; w += 4)                                                                                    \
    {                                                                                                                  \
        const float4 four = *(GLOBAL const float4*)((asked) + w);                                                      \
        value[w] = four.x;                                                                                             \
        value[w + 1] = four.y;                                                                                         \
        value[w + 2] = four.z;                                                                                         \
        value[w + 3] = four.w;                                                                                         \
    }
#endif

// The work-item's 16 bytes at a place of D; a batch even where there is none, as batches are counted.
#define COPY_STRIDE(d, slot)                                                                                           \
    if ((d) < width)                                                                                                   \
    {                                                                                                                  \
        COPY_AHEAD(ahead + (slot) * ITEMS + item, row + (d) * LX);                                                     \
    }                                                                                                                  \
                                                                                                                       \
    CLOSE_AHEAD;

KERNEL GROUP(ITEMS, 1, 1) void JOIN(ENTRY, _streamed)(GLOBAL const uint4* rows, GLOBAL const float* scales,
                                                      GLOBAL const int* categories, GLOBAL const int* mask, int words,
                                                      GLOBAL const float* queries, GLOBAL const int* bad, int count,
                                                      int padded, int width, int first, int end, int tiles, int k,
                                                      GLOBAL float* partialScores, GLOBAL int* partialIds)
{
    LOCAL float scores[TB * LIST];
    LOCAL int ids[TB * LIST];
    LOCAL float offered[TB * ROOM];
    LOCAL ushort places[TB * ROOM];
    LOCAL float least[TB];
    LOCAL int counts[TB];
    LOCAL float4 parts[AT_ONCE * SLICES * ROWS / 4];
    LOCAL uint4 ahead[AHEAD * ITEMS];
    const int item = LOCAL_X, x = item & (LX - 1), slice = item / LX, query = GROUP_X * TB;
    lists_start(scores, ids, least, counts, bad, query, count, item, ITEMS);
    for (int t = 0; t < tiles; t++)
    {
        const int block = first / ROWS + GROUP_Y * tiles + t;
        if (block * ROWS >= end) // The same for the whole group.
        {
            break;
        }

        float sums[WB][PART];
        UNROLL
        for (int w = 0; w < WB; w++)
        {
            UNROLL
            for (int i = 0; i < PART; i++)
            {
                sums[w][i] = 0.0f;
            }
        }

        // A stride is copied to where the one before this was, which has been read.
        GLOBAL const uint4* row = rows + (ulong)block * (ulong)(width * LX) + x;
        for (int a = 0; a < AHEAD - 1; a++)
        {
            COPY_STRIDE(slice + a * SLICES, a)
        }

        for (int stride = 0; stride * SLICES < width; stride++)
        {
            const int d = slice + stride * SLICES;
            COPY_STRIDE(d + (AHEAD - 1) * SLICES, (stride + AHEAD - 1) & (AHEAD - 1))
            WAIT_AHEAD(AHEAD - 1);
            if (d < width)
            {
                MULTIPLY(ahead[(stride & (AHEAD - 1)) * ITEMS + item], queries + d * padded + query)
            }
        }

        UNROLL
        for (int w = 0; w < WB; w += AT_ONCE)
        {
            UNROLL
            for (int q = 0; q < AT_ONCE; q++)
            {
                UNROLL
                for (int i = 0; i < PART; i += 4)
                {
                    parts[((q * SLICES + slice) * ROWS + x * PART + i) / 4] =
                        (float4)(sums[w + q][i], sums[w + q][i + 1], sums[w + q][i + 2], sums[w + q][i + 3]);
                }
            }

            BARRIER_LOCAL;
            for (int at = item; at < AT_ONCE * ROWS; at += ITEMS)
            {
                const int q = at / ROWS, place = at - q * ROWS;
                LOCAL const float* part = (LOCAL const float*)parts + q * (SLICES * ROWS) + place;
                float sum = part[0];
                for (int i = 1; i < SLICES; i++)
                {
                    sum += part[i * ROWS];
                }

#if TYPE == 2
                sum *= scales[block * ROWS + place];
#endif
                OFFER(w + q, place, sum, block * ROWS + place)
            }

            BARRIER_LOCAL;
        }

        lists_take(scores, ids, least, counts, offered, places, block * ROWS, k, item, ITEMS);
    }

    lists_write(scores, ids, partialScores, partialIds, GROUP_Y, query, count, k, item, ITEMS);
}

#else

// ---- (2) tensor cores ----------------------------------------------------------------------------------------------
//
// mma.sync m16n8k16 with 16 rows, 8 queries and 16 values of D a step; a warp has 64 rows (one block) x 32 or 64
// queries: with 64 the rows are read half as often, and the cache that they come from the second time is not much faster
// than the memory. The rows of the next three steps are under way while one is multiplied, 6 KB a warp: each lane
// copies its own words to local memory ahead.
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

#endif
