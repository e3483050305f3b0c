// MaskChain: a batch of logits to measured, packed masks; the steps of CpuMaskChain as launches, its formula and bits.
//
// Shapes   logits [P, h, w] f32; bits [P, H, words] u32, words = ceil(W / 32), lowest bit leftmost; state [P, 8] i32;
//          labels, areas [P, H, words, 16] i32, of which only the places of segments are ever touched; records [P, 12].
//          A work-item has one word, but in mask_check and mask_measure; GROUP_Y is the picture.
// Defined  GROUP_ITEMS, work-items of a group, from outside.
// Segment  a stretch of set pixels within a word. Its place is word * 16 + (first bit >> 1): two segments of a word are
//          never that near, and places ascend as the pixels do, so the smallest place of a part is its first pixel's.
// Parts    union-find over segments, towards the smaller place. A label is read by an atomic while others may write it,
//          so there is no race; which order the joins come in changes nothing in the end.
// Traffic  per picture: 4*h*w B of logits twice, H*W/8 B of bits some 12 times, 8 B a segment 4 times.
// Work     6 flop and 4 reads of cached logits a pixel; 20 operations a word and step; the disc of r: 5 r reads a word.
// Roof     on a GPU the launches (about 12, and r for the disc), on a processor mask_cut: 4 gathers a pixel.
// Measured not yet: right on PoCL, not timed, and run on no GPU.
// Error    none against the reference: FMA rounds once, everything else is whole numbers.
#pragma OPENCL FP_CONTRACT OFF

#define STATE 8          // ints of state a picture
#define FAULTS 0
#define COMPONENTS 1
#define BEST_AREA 2
#define BEST_PLACE 3
#define HOLES 4
#define PLACES 16        // places of a word
#define SUMS 9           // values that mask_measure reduces
#define RECORD 12        // ints of a MaskRecord

DEVICE int count_bits(uint v)
{
    v = v - ((v >> 1) & 0x55555555u);
    v = (v & 0x33333333u) + ((v >> 2) & 0x33333333u);
    return (int)((((v + (v >> 4)) & 0x0f0f0f0fu) * 0x01010101u) >> 24);
}

DEVICE int lowest_bit(uint v) { return count_bits((v & (0u - v)) - 1u); }

// Bits up to the highest that is set: 0 for 0.
DEVICE int bit_length(uint v)
{
    v |= v >> 1;
    v |= v >> 2;
    v |= v >> 4;
    v |= v >> 8;
    v |= v >> 16;
    return count_bits(v);
}

// The pixels of a word, or those that are not set (flip), without the bits beyond the last column.
DEVICE uint pixels(GLOBAL const uint* bits, int at, int column, int words, uint flip, uint last)
{
    uint word = bits[at] ^ flip;
    return column == words - 1 ? word & last : word;
}

// The segment that starts at a bit.
DEVICE uint segment_from(uint word, int bit)
{
    uint above = word & ~((1u << bit) - 1u);
    return above & ~(above + (1u << bit));
}

// The place of the segment that holds a bit.
DEVICE int place_of(int at, uint word, int bit)
{
    int start = bit_length(~word & ((1u << bit) - 1u));
    return (at * PLACES) + (start >> 1);
}

DEVICE int root(GLOBAL int* labels, int place)
{
    int parent = ATOMIC_LOAD(&labels[place]);
    while (parent != place)
    {
        place = parent;
        parent = ATOMIC_LOAD(&labels[place]);
    }

    return place;
}

