// Device memory, and who touched it. Addresses are none of the host's, so that a host pointer is a fault as on a GPU.
//
// A race is a pair of touches of the same bytes in one launch by two threads, at least one of which writes, that are
// not both atomic, and that no barrier of their group stands between. Of a byte's readers the last one is known, and
// whether there were several; of its writers the last.
#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALLOCATIONS_MAX = 1 << 20, GAP = 4096, SECTOR = 32, BANKS = 32, FAULTS_MAX = 64 };

#define FIRST_ADDRESS 0x700000000000u
#define ROOM_BYTES ((uint64_t)8 << 30)

struct cell
{
    toucher writer;
    toucher reader;
    bool was_atomic_write;
    bool was_atomic_read;
    bool many_in_group;    // Readers in one group since its last barrier.
    bool many;             // Readers in several groups.
};

typedef struct
{
    uint64_t address;
    size_t bytes;
    uint8_t* place; // NULL once it is freed.
    cell* cells;
} allocation;

static allocation* allocations;
static int allocation_count;
static uint64_t next_address = FIRST_ADDRESS;
static uint64_t used;

cell* cells_make(size_t bytes)
{
    return calloc(bytes + 1, sizeof(cell));
}

uint64_t memory_allocate(size_t bytes)
{
    if (allocations == NULL)
    {
        allocations = calloc(ALLOCATIONS_MAX, sizeof *allocations);
    }

    if (bytes == 0 || bytes > ROOM_BYTES - used || allocation_count == ALLOCATIONS_MAX)
    {
        return 0;
    }

    allocation* a = &allocations[allocation_count++];
    *a = (allocation){next_address, bytes, malloc(bytes), NULL};
    if (a->place == NULL)
    {
        allocation_count--;
        return 0;
    }

    memset(a->place, 0xcd, bytes); // A GPU gives what was there before.
    next_address += (bytes + 2 * GAP - 1) / GAP * GAP;
    used += bytes;
    return a->address;
}

static allocation* allocation_of(uint64_t address)
{
    static int last;
    if (last < allocation_count && address - allocations[last].address < allocations[last].bytes)
    {
        return &allocations[last];
    }

    int low = 0, high = allocation_count;
    while (low < high)
    {
        int middle = (low + high) / 2;
        if (allocations[middle].address <= address)
        {
            low = middle + 1;
        }
        else
        {
            high = middle;
        }
    }

    if (low == 0 || address - allocations[low - 1].address >= allocations[low - 1].bytes)
    {
        return NULL;
    }

    last = low - 1;
    return &allocations[last];
}

static void forget(allocation* a)
{
    free(a->place);
    free(a->cells);
    used -= a->bytes;
    a->place = NULL;
    a->cells = NULL;
}

bool memory_free(uint64_t address)
{
    allocation* a = allocation_of(address);
    if (a == NULL || a->address != address || a->place == NULL)
    {
        return false;
    }

    forget(a);
    return true;
}

void memory_free_all(void)
{
    for (int i = 0; i < allocation_count; i++)
    {
        if (allocations[i].place != NULL)
        {
            forget(&allocations[i]);
        }
    }
}

uint8_t* memory_at(uint64_t address, size_t bytes, cell** cells, size_t* offset)
{
    allocation* a = allocation_of(address);
    if (a == NULL || a->place == NULL || bytes > a->bytes - (address - a->address))
    {
        return NULL;
    }

    // Made when a kernel first comes here: ten times the memory.
    if (cells != NULL)
    {
        a->cells = a->cells == NULL ? cells_make(a->bytes) : a->cells;
        *cells = a->cells;
        *offset = address - a->address;
    }

    return a->place + (address - a->address);
}

void fault_log(const kernel* k, int line, const char* format, ...)
{
    static char logged[FAULTS_MAX][NAME_MAX_BYTES];
    static int lines[FAULTS_MAX];
    static int count;
    int at = 0;
    while (at < count && (lines[at] != line || strcmp(logged[at], k->name) != 0))
    {
        at++;
    }

    if (at < count || at == FAULTS_MAX)
    {
        return;
    }

    strcpy(logged[at], k->name);
    lines[at] = line;
    count++;

    const char* path = getenv("HEADWATER_PTX_LOG");
    FILE* file = path == NULL ? stderr : fopen(path, "a");
    if (file == NULL)
    {
        return;
    }

    va_list values;
    va_start(values, format);
    fprintf(file, "%s, line %d of the PTX: ", k->name, line);
    vfprintf(file, format, values);
    fputc('\n', file);
    va_end(values);
    if (file != stderr)
    {
        fclose(file);
    }
}

