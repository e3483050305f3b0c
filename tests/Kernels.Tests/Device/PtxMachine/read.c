// PTX text to kernels. One pass over statements; branches find their labels when a kernel's end is reached.
#include "machine.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_MAX = 16, ARRAYS_MAX = 64, LABELS_MAX = 8192, SHARED_GAP = 256, STATEMENT_MAX = 4096, WORDS_MAX = 16 };

typedef struct { char name[NAME_MAX_BYTES]; int64_t value; } symbol;

typedef struct
{
    const char* at;
    int line;
    int capability;
    int target;
    char* why;
    size_t why_bytes;
    bool failed;
    int blocks;                  // Open ones.
    module* module;
    kernel* kernel;
    symbol classes[CLASSES_MAX]; // Of registers: prefix and first row.
    int class_sizes[CLASSES_MAX];
    int class_count;
    symbol arrays[ARRAYS_MAX];   // Of shared memory.
    int array_count;
    symbol params[PARAMS_MAX];
    symbol labels[LABELS_MAX];
    int label_count;
    symbol branches[LABELS_MAX]; // A label's name and the instruction that goes there.
    int branch_count;
} reader;

static const struct { const char* name; type type; } type_names[] = {
    {"pred", T_PRED}, {"u8", T_U8}, {"s8", T_S8}, {"b8", T_B8}, {"u16", T_U16}, {"s16", T_S16}, {"b16", T_B16},
    {"f16", T_F16}, {"u32", T_U32}, {"s32", T_S32}, {"b32", T_B32}, {"f32", T_F32}, {"u64", T_U64}, {"s64", T_S64},
    {"b64", T_B64}};

static const struct { const char* name; op op; } op_names[] = {
    {"mov", OP_MOV}, {"add", OP_ADD}, {"sub", OP_SUB}, {"mul", OP_MUL}, {"mad", OP_MAD}, {"fma", OP_FMA},
    {"div", OP_DIV}, {"rem", OP_REM}, {"neg", OP_NEG}, {"abs", OP_ABS}, {"min", OP_MIN}, {"max", OP_MAX},
    {"and", OP_AND}, {"or", OP_OR}, {"xor", OP_XOR}, {"not", OP_NOT}, {"shl", OP_SHL}, {"shr", OP_SHR},
    {"popc", OP_POPC}, {"clz", OP_CLZ}, {"bfe", OP_BFE}, {"sqrt", OP_SQRT}, {"selp", OP_SELP}, {"setp", OP_SETP},
    {"cvt", OP_CVT}, {"ld", OP_LD}, {"st", OP_ST}, {"atom", OP_ATOM}, {"cp", OP_CP}, {"shfl", OP_SHFL},
    {"vote", OP_VOTE}, {"bra", OP_BRA},
    {"bar", OP_BAR}, {"ret", OP_RET}, {"mma", OP_MMA}};

static const struct { const char* name; mode mode; } mode_names[] = {
    {"lo", M_LO}, {"hi", M_HI}, {"wide", M_WIDE}, {"eq", M_EQ}, {"ne", M_NE}, {"lt", M_LT}, {"le", M_LE},
    {"gt", M_GT}, {"ge", M_GE}, {"equ", M_EQU}, {"neu", M_NEU}, {"ltu", M_LTU}, {"leu", M_LEU}, {"gtu", M_GTU},
    {"geu", M_GEU}, {"rn", M_RN}, {"rz", M_RZ}, {"rni", M_RNI}, {"rzi", M_RZI}, {"rmi", M_RMI}, {"rpi", M_RPI},
    {"add", M_ADD}, {"min", M_MIN}, {"max", M_MAX}, {"or", M_OR}, {"and", M_AND}, {"exch", M_EXCH}, {"cas", M_CAS},
    {"idx", M_IDX}, {"bfly", M_BFLY}, {"down", M_DOWN}, {"up", M_UP}, {"commit_group", M_COMMIT},
    {"wait_group", M_WAIT},
    {"ballot", M_BALLOT}};

// Words that change nothing here: the warp runs together anyway, or caches are not what is watched.
static const char* const quiet[] = {"uni", "sync", "aligned", "gpu", "nc", "ca", "cg", "cs", "async"};

