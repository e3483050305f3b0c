// Similarity: for each query the k rows with the largest dot product. No B x N matrix: scores go from registers into
// one list a query in local memory, so what is written is k pairs a query and split. This is what all its kernels
// share; one of SimilarityVector.cl, SimilarityStreamed.cl and SimilarityTensor.cl is compiled behind it.
//
// Formula  score[b, n] = sum over d of query[b, d] * row[n, d], f32; the list orders by score, then by the lower n.
// Shapes   queries [B, D] f32 row-major; rows in blocks of 64, a block [D, 64] of f32, f16 or int8 with scales [N] f32
//          (RowBlocks.cs); categories [N] int or null; partial [S, B, k], found [2, B, k] scores f32, then ids.
//          S: splits of the rows, each a run of whole tiles; B, N, D, k, S are arguments, the tile is compiled in.
// Order    (1) similarity_queries: transposes to [D, Bpad], finds queries that are not finite; (2) similarity_f32 and
//          its kin, their _streamed ones, or similarity_mma: partial lists, of a group of queries and a split of the
//          rows each; (3) similarity_merge. Rows ascend within a split, so a score that only equals the k-th cannot
//          enter: its row is the higher one. The merge compares both, so ties are exact.
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
//          at a time, LY work-items, PASSES times one after another; TILE rows of a step, and ROOM for candidates of a
//          query in it; MERGE work-items of a merge, a power of 2; VEC and RV for the vector kernel.
#define ROWS 64
#define TB (WB * LY * PASSES)
#define SPLITS_MAX 1024
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