// Whether one touch may be beside another: in one launch, by another thread, no barrier between.
static bool is_beside(const toucher* before, const toucher* now)
{
    return before->launch == now->launch && before->thread != 0 && before->thread != now->thread
        && (before->group != now->group || before->epoch == now->epoch);
}

static void touched_byte(cell* c, touch how, bool same, const toucher* who, const kernel* k, int line)
{
    bool writes = how == TOUCH_WRITE || how == TOUCH_ATOMIC;
    bool atomic = how == TOUCH_ATOMIC || how == TOUCH_ATOMIC_READ;
    bool was_read = c->reader.launch == who->launch && c->reader.thread != 0;
    bool lasts = was_read && c->reader.group == who->group && c->reader.epoch == who->epoch;
    bool meets_write = is_beside(&c->writer, who) && !(atomic && c->was_atomic_write) && !(writes && same);
    bool several = (was_read && c->many) || (lasts && c->many_in_group);
    bool meets_read = writes && !same && !(atomic && c->was_atomic_read) && (is_beside(&c->reader, who) || several);
    if (meets_write || meets_read)
    {
        const toucher* other = meets_write ? &c->writer : &c->reader;
        fault_log(k, line, "data race: thread %u %s what thread %u%s %s", who->thread, writes ? "writes" : "reads",
            other->thread, several ? " and others" : "", meets_write ? "wrote" : "read");
    }

    if (writes)
    {
        c->was_atomic_write = atomic;
        c->writer = *who;
        return;
    }

    bool other = was_read && c->reader.thread != who->thread;
    c->many = (was_read && c->many) || (other && c->reader.group != who->group);
    c->many_in_group = lasts && (c->many_in_group || other);
    c->was_atomic_read = atomic && (!was_read || c->was_atomic_read);
    c->reader = *who;
}

void touched(cell* cells, size_t offset, size_t bytes, touch how, bool same, const toucher* who, const kernel* k,
    int line)
{
    for (size_t at = offset; at < offset + bytes; at++)
    {
        touched_byte(&cells[at], how, same, who, k, line);
    }
}

// Sectors of 32 bytes of global memory that a warp's access touches; turns that 32 banks of four bytes take.
void count_access(kernel* k, const instruction* i, uint32_t mask, const uint64_t* addresses, size_t bytes)
{
    if (i->space == SPACE_GLOBAL)
    {
        uint64_t seen[LANES * 2];
        int sectors = 0;
        for (int lane = 0; lane < LANES; lane++)
        {
            uint64_t sector = addresses[lane] / SECTOR;
            int found = 0;
            while (found < sectors && seen[found] != sector)
            {
                found++;
            }

            if ((mask >> lane & 1) != 0 && found == sectors)
            {
                seen[sectors++] = sector;
            }
        }

        k->counts[COUNT_GLOBAL_ACCESSES]++;
        k->counts[COUNT_GLOBAL_SECTORS] += (uint64_t)sectors;
        k->counts[COUNT_GLOBAL_BYTES] += bytes * (uint64_t)__builtin_popcount(mask);
        return;
    }

    uint64_t words[BANKS][LANES];
    int in_bank[BANKS] = {0};
    int turns = 1;
    for (int lane = 0; lane < LANES; lane++)
    {
        uint64_t word = addresses[lane] / 4;
        int bank = (int)(word % BANKS), found = 0;
        while (found < in_bank[bank] && words[bank][found] != word)
        {
            found++;
        }

        if ((mask >> lane & 1) != 0 && found == in_bank[bank])
        {
            words[bank][in_bank[bank]++] = word;
            turns = in_bank[bank] > turns ? in_bank[bank] : turns;
        }
    }

    k->counts[COUNT_SHARED_ACCESSES]++;
    k->counts[COUNT_SHARED_TURNS] += (uint64_t)turns;
}
