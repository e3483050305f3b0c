// What an instruction makes of its operands, lane by lane; shuffles and mma.sync over a whole warp.
#include "machine.h"

#include <math.h>
#include <string.h>

const uint64_t* from(const step* s, int index)
{
    operand o = s->at->operands[index];
    return (o.constant ? s->kernel->constants : s->warp->rows) + (size_t)o.row * LANES;
}

uint64_t* into(const step* s, int index)
{
    return s->warp->rows + (size_t)s->at->operands[index].row * LANES;
}

int bits_of(type t)
{
    return t >= T_U64 ? 64 : t >= T_U32 ? 32 : t >= T_U16 ? 16 : 8;
}

bool is_signed(type t)
{
    return t == T_S8 || t == T_S16 || t == T_S32 || t == T_S64;
}

uint64_t as(type t, uint64_t value)
{
    int away = 64 - bits_of(t);
    return t == T_PRED ? value & 1
        : is_signed(t) ? (uint64_t)((int64_t)(value << away) >> away) : value << away >> away;
}

static float as_float(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float value;
    memcpy(&value, &low, sizeof value);
    return value;
}

static uint64_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// By hand: a compiler need not know a type of 16 bits.
static float half_value(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
    float size = exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
        : exponent == 0 ? ldexpf((float)fraction, -24) : ldexpf((float)(fraction + 1024), exponent - 25);
    return (bits & 0x8000) != 0 ? -size : size;
}

// To the nearest, to the even one of two.
static uint64_t half_bits(float value)
{
    uint64_t sign = signbit(value) ? 0x8000 : 0;
    float size = fabsf(value);
    if (isnan(value))
    {
        return 0x7fff;
    }

    if (size >= 65520.0f)
    {
        return sign | 0x7c00;
    }

    // Steps are 2^-24 below the least normal number, else 1024 of them to the power of two.
    int exponent = size < 0x1p-14f ? -14 : ilogbf(size);
    uint64_t steps = (uint64_t)rintf(ldexpf(size, 10 - exponent));
    return sign | (steps + ((uint64_t)(exponent + 14) << 10));
}

static uint64_t multiplied(mode m, type t, uint64_t a, uint64_t b)
{
    if (m != M_HI)
    {
        return a * b; // Wide: the operands are in 64 bits already.
    }

    __int128 product = is_signed(t) ? (__int128)(int64_t)a * (int64_t)b : (__int128)((unsigned __int128)a * b);
    return (uint64_t)(product >> bits_of(t));
}

static uint64_t whole(op o, mode m, type t, uint64_t a, uint64_t b, uint64_t c)
{
    bool is_less = is_signed(t) ? (int64_t)a < (int64_t)b : a < b;
    int bits = bits_of(t);
    switch (o)
    {
        case OP_ADD: return a + b;
        case OP_SUB: return a - b;
        case OP_MUL: return multiplied(m, t, a, b);
        case OP_MAD: return multiplied(m, t, a, b) + c;
        case OP_DIV: return b == 0 ? ~(uint64_t)0 : is_signed(t) ? b == ~(uint64_t)0 ? 0 - a
            : (uint64_t)((int64_t)a / (int64_t)b) : a / b;
        case OP_REM: return b == 0 ? a : is_signed(t) ? b == ~(uint64_t)0 ? 0 : (uint64_t)((int64_t)a % (int64_t)b)
            : a % b;
        case OP_NEG: return 0 - a;
        case OP_ABS: return (int64_t)a < 0 ? 0 - a : a;
        case OP_MIN: return is_less ? a : b;
        case OP_MAX: return is_less ? b : a;
        case OP_AND: return a & b;
        case OP_OR: return a | b;
        case OP_XOR: return a ^ b;
        case OP_NOT: return ~a;
        case OP_SHL: return (uint32_t)b >= (uint32_t)bits ? 0 : a << (uint32_t)b;
        case OP_SHR: return (uint32_t)b >= (uint32_t)bits ? is_signed(t) && (int64_t)a < 0 ? ~(uint64_t)0 : 0
            : is_signed(t) ? (uint64_t)((int64_t)a >> (uint32_t)b) : a >> (uint32_t)b;
        case OP_POPC: return (uint64_t)__builtin_popcountll(a);
        case OP_CLZ: return a == 0 ? (uint64_t)bits : (uint64_t)(__builtin_clzll(a) - (64 - bits));
        default: return 0;
    }
}

static float real(op o, float a, float b, float c)
{
    switch (o)
    {
        case OP_ADD: return a + b;
        case OP_SUB: return a - b;
        case OP_MUL: return a * b;
        case OP_FMA: return fmaf(a, b, c);
        case OP_DIV: return a / b;
        case OP_NEG: return -a;
        case OP_ABS: return fabsf(a);
        case OP_SQRT: return sqrtf(a);
        case OP_MIN: return fminf(a, b);
        default: return fmaxf(a, b);
    }
}