static void fail(reader* r, const char* what, const char* which)
{
    if (!r->failed)
    {
        snprintf(r->why, r->why_bytes, "line %d: %s: %s", r->line, what, which);
        r->failed = true;
    }
}

static symbol* find(symbol* symbols, int count, const char* name)
{
    for (int i = 0; i < count; i++)
    {
        if (strcmp(symbols[i].name, name) == 0)
        {
            return &symbols[i];
        }
    }

    return NULL;
}

static void put(reader* r, symbol* symbols, int* count, int most, const char* name, int64_t value)
{
    if (*count == most || strlen(name) >= NAME_MAX_BYTES)
    {
        fail(r, "too many or too long", name);
        return;
    }

    strcpy(symbols[*count].name, name);
    symbols[(*count)++].value = value;
}

static char* trim(char* text)
{
    while (isspace((unsigned char)*text))
    {
        text++;
    }

    char* end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
    {
        *--end = 0;
    }

    return text;
}

// The next statement: up to ; { } or a label's colon. Comments are left out. The mark that ended it, or 0 at the end.
static char next_statement(reader* r, char* into)
{
    int length = 0, depth = 0;
    into[0] = 0;
    for (; *r->at != 0; r->at++)
    {
        char c = *r->at;
        r->line += c == '\n';
        if (c == '/' && r->at[1] == '/')
        {
            r->at += strcspn(r->at, "\n") - 1;
            continue;
        }

        // Braces that stand where a statement begins are blocks; others belong to their operand. What stands before
        // the first entry ends with its line.
        bool block = depth == 0 && (c == '{' || c == '}') && (length == 0 || strstr(into, ".entry") != NULL);
        bool directive = c == '\n' && r->kernel == NULL && length > 0 && strstr(into, ".entry") == NULL;
        if (c == ';' || block || directive || (c == ':' && depth == 0))
        {
            r->at++;
            return c;
        }

        depth += c == '{' || c == '[' || c == '(' ? 1 : c == '}' || c == ']' || c == ')' ? -1 : 0;
        if (length + 2 >= STATEMENT_MAX)
        {
            fail(r, "a statement is too long", "");
            return 0;
        }

        if (length > 0 || !isspace((unsigned char)c))
        {
            into[length++] = isspace((unsigned char)c) ? ' ' : c;
            into[length] = 0;
        }
    }

    return 0;
}

static type type_of(const char* name)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
    {
        if (strcmp(type_names[i].name, name) == 0)
        {
            return type_names[i].type;
        }
    }

    return T_NONE;
}

static int bytes_of(type t)
{
    return t >= T_U64 ? 8 : t >= T_U32 ? 4 : t >= T_U16 ? 2 : 1;
}

static operand constant(reader* r, uint64_t value)
{
    kernel* k = r->kernel;
    for (uint32_t i = 0; i < k->constant_count; i++)
    {
        if (k->constants[i * LANES] == value)
        {
            return (operand){true, i};
        }
    }

    k->constants = realloc(k->constants, (k->constant_count + 1) * LANES * sizeof(uint64_t));
    for (int lane = 0; lane < LANES; lane++)
    {
        k->constants[k->constant_count * LANES + lane] = value;
    }

    return (operand){true, k->constant_count++};
}

static bool register_of(reader* r, const char* name, operand* into)
{
    static const char* const specials[] = {
        "%tid.x", "%tid.y", "%tid.z", "%ctaid.x", "%ctaid.y", "%ctaid.z", "%ntid.x", "%ntid.y", "%ntid.z",
        "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid"};
    for (int i = 0; i < SPECIALS; i++)
    {
        if (strcmp(specials[i], name) == 0)
        {
            *into = (operand){false, (uint32_t)i};
            return true;
        }
    }

    char prefix[NAME_MAX_BYTES];
    size_t letters = strcspn(name, "0123456789");
    if (letters >= sizeof prefix || name[letters] == 0)
    {
        return false;
    }

    memcpy(prefix, name, letters);
    prefix[letters] = 0;
    symbol* class = find(r->classes, r->class_count, prefix);
    int number = atoi(name + letters);
    if (class == NULL || number >= r->class_sizes[class - r->classes])
    {
        return false;
    }

    *into = (operand){false, (uint32_t)(class->value + number)};
    return true;
}

