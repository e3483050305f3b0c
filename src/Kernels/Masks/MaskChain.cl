// MaskChain: a batch of logits to measured, packed masks; the steps of CpuMaskChain as launches, its formula and bits.
//
// Shapes   logits [P, h, w] f32; bits [P, H, words] u32, words = ceil(W / 32), lowest bit leftmost; state [P, 16] i32;
//          labels, areas [16, P, H, words] i32, of which only the places of segments are ever touched; records [P, 12].
//          A work-item has one word, but in mask_check, mask_measure and mask_record; GROUP_Y is the picture.
// Defined  GROUP_ITEMS, work-items of a group, from outside.
// Segment  a stretch of set pixels within a word. Its place is word * 16 + (first bit >> 1): two segments of a word are
//          never that near, and places ascend as the pixels do, so the smallest place of a part is its first pixel's.
//          In memory all words' first places come first: neighbours in a row, mostly within a run, lie side by side.
// Run      a stretch of set pixels within a row. mask_label gives all its segments the first one's place.
// Parts    union-find over runs, towards the smaller place; two runs that meet are joined once, by the word where they
//          first do. A label is read by an atomic while others may write it, so there is no race; which order the joins
//          come in changes nothing in the end. Who looks for a root halves the way for those that come after.
// Traffic  per picture: 4*h*w B of logits twice, H*W/8 B of bits some 12 times, 8 B a segment 4 times.
// Work     6 flop and 4 reads of cached logits a pixel; 20 operations a word and step; the disc of r: 5 r reads a word.
// Roof     on a GPU the launches (15, and r for the disc), on a processor mask_cut: 4 gathers a pixel.
// Measured PoCL: docs/performance.d/kernels.md. No GPU: its PTX runs in the tests, and ptxas finds no spills.
// Error    none against the reference: FMA rounds once, everything else is whole numbers.
#pragma OPENCL FP_CONTRACT OFF

#define STATE 16         // ints of state a picture
#define FAULTS 0
#define COMPONENTS 1
#define BEST_AREA 2
#define BEST_PLACE 3
#define HOLES 4
#define MEASURES 5       // what mask_measure adds up: SUMS of them
#define PLACES 16        // places of a word
#define SUMS 9           // area, top, bottom, left, right; least column, row; largest column, row
#define FIRST_LEAST 5
#define FIRST_LARGEST 7
#define RECORD 12        // ints of a MaskRecord

// Where a place's label and area are.
#define AT(place) (((place) & (PLACES - 1)) * (plane * GROUPS_Y) + ((place) >> 4))

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
    int start = BIT_LENGTH(~word & ((1u << bit) - 1u));
    return (at * PLACES) + (start >> 1);
}

DEVICE int root(GLOBAL int* labels, int plane, int place)
{
    int parent = ATOMIC_LOAD(&labels[AT(place)]);
    while (parent != place)
    {
        int beyond = ATOMIC_LOAD(&labels[AT(parent)]);
        if (beyond != parent)
        {
            ATOMIC_MIN(&labels[AT(place)], beyond);
        }

        place = parent;
        parent = beyond;
    }

    return place;
}