static void arithmetic(const step* s)
{
    const instruction* i = s->at;
    const uint64_t* a = from(s, 1);
    const uint64_t* b = i->count > 2 ? from(s, 2) : a;
    const uint64_t* c = i->count > 3 ? from(s, 3) : a;
    uint64_t* d = into(s, 0);
    if (i->type == T_F32)
    {
        EACH(lane)
        {
            d[lane] = float_bits(real(i->op, as_float(a[lane]), as_float(b[lane]), as_float(c[lane])));
        }

        return;
    }

    // The shift is a number of its own, of 32 bits.
    type second = i->op == OP_SHL || i->op == OP_SHR ? T_U32 : i->type;
    type third = i->mode == M_WIDE ? T_B64 : i->type;
    type result = i->mode == M_WIDE ? bits_of(i->type) == 16 ? T_B32 : T_B64
        : i->op == OP_POPC || i->op == OP_CLZ ? T_U32 : i->type;
    EACH(lane)
    {
        d[lane] = as(result, whole(
            i->op, i->mode, i->type, as(i->type, a[lane]), as(second, b[lane]), as(third, c[lane])));
    }
}

static void extract(const step* s)
{
    const uint64_t* a = from(s, 1);
    const uint64_t* position = from(s, 2);
    const uint64_t* length = from(s, 3);
    uint64_t* d = into(s, 0);
    EACH(lane)
    {
        uint32_t at = position[lane] & 0xff, bits = length[lane] & 0xff;
        uint64_t moved = at > 63 ? 0 : as(s->at->type, a[lane]) >> at;
        d[lane] = as(s->at->type, bits > 63 ? moved : moved & (((uint64_t)1 << bits) - 1));
    }
}

static bool compared(mode m, type t, uint64_t a, uint64_t b)
{
    if (t == T_F32)
    {
        float x = as_float(a), y = as_float(b);
        bool unordered = isnan(x) || isnan(y);
        switch (m)
        {
            case M_EQ: return x == y;
            case M_NE: return !unordered && x != y;
            case M_LT: return x < y;
            case M_LE: return x <= y;
            case M_GT: return x > y;
            case M_GE: return x >= y;
            case M_EQU: return unordered || x == y;
            case M_NEU: return unordered || x != y;
            case M_LTU: return unordered || x < y;
            case M_LEU: return unordered || x <= y;
            case M_GTU: return unordered || x > y;
            default: return unordered || x >= y;
        }
    }

    bool less = is_signed(t) ? (int64_t)a < (int64_t)b : a < b;
    switch (m)
    {
        case M_EQ: return a == b;
        case M_NE: return a != b;
        case M_LT: return less;
        case M_LE: return less || a == b;
        case M_GT: return !less && a != b;
        default: return !less;
    }
}

static void compare(const step* s)
{
    const uint64_t* a = from(s, 1);
    const uint64_t* b = from(s, 2);
    uint64_t* d = into(s, 0);
    EACH(lane)
    {
        d[lane] = compared(s->at->mode, s->at->type, as(s->at->type, a[lane]), as(s->at->type, b[lane]));
    }
}

static void choose(const step* s)
{
    const uint64_t* a = from(s, 1);
    const uint64_t* b = from(s, 2);
    const uint64_t* p = from(s, 3);
    uint64_t* d = into(s, 0);
    EACH(lane)
    {
        d[lane] = as(s->at->type, (p[lane] & 1) != 0 ? a[lane] : b[lane]);
    }
}

static float rounded(mode m, float value)
{
    return m == M_RMI ? floorf(value) : m == M_RPI ? ceilf(value) : m == M_RZI ? truncf(value)
        : m == M_RNI ? rintf(value) : value;
}

// Whole numbers beyond the type's become its bound, NaN 0.
static uint64_t whole_of(type t, float value)
{
    if (isnan(value))
    {
        return 0;
    }

    int bits = bits_of(t);
    double most = is_signed(t) ? ldexp(1, bits - 1) : ldexp(1, bits), least = is_signed(t) ? -most : 0;
    return value >= most ? is_signed(t) ? ((uint64_t)1 << (bits - 1)) - 1 : as(t, ~(uint64_t)0)
        : value <= least ? is_signed(t) ? (uint64_t)1 << (bits - 1) : 0
        : is_signed(t) ? (uint64_t)(int64_t)value : (uint64_t)value;
}

static uint64_t converted(const instruction* i, uint64_t value)
{
    bool is_real = i->type == T_F32 || i->type == T_F16;
    uint64_t number = as(i->type, value);
    float real = i->type == T_F16 ? half_value(value) : i->type == T_F32 ? as_float(value)
        : is_signed(i->type) ? (float)(int64_t)number : (float)number;
    switch (i->to)
    {
        case T_F32: return float_bits(rounded(i->mode, real));
        case T_F16: return half_bits(rounded(i->mode, real));
        default: return as(i->to, is_real ? whole_of(i->to, rounded(i->mode, real)) : number);
    }
}

static void convert(const step* s)
{
    const uint64_t* a = from(s, 1);
    uint64_t* d = into(s, 0);
    EACH(lane)
    {
        d[lane] = converted(s->at, a[lane]);
    }
}