static operand operand_of(reader* r, char* text)
{
    operand found = {true, 0};
    text = trim(text);
    if (text[0] == '%')
    {
        if (!register_of(r, text, &found))
        {
            fail(r, "no such register", text);
        }

        return found;
    }

    if (text[0] == '0' && text[1] == 'f')
    {
        return constant(r, strtoull(text + 2, NULL, 16));
    }

    if (isdigit((unsigned char)text[0]) || text[0] == '-')
    {
        return constant(r, text[0] == '-' ? (uint64_t)strtoll(text, NULL, 0) : strtoull(text, NULL, 0));
    }

    symbol* array = find(r->arrays, r->array_count, text);
    if (array == NULL)
    {
        fail(r, "no such name", text);
        return found;
    }

    return constant(r, (uint64_t)array->value);
}

// [register + offset], [name + offset]
static void address_of(reader* r, instruction* i, char* text)
{
    text = trim(text);
    text[strcspn(text, "]")] = 0;
    text++;
    char* plus = strchr(text, '+');
    if (plus != NULL)
    {
        i->offset = strtoll(plus + 1, NULL, 0);
        *plus = 0;
    }

    text = trim(text);
    symbol* param = i->space == SPACE_PARAM ? find(r->params, r->kernel->params, text) : NULL;
    i->operands[i->count++] = param != NULL ? constant(r, (uint64_t)param->value) : operand_of(r, text);
}

static void operands_of(reader* r, instruction* i, char* text)
{
    int depth = 0;
    for (char* from = text; from != NULL && !r->failed;)
    {
        char* comma = from;
        for (; *comma != 0 && (*comma != ',' || depth > 0); comma++)
        {
            depth += *comma == '{' || *comma == '[' ? 1 : *comma == '}' || *comma == ']' ? -1 : 0;
        }

        char* next = *comma == 0 ? NULL : comma + 1;
        *comma = 0;
        char* one = trim(from);
        if (one[0] == '{')
        {
            one[strcspn(one, "}")] = 0;
            operands_of(r, i, one + 1);
        }
        else if (one[0] == '[')
        {
            address_of(r, i, one);
        }
        else if (i->op == OP_BRA)
        {
            put(r, r->branches, &r->branch_count, LABELS_MAX, one, r->kernel->count);
        }
        else if (one[0] != 0 && i->count < OPERANDS_MAX)
        {
            // A shuffle may give a predicate as well, behind a bar: nothing here uses it.
            i->operands[i->count++] = operand_of(r, one);
        }

        from = next;
    }
}

static bool word_of(instruction* i, const char* word)
{
    type t = type_of(word);
    if (t != T_NONE)
    {
        i->to = i->type == T_NONE ? t : i->to;
        i->type = t;
        return true;
    }

    for (size_t m = 0; m < sizeof mode_names / sizeof *mode_names; m++)
    {
        if (strcmp(mode_names[m].name, word) == 0)
        {
            i->mode = mode_names[m].mode;
            return true;
        }
    }

    for (size_t q = 0; q < sizeof quiet / sizeof *quiet; q++)
    {
        if (strcmp(quiet[q], word) == 0)
        {
            return true;
        }
    }

    i->space = strcmp(word, "param") == 0 ? SPACE_PARAM : strcmp(word, "global") == 0 ? SPACE_GLOBAL
        : strcmp(word, "shared") == 0 ? SPACE_SHARED : i->space;
    i->vector = strcmp(word, "v2") == 0 ? 2 : strcmp(word, "v4") == 0 ? 4 : i->vector;
    i->is_relaxed |= strcmp(word, "volatile") == 0 || strcmp(word, "relaxed") == 0;
    if (i->op == OP_MMA)
    {
        return strcmp(word, "m16n8k16") == 0 || strcmp(word, "row") == 0 || strcmp(word, "col") == 0;
    }

    return strcmp(word, "param") == 0 || strcmp(word, "global") == 0 || strcmp(word, "shared") == 0
        || strcmp(word, "v2") == 0 || strcmp(word, "v4") == 0 || strcmp(word, "volatile") == 0
        || strcmp(word, "relaxed") == 0;
}