DEVICE void unite(GLOBAL int* labels, int a, int b)
{
    while (true)
    {
        a = root(labels, a);
        b = root(labels, b);
        if (a == b)
        {
            return;
        }

        int high = MAX(a, b);
        int low = MIN(a, b);
        int before = ATOMIC_MIN(&labels[high], low);
        if (before == high)
        {
            return;
        }

        a = before; // Somebody joined it meanwhile: what it was joined to remains to be joined.
        b = low;
    }
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_begin(GLOBAL int* state, int count)
{
    if (GLOBAL_X < count)
    {
        state[GLOBAL_X] = GLOBAL_X % STATE == BEST_PLACE ? 0x7fffffff : 0;
    }
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_check(GLOBAL const float* logits, int count, GLOBAL int* state)
{
    int bad = 0;
    for (int i = GLOBAL_X; i < count; i += SIZE_X * GROUPS_X)
    {
        bad |= !IS_FINITE(logits[GROUP_Y * count + i]);
    }

    if (bad)
    {
        ATOMIC_OR(&state[GROUP_Y * STATE + FAULTS], 1);
    }
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_cut(
    GLOBAL const float* logits, int width, int height, GLOBAL const int* lefts, GLOBAL const float* rightWeights,
    GLOBAL const int* tops, GLOBAL const float* lowerWeights, float threshold, int invert, int targetWidth, int words,
    int plane, GLOBAL const int* state, GLOBAL uint* bits)
{
    int at = GLOBAL_X;
    if (at >= plane)
    {
        return;
    }

    uint word = 0;
    if (state[GROUP_Y * STATE + FAULTS] == 0)
    {
        int y = at / words;
        int begin = (at - y * words) * 32;
        int count = MIN(32, targetWidth - begin);
        float down = lowerWeights[y];
        GLOBAL const float* upper = logits + (GROUP_Y * height + tops[y]) * width;
        GLOBAL const float* lower = logits + (GROUP_Y * height + MIN(tops[y] + 1, height - 1)) * width;
        for (int i = 0; i < count; i++)
        {
            int left = lefts[begin + i];
            int right = MIN(left + 1, width - 1);
            float across = rightWeights[begin + i];
            float above = FMA(across, upper[right] - upper[left], upper[left]);
            float below = FMA(across, lower[right] - lower[left], lower[left]);
            int set = FMA(down, below - above, above) > threshold;
            word |= (uint)(set != invert) << i;
        }
    }

    bits[GROUP_Y * plane + at] = word;
}

// What spreads: the pixels to dilate, the others to erode (flip).
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_spread_begin(
    GLOBAL const uint* bits, int flip, int last, int words, int plane, GLOBAL uint* from, GLOBAL uint* reached)
{
    if (GLOBAL_X < plane)
    {
        int at = GROUP_Y * plane + GLOBAL_X;
        from[at] = pixels(bits, at, GLOBAL_X % words, words, (uint)flip, (uint)last);
        reached[at] = 0;
    }
}

// `from` is so many pixels wider than at first as the disc is at the rows firstDy to lastDy from its middle.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_spread(
    GLOBAL const uint* from, GLOBAL uint* to, GLOBAL uint* reached, int words, int height, int firstDy, int lastDy)
{
    int y = GLOBAL_X / words;
    if (y >= height)
    {
        return;
    }

    int column = GLOBAL_X - y * words;
    int at = GROUP_Y * words * height + GLOBAL_X;
    uint over = reached[at];
    for (int dy = firstDy; dy <= lastDy; dy++)
    {
        over |= y >= dy ? from[at - dy * words] : 0;
        over |= y + dy < height ? from[at + dy * words] : 0;
    }

    reached[at] = over;
    uint word = from[at];
    uint left = column > 0 ? from[at - 1] >> 31 : 0;
    uint right = column < words - 1 ? from[at + 1] << 31 : 0;
    to[at] = word | (word << 1) | (word >> 1) | left | right;
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_spread_end(
    GLOBAL const uint* reached, int erode, int last, int words, int plane, GLOBAL uint* bits)
{
    if (GLOBAL_X < plane)
    {
        int at = GROUP_Y * plane + GLOBAL_X;
        uint word = erode ? bits[at] & ~reached[at] : reached[at];
        bits[at] = GLOBAL_X % words == words - 1 ? word & (uint)last : word;
    }
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_label(
    GLOBAL const uint* bits, int flip, int last, int words, int plane, GLOBAL int* labels, GLOBAL int* areas)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = pixels(bits, at, GLOBAL_X % words, words, (uint)flip, (uint)last);
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int place = at * PLACES + (lowest_bit(starts) >> 1);
        labels[place] = place;
        areas[place] = 0;
    }
}

// Joins each segment with the one that it goes on from in the word before, and those that it meets in the row above.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_join(
    GLOBAL const uint* bits, int flip, int last, int words, int plane, int diagonal, GLOBAL int* labels)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    int column = GLOBAL_X % words;
    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = pixels(bits, at, column, words, (uint)flip, (uint)last);
    if (word == 0)
    {
        return;
    }

    uint before = column > 0 ? pixels(bits, at - 1, column - 1, words, (uint)flip, (uint)last) : 0;
    if ((word & 1u) != 0 && (before >> 31) != 0)
    {
        unite(labels, at * PLACES, place_of(at - 1, before, 31));
    }

    if (GLOBAL_X < words)
    {
        return; // The first row.
    }

    int up = at - words;
    uint above = pixels(bits, up, column, words, (uint)flip, (uint)last);
    uint left = diagonal && column > 0 ? pixels(bits, up - 1, column - 1, words, (uint)flip, (uint)last) : 0;
    uint right = diagonal && column < words - 1
        ? pixels(bits, up + 1, column + 1, words, (uint)flip, (uint)last) : 0;
    if ((word & 1u) != 0 && (left >> 31) != 0)
    {
        unite(labels, at * PLACES, place_of(up - 1, left, 31));
    }

    if ((word >> 31) != 0 && (right & 1u) != 0)
    {
        unite(labels, place_of(at, word, 31), (up + 1) * PLACES);
    }

    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = lowest_bit(starts);
        uint segment = segment_from(word, bit);
        uint meets = above & (diagonal ? segment | (segment << 1) | (segment >> 1) : segment);
        while (meets != 0)
        {
            int other = lowest_bit(meets);
            unite(labels, at * PLACES + (bit >> 1), place_of(up, above, other));
            meets &= ~segment_from(above, other);
        }
    }
}

