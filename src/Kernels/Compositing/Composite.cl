// Composite: cut-outs pasted on a picture, and the visible masks of all objects; CpuComposite's formula and bytes.
//
// Shapes   picture [H, W, 3] u8; cutouts [*, 4] u8; table [n, 12] i32, values i32 (PastePlan); alphas, distances: a
//          byte a px of a paste; bits [E + n, H, words] u32, lowest bit leftmost; records [E + n, 10] i32.
// Defined  GROUP_ITEMS, work-items of a group, from outside.
// Order    a work-item has a px of a paste (GROUP_Y is the paste), then one of the picture, which all pastes that cover
//          it reach in their order, then a word of all masks; last, a group has a mask.
// Traffic  as CpuComposite; each px of a paste is sampled twice, first its alpha, then its colour.
// Work     some 40 operations a px of a paste, n comparisons a px of the picture, 2 F + 1 reads more under a feather.
// Error    none against the reference: whole numbers.
#define ROW 12           // ints of a row of the table
#define RECORD 10        // ints of a CompositeRecord
#define SOLID 128        // least alpha of a pixel that belongs to the object
#define SUMS 5

#define OFFSET 0
#define WIDTH 1
#define HEIGHT 2
#define LEFT 3
#define TOP 4
#define TARGET_WIDTH 5
#define TARGET_HEIGHT 6
#define OPACITY 7
#define FEATHER 8
#define TAPS 9
#define FADES 10
#define PLANE 11

// The bytes of the four pixels around a target's centre, and 65536ths of their weights.
typedef struct
{
    int at[4];
    uint weight[4];
} corners;

DEVICE corners corners_of(GLOBAL const int* row, GLOBAL const int* values, int x, int y)
{
    int across = values[row[TAPS] + x];
    int down = values[row[TAPS] + row[TARGET_WIDTH] + y];
    int left = across >> 8;
    int right = MIN(left + 1, row[WIDTH] - 1);
    int upper = row[OFFSET] + (down >> 8) * row[WIDTH];
    int lower = row[OFFSET] + MIN((down >> 8) + 1, row[HEIGHT] - 1) * row[WIDTH];
    uint u = (uint)(across & 255);
    uint v = (uint)(down & 255);
    corners four;
    four.at[0] = (upper + left) * 4;
    four.at[1] = (upper + right) * 4;
    four.at[2] = (lower + left) * 4;
    four.at[3] = (lower + right) * 4;
    four.weight[0] = (256u - u) * (256u - v);
    four.weight[1] = u * (256u - v);
    four.weight[2] = (256u - u) * v;
    four.weight[3] = u * v;
    return four;
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void paste_alpha(
    GLOBAL const uchar* cutouts, GLOBAL const int* table, GLOBAL const int* values, GLOBAL uchar* alphas)
{
    GLOBAL const int* row = table + GROUP_Y * ROW;
    if (GLOBAL_X >= row[TARGET_WIDTH] * row[TARGET_HEIGHT])
    {
        return;
    }

    int y = GLOBAL_X / row[TARGET_WIDTH];
    corners four = corners_of(row, values, GLOBAL_X - y * row[TARGET_WIDTH], y);
    uint sum = 32768u;
    for (int i = 0; i < 4; i++)
    {
        sum += four.weight[i] * cutouts[four.at[i] + 3];
    }

    alphas[row[PLANE] + GLOBAL_X] = (uchar)(sum >> 16);
}

// Along the row, to the nearest pixel that is not solid, beyond the paste's ends included; feather + 1 at most.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void paste_distance(
    GLOBAL const int* table, GLOBAL const uchar* alphas, GLOBAL uchar* distances)
{
    GLOBAL const int* row = table + GROUP_Y * ROW;
    int width = row[TARGET_WIDTH];
    if (row[FEATHER] == 0 || GLOBAL_X >= width * row[TARGET_HEIGHT])
    {
        return;
    }

    int x = GLOBAL_X % width;
    GLOBAL const uchar* own = alphas + row[PLANE] + (GLOBAL_X - x);
    int nearest = 0;
    int solid = own[x] >= SOLID;
    while (solid && nearest <= row[FEATHER])
    {
        nearest++;
        solid = x - nearest >= 0 && x + nearest < width
            && own[MAX(x - nearest, 0)] >= SOLID && own[MIN(x + nearest, width - 1)] >= SOLID;
    }

    distances[row[PLANE] + GLOBAL_X] = (uchar)nearest;
}