DEVICE void unite(GLOBAL int* labels, int plane, int a, int b)
{
    while (true)
    {
        a = root(labels, plane, a);
        b = root(labels, plane, b);
        if (a == b)
        {
            return;
        }

        int high = MAX(a, b);
        int low = MIN(a, b);
        int before = ATOMIC_MIN(&labels[AT(high)], low);
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
        int kind = GLOBAL_X % STATE;
        int isLeast = kind == BEST_PLACE
            || (kind >= MEASURES + FIRST_LEAST && kind < MEASURES + FIRST_LARGEST);
        int isLargest = kind >= MEASURES + FIRST_LARGEST && kind < MEASURES + SUMS;
        state[GLOBAL_X] = isLeast ? 0x7fffffff : isLargest ? -1 : 0;
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

// Whether a pixel is set: interpolated along the columns, then the rows, each step rounded once.
DEVICE int is_set(
    GLOBAL const float* upper, GLOBAL const float* lower, int left, int right, float across, float down,
    float threshold, int invert)
{
    float above = FMA(across, upper[right] - upper[left], upper[left]);
    float below = FMA(across, lower[right] - lower[left], lower[left]);
    return (FMA(down, below - above, above) > threshold) != invert;
}

// With ballots 32 work-items make one column's words of 32 rows, a pixel each of one after another: neighbours read
// neighbours, and what depends on the column is read once. Without, each makes its own.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_cut(
    GLOBAL const float* logits, int width, int height, GLOBAL const int* lefts, GLOBAL const float* rightWeights,
    GLOBAL const int* tops, GLOBAL const float* lowerWeights, float threshold, int invert, int targetWidth, int words,
    int plane, GLOBAL const int* state, GLOBAL uint* bits)
{
    int isFit = state[GROUP_Y * STATE + FAULTS] == 0;
    GLOBAL const float* picture = logits + GROUP_Y * height * width;
#if HAS_BALLOT
    int lane = LOCAL_X & 31;
    int strip = GLOBAL_X / (words * 32);
    int column = GLOBAL_X / 32 - strip * words;
    int first = strip * 32 * words + column;
    int x = MIN(column * 32 + lane, targetWidth - 1);
    int isInside = column * 32 + lane < targetWidth;
    int left = lefts[x];
    int right = MIN(left + 1, width - 1);
    float across = rightWeights[x];
    uint word = 0;
    for (int i = 0; i < 32 && isFit && first + i * words < plane; i++) // The same for all 32.
    {
        int y = strip * 32 + i;
        int top = tops[y];
        int set = is_set(
            picture + top * width, picture + MIN(top + 1, height - 1) * width, left, right, across, lowerWeights[y],
            threshold, invert);
        uint all = BALLOT(set && isInside);
        word = i == lane ? all : word;
    }

    if (first + lane * words < plane)
    {
        bits[GROUP_Y * plane + first + lane * words] = word;
    }
#else
    if (GLOBAL_X >= plane)
    {
        return;
    }

    uint word = 0;
    int y = GLOBAL_X / words;
    int begin = (GLOBAL_X - y * words) * 32;
    int count = isFit ? MIN(32, targetWidth - begin) : 0;
    GLOBAL const float* upper = picture + tops[y] * width;
    GLOBAL const float* lower = picture + MIN(tops[y] + 1, height - 1) * width;
    for (int i = 0; i < count; i++)
    {
        int left = lefts[begin + i];
        int set = is_set(
            upper, lower, left, MIN(left + 1, width - 1), rightWeights[begin + i], lowerWeights[y], threshold, invert);
        word |= (uint)set << i;
    }

    bits[GROUP_Y * plane + GLOBAL_X] = word;
#endif
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

// So many words before this one are all set, of this row and of the work-items that run together: a start for who looks
// for a run's first word.
DEVICE int set_before(uint word, int column)
{
#if HAS_BALLOT
    int lane = LOCAL_X & 31;
    uint others = ~BALLOT(word == 0xffffffffu) & ((1u << lane) - 1u);
    return MIN(lane - BIT_LENGTH(others), column);
#else
    return 0;
#endif
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_label(
    GLOBAL const uint* bits, int flip, int last, int words, int plane, GLOBAL int* labels, GLOBAL int* areas)
{
    int column = GLOBAL_X % words;
    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = GLOBAL_X < plane ? pixels(bits, at, column, words, (uint)flip, (uint)last) : 0;
    int skipped = set_before(word, column);
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = LOWEST_BIT(starts);
        int place = at * PLACES + (bit >> 1);
        int from = bit == 0 ? place - skipped * PLACES : place;
        uint before = 0xffffffffu;
        for (int back = skipped + 1; bit == 0 && back <= column && before == 0xffffffffu; back++)
        {
            before = pixels(bits, at - back, column - back, words, (uint)flip, (uint)last);
            from = before >> 31 ? place_of(at - back, before, 31) : from;
        }

        labels[AT(place)] = from;
        if (from == place)
        {
            areas[AT(place)] = 0;
        }
    }
}

// Joins each segment's run with those that it meets in the row above, but for those that the word before has joined it
// with already.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_join(
    GLOBAL const uint* bits, int flip, int last, int words, int plane, int diagonal, GLOBAL int* labels)
{
    int column = GLOBAL_X % words;
    int at = GROUP_Y * plane + GLOBAL_X;
    if (GLOBAL_X < words || GLOBAL_X >= plane)
    {
        return; // The first row, or none.
    }

    uint word = pixels(bits, at, column, words, (uint)flip, (uint)last);
    if (word == 0)
    {
        return;
    }

    int up = at - words;
    int isInner = column > 0;
    uint before = isInner ? pixels(bits, at - 1, column - 1, words, (uint)flip, (uint)last) >> 31 : 0;
    uint left = isInner ? pixels(bits, up - 1, column - 1, words, (uint)flip, (uint)last) : 0;
    uint above = pixels(bits, up, column, words, (uint)flip, (uint)last);
    uint right = diagonal && column < words - 1
        ? pixels(bits, up + 1, column + 1, words, (uint)flip, (uint)last) : 0;

    // Across a corner, where no pixel beside it meets the same run.
    if (diagonal && (word & 1u) != 0 && (left >> 31) != 0 && before == 0 && (above & 1u) == 0)
    {
        unite(labels, plane, at * PLACES, place_of(up - 1, left, 31));
    }

    if ((word >> 31) != 0 && (right & 1u) != 0 && (above >> 31) == 0)
    {
        unite(labels, plane, place_of(at, word, 31), (up + 1) * PLACES);
    }

    uint joined = before & (left >> 31) & word & above & 1u;
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = LOWEST_BIT(starts);
        uint segment = segment_from(word, bit);
        uint meets = above & (diagonal ? segment | (segment << 1) | (segment >> 1) : segment);
        meets &= bit == 0 && joined ? ~segment_from(above, 0) : 0xffffffffu;
        while (meets != 0)
        {
            int other = LOWEST_BIT(meets);
            unite(labels, plane, at * PLACES + (bit >> 1), place_of(up, above, other));
            meets &= ~segment_from(above, other);
        }
    }
}