// Names every segment's part, adds its pixels to the part's, and counts the parts.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_weigh(
    GLOBAL const uint* bits, int plane, GLOBAL int* labels, GLOBAL int* areas, GLOBAL int* state)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = bits[at];
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = lowest_bit(starts);
        int place = at * PLACES + (bit >> 1);
        int part = root(labels, place);
        ATOMIC_MIN(&labels[place], part);
        ATOMIC_ADD(&areas[part], count_bits(segment_from(word, bit)));
        if (part == place)
        {
            ATOMIC_ADD(&state[GROUP_Y * STATE + COMPONENTS], 1);
        }
    }
}

// Twice: first for the largest area, then for the first part that has it.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_best(
    GLOBAL const uint* bits, int plane, int round, GLOBAL const int* labels, GLOBAL const int* areas, GLOBAL int* state)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    GLOBAL int* own = state + GROUP_Y * STATE;
    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = bits[at];
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int place = at * PLACES + (lowest_bit(starts) >> 1);
        if (labels[place] != place)
        {
            continue;
        }

        if (round == 0)
        {
            ATOMIC_MAX(&own[BEST_AREA], areas[place]);
        }
        else if (areas[place] == own[BEST_AREA])
        {
            ATOMIC_MIN(&own[BEST_PLACE], place);
        }
    }
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_keep(
    GLOBAL uint* bits, int plane, GLOBAL const int* labels, GLOBAL const int* state)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    int at = GROUP_Y * plane + GLOBAL_X;
    int best = state[GROUP_Y * STATE + BEST_PLACE];
    uint word = bits[at];
    uint kept = word;
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = lowest_bit(starts);
        kept &= labels[at * PLACES + (bit >> 1)] == best ? 0xffffffffu : ~segment_from(word, bit);
    }

    bits[at] = kept;
}