static void move(const step* s)
{
    const uint64_t* a = from(s, 1);
    uint64_t* d = into(s, 0);
    int parts = s->at->count - 1;
    type part = parts == 1 ? s->at->type : bits_of(s->at->type) / parts == 16 ? T_B16 : T_B32;
    EACH(lane)
    {
        if (s->at->op == OP_UNPACK)
        {
            const uint64_t value = from(s, parts)[lane];
            for (int p = 0; p < parts; p++)
            {
                into(s, p)[lane] = as(part, value >> (p * bits_of(part)));
            }
        }
        else if (s->at->op == OP_PACK)
        {
            uint64_t value = 0;
            for (int p = 0; p < parts; p++)
            {
                value |= as(part, from(s, p + 1)[lane]) << (p * bits_of(part));
            }

            d[lane] = value;
        }
        else
        {
            d[lane] = as(part, a[lane]);
        }
    }
}

// Of lanes that take part; a lane that asks one that does not gets what a GPU leaves open.
static void shuffle(const step* s)
{
    const uint64_t* a = from(s, 1);
    const uint64_t* b = from(s, 2);
    const uint64_t* c = from(s, 3);
    uint64_t* d = into(s, 0);
    uint64_t result[LANES];
    EACH(lane)
    {
        int by = (int)(b[lane] & 31), clamp = (int)(c[lane] & 31), segment = (int)(c[lane] >> 8 & 31);
        int most = (lane & segment) | (clamp & ~segment), least = lane & segment;
        int other = s->at->mode == M_BFLY ? lane ^ by : s->at->mode == M_DOWN ? lane + by
            : s->at->mode == M_UP ? lane - by : least | (by & ~segment);
        bool inside = s->at->mode == M_UP ? other >= most : other <= most;
        other = inside ? other : lane;
        result[lane] = (s->mask >> other & 1) != 0 ? as(s->at->type, a[other]) : 0xdeadbeef;
    }

    EACH(lane)
    {
        d[lane] = result[lane];
    }
}

static void vote(const step* s)
{
    const uint64_t* p = from(s, 1);
    uint64_t* d = into(s, 0);
    uint64_t all = 0;
    EACH(lane)
    {
        all |= (p[lane] & 1) << lane;
    }

    EACH(lane)
    {
        d[lane] = all;
    }
}

// mma.m16n8k16, f16 times f16 in f32, by the fragments of the PTX ISA ("Matrix Fragments for mma.m16n8k16 with
// floating point type"): a lane's group g is lane / 4, its place t in it lane % 4. Sums are cut off towards zero every
// eight products, the coarsest that was seen of tensor cores.
static void multiply_matrices(step* s)
{
    if (s->mask != 0xffffffff)
    {
        say_fault(s, ILLEGAL_INSTRUCTION, "mma by a part of a warp:", s->mask);
        return;
    }

    float a[16][16], b[16][8], c[16][8];
    for (int lane = 0; lane < LANES; lane++)
    {
        int g = lane / 4, t = lane % 4;
        for (int half = 0; half < 2; half++)
        {
            for (int r = 0; r < 4; r++)
            {
                a[g + 8 * (r & 1)][t * 2 + half + 8 * (r >> 1)] = half_value(from(s, 4 + r)[lane] >> (16 * half));
            }

            for (int r = 0; r < 2; r++)
            {
                b[t * 2 + half + 8 * r][g] = half_value(from(s, 8 + r)[lane] >> (16 * half));
            }
        }

        for (int r = 0; r < 4; r++)
        {
            c[g + 8 * (r >> 1)][t * 2 + (r & 1)] = as_float(from(s, 10 + r)[lane]);
        }
    }

    for (int row = 0; row < 16; row++)
    {
        for (int column = 0; column < 8; column++)
        {
            for (int k = 0; k < 16; k += 8)
            {
                double sum = c[row][column];
                for (int at = k; at < k + 8; at++)
                {
                    sum += (double)a[row][at] * b[at][column];
                }

                float cut = (float)sum;
                c[row][column] = fabs((double)cut) > fabs(sum) ? nextafterf(cut, 0) : cut;
            }
        }
    }

    for (int lane = 0; lane < LANES; lane++)
    {
        for (int r = 0; r < 4; r++)
        {
            into(s, r)[lane] = float_bits(c[lane / 4 + 8 * (r >> 1)][lane % 4 * 2 + (r & 1)]);
        }
    }
}

void compute(step* s)
{
    switch (s->at->op)
    {
        case OP_MOV: case OP_PACK: case OP_UNPACK: move(s); break;
        case OP_BFE: extract(s); break;
        case OP_SETP: compare(s); break;
        case OP_SELP: choose(s); break;
        case OP_CVT: convert(s); break;
        case OP_SHFL: shuffle(s); break;
        case OP_VOTE: vote(s); break;
        case OP_MMA: multiply_matrices(s); break;
        default: arithmetic(s); break;
    }
}
