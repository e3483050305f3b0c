// The streamed kernel of Similarity.cl, (2): few queries on a GPU. Compiled with WB 1 or a multiple of 4, LY and PASSES
// 1, TILE and ROOM 64.
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