static void instruction_of(reader* r, char* text)
{
    instruction i = {.guard = -1, .vector = 1, .line = r->line};
    if (text[0] == '@')
    {
        char* end = text + strcspn(text, " ");
        char rest = *end;
        *end = 0;
        i.guard_not = text[1] == '!';
        operand guard;
        if (rest == 0 || !register_of(r, text + 1 + i.guard_not, &guard))
        {
            fail(r, "no such predicate", text);
            return;
        }

        i.guard = (int32_t)guard.row;
        text = trim(end + 1);
    }

    char* operands = text + strcspn(text, " ");
    if (*operands != 0)
    {
        *operands++ = 0;
    }

    char copy[STATEMENT_MAX];
    strcpy(copy, text);
    char* rest = NULL;
    char* word = strtok_r(copy, ".", &rest);
    size_t known = 0, names = sizeof op_names / sizeof *op_names;
    while (known < names && strcmp(op_names[known].name, word) != 0)
    {
        known++;
    }

    if (known == names)
    {
        fail(r, "not an instruction that this machine knows", text);
        return;
    }

    i.op = op_names[known].op;
    while ((word = strtok_r(NULL, ".", &rest)) != NULL)
    {
        if (!word_of(&i, word))
        {
            fail(r, "not a word of an instruction that this machine knows", text);
            return;
        }
    }

    if ((i.op == OP_MMA || i.op == OP_CP) && r->target < 80)
    {
        fail(r, "needs sm_80", text);
    }

    bool braces = i.op == OP_MOV && strchr(operands, '{') != NULL;
    bool unpack = braces && trim(operands)[0] == '{';
    operands_of(r, &i, operands);
    i.op = braces ? unpack ? OP_UNPACK : OP_PACK : i.op;
    kernel* k = r->kernel;
    k->text = realloc(k->text, (size_t)(k->count + 1) * sizeof i);
    k->text[k->count++] = i;
}

// .reg .b32 %r<8>
static void registers_of(reader* r, const char* text)
{
    char name[NAME_MAX_BYTES];
    int count;
    if (sscanf(text, ".reg .%*s %95[^<]<%d>", name, &count) != 2)
    {
        fail(r, "not a declaration of registers", text);
        return;
    }

    if (r->class_count < CLASSES_MAX)
    {
        r->class_sizes[r->class_count] = count;
    }

    put(r, r->classes, &r->class_count, CLASSES_MAX, name, r->kernel->registers);
    r->kernel->registers += (uint32_t)count;
}

// .shared .align 4 .b8 name[512]
static void array_of(reader* r, const char* text)
{
    char name[NAME_MAX_BYTES];
    int align, bytes;
    if (sscanf(text, ".shared .align %d .b8 %95[^[][%d]", &align, name, &bytes) != 3)
    {
        fail(r, "not a declaration of shared memory", text);
        return;
    }

    kernel* k = r->kernel;
    int at = (k->shared_room + SHARED_GAP + align - 1) / align * align;
    k->shared_bytes = (k->shared_bytes + align - 1) / align * align + bytes;
    k->shared_map = realloc(k->shared_map, (size_t)(at + bytes + SHARED_GAP));
    memset(k->shared_map + k->shared_room, 0, (size_t)(at + bytes + SHARED_GAP - k->shared_room));
    memset(k->shared_map + at, 1, (size_t)bytes);
    k->shared_room = at + bytes;
    put(r, r->arrays, &r->array_count, ARRAYS_MAX, name, at);
}