DEVICE int opacity_at(
    GLOBAL const int* row, GLOBAL const int* values, GLOBAL const uchar* distances, int x, int y)
{
    int feather = row[FEATHER];
    if (feather == 0)
    {
        return row[OPACITY];
    }

    int nearest = (feather + 1) * (feather + 1);
    for (int dy = -feather; dy <= feather; dy++)
    {
        int within = y + dy >= 0 && y + dy < row[TARGET_HEIGHT];
        int across = within ? distances[row[PLANE] + (y + dy) * row[TARGET_WIDTH] + x] : 0;
        nearest = MIN(nearest, dy * dy + across * across);
    }

    return (row[OPACITY] * values[row[FADES] + nearest] + 128) >> 8;
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void paste_blend(
    GLOBAL uchar* picture, int width, int height, int pastes, GLOBAL const uchar* cutouts, GLOBAL const int* table,
    GLOBAL const int* values, GLOBAL const uchar* alphas, GLOBAL const uchar* distances)
{
    int at = GLOBAL_X;
    if (at >= width * height)
    {
        return;
    }

    uint under[3] = {picture[3 * at], picture[3 * at + 1], picture[3 * at + 2]};
    for (int paste = 0; paste < pastes; paste++)
    {
        GLOBAL const int* row = table + paste * ROW;
        int x = at % width - row[LEFT];
        int y = at / width - row[TOP];
        if (x < 0 || y < 0 || x >= row[TARGET_WIDTH] || y >= row[TARGET_HEIGHT])
        {
            continue;
        }

        uint alpha = alphas[row[PLANE] + y * row[TARGET_WIDTH] + x];
        uint opacity = alpha == 0 ? 0 : (uint)opacity_at(row, values, distances, x, y);
        if (opacity == 0)
        {
            continue;
        }

        corners four = corners_of(row, values, x, y);
        for (int channel = 0; channel < 3; channel++)
        {
            uint sum = 32768u; // 255 * 255 * 2^16 and this stay below 2^32.
            for (int i = 0; i < 4; i++)
            {
                sum += four.weight[i] * cutouts[four.at[i] + 3] * cutouts[four.at[i] + channel];
            }

            uint mixed = (sum >> 16) * opacity + under[channel] * (65280u - alpha * opacity);
            under[channel] = (mixed + 32640u) / 65280u;
        }
    }

    picture[3 * at] = (uchar)under[0];
    picture[3 * at + 1] = (uchar)under[1];
    picture[3 * at + 2] = (uchar)under[2];
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void paste_mask(
    GLOBAL const int* table, GLOBAL const uchar* alphas, int objects, int width, int words, int plane,
    GLOBAL uint* bits)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    GLOBAL const int* row = table + GROUP_Y * ROW;
    int y = GLOBAL_X / words;
    int begin = (GLOBAL_X - y * words) * 32;
    int own = y - row[TOP];
    uint word = 0;
    if (own >= 0 && own < row[TARGET_HEIGHT])
    {
        int first = MAX(begin, row[LEFT]);
        int end = MIN(MIN(begin + 32, width), row[LEFT] + row[TARGET_WIDTH]);
        GLOBAL const uchar* line = alphas + row[PLANE] + own * row[TARGET_WIDTH];
        for (int x = first; x < end; x++)
        {
            word |= (uint)(line[x - row[LEFT]] >= SOLID) << (x - begin);
        }
    }

    bits[(objects + GROUP_Y) * plane + GLOBAL_X] = word;
}

KERNEL GROUP(GROUP_ITEMS, 1, 1) void paste_cover(GLOBAL uint* bits, int count, int plane)
{
    if (GLOBAL_X >= plane)
    {
        return;
    }

    uint covered = 0;
    for (int i = count - 1; i >= 0; i--)
    {
        uint whole = bits[i * plane + GLOBAL_X];
        bits[i * plane + GLOBAL_X] = whole & ~covered;
        covered |= whole;
    }
}

// One group a mask; fills half a record. Sums: area, least column, least row, largest column, largest row.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void paste_measure(
    GLOBAL const uint* bits, int words, int plane, int first, GLOBAL int* records)
{
    LOCAL int sums[SUMS][GROUP_ITEMS];
    int own[SUMS] = {0, 0x7fffffff, 0x7fffffff, -1, -1};
    for (int i = LOCAL_X; i < plane; i += GROUP_ITEMS)
    {
        uint word = bits[GROUP_X * plane + i];
        if (word != 0)
        {
            int y = i / words;
            int begin = (i - y * words) * 32;
            own[0] += COUNT_BITS(word);
            own[1] = MIN(own[1], begin + LOWEST_BIT(word));
            own[2] = MIN(own[2], y);
            own[3] = MAX(own[3], begin + BIT_LENGTH(word) - 1);
            own[4] = MAX(own[4], y);
        }
    }

    for (int k = 0; k < SUMS; k++)
    {
        sums[k][LOCAL_X] = own[k];
    }

    reduce_group((LOCAL int*)sums, SUMS, 1, 3, GROUP_ITEMS);
    if (LOCAL_X == 0)
    {
        GLOBAL int* record = records + GROUP_X * RECORD + first;
        int some = sums[0][0] != 0;
        record[0] = sums[0][0];
        record[1] = some ? sums[1][0] : 0;
        record[2] = some ? sums[2][0] : 0;
        record[3] = some ? sums[3][0] - sums[1][0] + 1 : 0;
        record[4] = some ? sums[4][0] - sums[2][0] + 1 : 0;
    }
}