// Names every background segment's part, and marks in `areas` the parts that touch the picture's border.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_open(
    GLOBAL const uint* bits, int last, int lastBit, int words, int plane, GLOBAL int* labels, GLOBAL int* areas)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    int column = GLOBAL_X % words;
    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = pixels(bits, at, column, words, 0xffffffffu, (uint)last);
    uint border = GLOBAL_X < words || GLOBAL_X >= plane - words ? 0xffffffffu : 0;
    border |= column == 0 ? 1u : 0;
    border |= column == words - 1 ? 1u << lastBit : 0;
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = lowest_bit(starts);
        int place = at * PLACES + (bit >> 1);
        int part = root(labels, place);
        ATOMIC_MIN(&labels[place], part);
        if ((segment_from(word, bit) & border) != 0)
        {
            ATOMIC_OR(&areas[part], 1);
        }
    }
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_fill(
    GLOBAL uint* bits, int last, int words, int plane, GLOBAL const int* labels, GLOBAL const int* areas,
    GLOBAL int* state)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = pixels(bits, at, GLOBAL_X % words, words, 0xffffffffu, (uint)last);
    uint holes = 0;
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = lowest_bit(starts);
        holes |= areas[labels[at * PLACES + (bit >> 1)]] == 0 ? segment_from(word, bit) : 0;
    }

    if (holes != 0)
    {
        bits[at] |= holes;
        ATOMIC_ADD(&state[GROUP_Y * STATE + HOLES], count_bits(holes));
    }
}

// One group a picture. Sums 0 to 4: area, top, bottom, left, right; 5 and 6: least column, row; 7 and 8: the largest.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_measure(
    GLOBAL const uint* bits, int lastBit, int words, int height, GLOBAL const int* state, GLOBAL int* records)
{
    LOCAL int sums[SUMS][GROUP_ITEMS];
    int own[SUMS] = {0, 0, 0, 0, 0, 0x7fffffff, 0x7fffffff, -1, -1};
    int plane = words * height;
    for (int i = LOCAL_X; i < plane; i += GROUP_ITEMS)
    {
        uint word = bits[GROUP_X * plane + i];
        if (word != 0)
        {
            int y = i / words;
            int column = i - y * words;
            int count = count_bits(word);
            own[0] += count;
            own[1] += y == 0 ? count : 0;
            own[2] += y == height - 1 ? count : 0;
            own[3] += column == 0 ? (int)(word & 1u) : 0;
            own[4] += column == words - 1 ? (int)((word >> lastBit) & 1u) : 0;
            own[5] = MIN(own[5], column * 32 + lowest_bit(word));
            own[6] = MIN(own[6], y);
            own[7] = MAX(own[7], column * 32 + bit_length(word) - 1);
            own[8] = MAX(own[8], y);
        }
    }

    for (int k = 0; k < SUMS; k++)
    {
        sums[k][LOCAL_X] = own[k];
    }

    BARRIER_LOCAL;
    for (int width = GROUP_ITEMS / 2; width > 0; width /= 2)
    {
        if (LOCAL_X < width)
        {
            for (int k = 0; k < SUMS; k++)
            {
                int a = sums[k][LOCAL_X];
                int b = sums[k][LOCAL_X + width];
                sums[k][LOCAL_X] = k < 5 ? a + b : k < 7 ? MIN(a, b) : MAX(a, b);
            }
        }

        BARRIER_LOCAL;
    }

    if (LOCAL_X == 0)
    {
        GLOBAL int* record = records + GROUP_X * RECORD;
        GLOBAL const int* kept = state + GROUP_X * STATE;
        int some = sums[0][0] != 0;
        record[0] = sums[0][0];
        record[1] = some ? sums[5][0] : 0;
        record[2] = some ? sums[6][0] : 0;
        record[3] = some ? sums[7][0] - sums[5][0] + 1 : 0;
        record[4] = some ? sums[8][0] - sums[6][0] + 1 : 0;
        record[5] = sums[1][0];
        record[6] = sums[2][0];
        record[7] = sums[3][0];
        record[8] = sums[4][0];
        record[9] = kept[COMPONENTS];
        record[10] = kept[HOLES];
        record[11] = kept[FAULTS];
    }
}