// .visible .entry name( .param .u64 a, .param .u32 b ) .reqntid 256, 1, 1
static void entry_of(reader* r, char* text)
{
    r->module->kernels = realloc(r->module->kernels, (size_t)(r->module->count + 1) * sizeof(kernel));
    kernel* k = &r->module->kernels[r->module->count++];
    *k = (kernel){.registers = SPECIALS};
    r->kernel = k;
    r->class_count = r->array_count = r->label_count = r->branch_count = 0;
    char* open = strchr(text, '(');
    char* close = strchr(text, ')');
    char* after = close == NULL ? NULL : close + 1;
    if (open == NULL || close == NULL || sscanf(strstr(text, ".entry"), ".entry %95[^( ]", k->name) != 1)
    {
        fail(r, "not an entry", text);
        return;
    }

    *close = 0;
    int offset = 0;
    for (char *rest = NULL, *one = strtok_r(open + 1, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest))
    {
        char kind[8], name[NAME_MAX_BYTES];
        if (sscanf(one, " .param .%7s %95s", kind, name) != 2 || k->params == PARAMS_MAX)
        {
            continue; // An entry without arguments.
        }

        int bytes = bytes_of(type_of(kind));
        offset = (offset + bytes - 1) / bytes * bytes;
        k->param_offset[k->params] = offset;
        k->param_bytes[k->params] = bytes;
        put(r, r->params, &k->params, PARAMS_MAX, name, offset);
        offset += bytes;
    }

    char* size = strstr(after, ".reqntid");
    if (size != NULL)
    {
        sscanf(size, ".reqntid %d, %d, %d", &k->size[0], &k->size[1], &k->size[2]);
    }
}

static void entry_ends(reader* r)
{
    for (int i = 0; i < r->branch_count; i++)
    {
        symbol* target = find(r->labels, r->label_count, r->branches[i].name);
        if (target == NULL)
        {
            fail(r, "no such label", r->branches[i].name);
            return;
        }

        r->kernel->text[r->branches[i].value].target = (int)target->value;
    }

    r->kernel = NULL;
}

// sm_70 came with PTX 6.0, sm_80 with 7.0, sm_90 with 7.8 (PTX ISA, release notes).
static void header_of(reader* r, const char* text)
{
    static int version;
    int major, minor;
    if (sscanf(text, ".version %d.%d", &major, &minor) == 2)
    {
        version = 10 * major + minor;
    }
    else if (sscanf(text, ".target sm_%d", &r->target) == 1)
    {
        int least = r->target >= 90 ? 78 : r->target >= 80 ? 70 : 60;
        if (version < least || r->target > r->capability)
        {
            fail(r, version < least ? "the version is too old for it" : "this GPU is too old for it", text);
        }
    }
}

static void statement_of(reader* r, char* text, char end)
{
    if (strstr(text, ".entry") != NULL)
    {
        entry_of(r, text);
    }
    else if (r->kernel == NULL)
    {
        header_of(r, text);
    }
    else if (end == ':')
    {
        put(r, r->labels, &r->label_count, LABELS_MAX, text, r->kernel->count);
    }
    else if (strncmp(text, ".reg", 4) == 0)
    {
        registers_of(r, text);
    }
    else if (strncmp(text, ".shared", 7) == 0)
    {
        array_of(r, text);
    }
    else if (strncmp(text, ".pragma", 7) != 0 && text[0] != 0)
    {
        instruction_of(r, text);
    }
}

module* module_read(const char* text, int capability, char* why, size_t why_bytes)
{
    reader* r = calloc(1, sizeof *r);
    *r = (reader){.at = text, .line = 1, .capability = capability, .why = why, .why_bytes = why_bytes};
    r->module = calloc(1, sizeof *r->module);
    char statement[STATEMENT_MAX];
    while (!r->failed)
    {
        char end = next_statement(r, statement);
        char* trimmed = trim(statement);
        if (trimmed[0] != 0)
        {
            statement_of(r, trimmed, end);
        }

        r->blocks += end == '{' ? 1 : end == '}' ? -1 : 0;
        if (end == '}' && r->blocks == 0 && r->kernel != NULL)
        {
            entry_ends(r);
        }
        else if (end == 0)
        {
            break;
        }
    }

    if (!r->failed && r->kernel != NULL)
    {
        fail(r, "the text ends within", r->kernel->name);
    }

    module* made = r->module;
    bool failed = r->failed;
    free(r);
    if (failed)
    {
        module_free(made);
        return NULL;
    }

    return made;
}

void module_free(module* m)
{
    for (int i = 0; i < m->count; i++)
    {
        free(m->kernels[i].text);
        free(m->kernels[i].constants);
        free(m->kernels[i].shared_map);
    }

    free(m->kernels);
    free(m);
}