// Names every segment's part, adds its pixels to the part's, and counts the parts. Most segments of a group are of one
// part: what they have is added here first, so that one atomic goes out for all.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_weigh(
    GLOBAL const uint* bits, int plane, GLOBAL int* labels, GLOBAL int* areas, GLOBAL int* state)
{
    LOCAL int most[2]; // The group's part, and its pixels.
    if (LOCAL_X == 0)
    {
        most[0] = -1;
        most[1] = 0;
    }

    BARRIER_LOCAL;
    int at = GROUP_Y * plane + GLOBAL_X;
    uint word = GLOBAL_X < plane ? bits[at] : 0;
    for (uint starts = word & ~(word << 1); starts != 0; starts &= starts - 1)
    {
        int bit = LOWEST_BIT(starts);
        int place = at * PLACES + (bit >> 1);
        int part = root(labels, plane, place);
        int count = COUNT_BITS(segment_from(word, bit));
        ATOMIC_MIN(&labels[AT(place)], part);
        int of = ATOMIC_CAS(&most[0], -1, part);
        if (of == -1 || of == part)
        {
            ATOMIC_ADD(&most[1], count);
        }
        else
        {
            ATOMIC_ADD(&areas[AT(part)], count);
        }

        if (part == place)
        {
            ATOMIC_ADD(&state[GROUP_Y * STATE + COMPONENTS], 1);
        }
    }

    BARRIER_LOCAL;
    if (LOCAL_X == 0 && most[0] >= 0)
    {
        ATOMIC_ADD(&areas[AT(most[0])], most[1]);
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
        int place = at * PLACES + (LOWEST_BIT(starts) >> 1);
        if (labels[AT(place)] != place)
        {
            continue;
        }

        int area = areas[AT(place)];
        if (round == 0)
        {
            ATOMIC_MAX(&own[BEST_AREA], area);
        }
        else if (area == own[BEST_AREA])
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
        int bit = LOWEST_BIT(starts);
        kept &= labels[AT(at * PLACES + (bit >> 1))] == best ? 0xffffffffu : ~segment_from(word, bit);
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
        int bit = LOWEST_BIT(starts);
        int place = at * PLACES + (bit >> 1);
        int part = root(labels, plane, place);
        ATOMIC_MIN(&labels[AT(place)], part);
        if ((segment_from(word, bit) & border) != 0)
        {
            ATOMIC_OR(&areas[AT(part)], 1);
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
        int bit = LOWEST_BIT(starts);
        holes |= areas[AT(labels[AT(at * PLACES + (bit >> 1))])] == 0 ? segment_from(word, bit) : 0;
    }

    if (holes != 0)
    {
        bits[at] |= holes;
        ATOMIC_ADD(&state[GROUP_Y * STATE + HOLES], COUNT_BITS(holes));
    }
}

// Several groups a picture, GROUPS_X; what they found meets in the state.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_measure(
    GLOBAL const uint* bits, int lastBit, int words, int height, GLOBAL int* state)
{
    LOCAL int sums[SUMS][GROUP_ITEMS];
    int own[SUMS] = {0, 0, 0, 0, 0, 0x7fffffff, 0x7fffffff, -1, -1};
    int plane = words * height;
    for (int i = GLOBAL_X; i < plane; i += GROUP_ITEMS * GROUPS_X)
    {
        uint word = bits[GROUP_Y * plane + i];
        if (word != 0)
        {
            int y = i / words;
            int column = i - y * words;
            int count = COUNT_BITS(word);
            own[0] += count;
            own[1] += y == 0 ? count : 0;
            own[2] += y == height - 1 ? count : 0;
            own[3] += column == 0 ? (int)(word & 1u) : 0;
            own[4] += column == words - 1 ? (int)((word >> lastBit) & 1u) : 0;
            own[5] = MIN(own[5], column * 32 + LOWEST_BIT(word));
            own[6] = MIN(own[6], y);
            own[7] = MAX(own[7], column * 32 + BIT_LENGTH(word) - 1);
            own[8] = MAX(own[8], y);
        }
    }

    for (int k = 0; k < SUMS; k++)
    {
        sums[k][LOCAL_X] = own[k];
    }

    reduce_group((LOCAL int*)sums, SUMS, FIRST_LEAST, FIRST_LARGEST, GROUP_ITEMS);
    if (LOCAL_X == 0)
    {
        GLOBAL int* all = state + GROUP_Y * STATE + MEASURES;
        for (int k = 0; k < FIRST_LEAST; k++)
        {
            ATOMIC_ADD(&all[k], sums[k][0]);
        }

        for (int k = FIRST_LEAST; k < FIRST_LARGEST; k++)
        {
            ATOMIC_MIN(&all[k], sums[k][0]);
        }

        for (int k = FIRST_LARGEST; k < SUMS; k++)
        {
            ATOMIC_MAX(&all[k], sums[k][0]);
        }
    }
}

// A work-item a picture.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void mask_record(GLOBAL const int* state, int count, GLOBAL int* records)
{
    if (GLOBAL_X >= count)
    {
        return;
    }

    GLOBAL int* record = records + GLOBAL_X * RECORD;
    GLOBAL const int* own = state + GLOBAL_X * STATE;
    GLOBAL const int* all = own + MEASURES;
    int some = all[0] != 0;
    record[0] = all[0];
    record[1] = some ? all[5] : 0;
    record[2] = some ? all[6] : 0;
    record[3] = some ? all[7] - all[5] + 1 : 0;
    record[4] = some ? all[8] - all[6] + 1 : 0;
    record[5] = all[1];
    record[6] = all[2];
    record[7] = all[3];
    record[8] = all[4];
    record[9] = own[COMPONENTS];
    record[10] = own[HOLES];
    record[11] = own[FAULTS];
}
