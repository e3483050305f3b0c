// Loads, stores and atomics: found, watched, done, counted.
#include "machine.h"

#include <string.h>

void say_fault(step* s, int code, const char* what, uint64_t address)
{
    s->fault = code;
    fault_log(s->kernel, s->at->line, "%s %#llx", what, (unsigned long long)address);
}

// The host's place of what a lane touches, or NULL after a fault.
static uint8_t* place_in(step* s, space where, uint64_t address, size_t bytes, cell** cells, size_t* offset)
{
    if (address % bytes != 0)
    {
        say_fault(s, MISALIGNED_ADDRESS, "misaligned address", address);
        return NULL;
    }

    if (where == SPACE_SHARED)
    {
        if (address >= (uint64_t)s->kernel->shared_room || !s->kernel->shared_map[address]
            || !s->kernel->shared_map[address + bytes - 1])
        {
            say_fault(s, ILLEGAL_ADDRESS, "outside all arrays of shared memory:", address);
            return NULL;
        }

        *cells = s->group->cells;
        *offset = address;
        return s->group->shared + address;
    }

    uint8_t* place = memory_at(address, bytes, cells, offset);
    if (place == NULL)
    {
        say_fault(s, ILLEGAL_ADDRESS, "outside all memory of the device:", address);
    }

    return place;
}

static uint8_t* place_of(step* s, uint64_t address, size_t bytes, cell** cells, size_t* offset)
{
    return place_in(s, s->at->space, address, bytes, cells, offset);
}

static toucher who(const step* s, int lane)
{
    const launch* l = s->group->launch;
    int threads = l->size[0] * l->size[1] * l->size[2];
    return (toucher){l->serial, s->group->number,
        s->group->number * (uint32_t)threads + (uint32_t)(s->warp->index * LANES + lane) + 1, s->group->epoch};
}

static uint64_t read_bytes(const uint8_t* place, size_t bytes)
{
    uint64_t value = 0;
    memcpy(&value, place, bytes);
    return value;
}

// What a lane has begun to copy and not waited for is not there yet, whatever it reads.
static void check_copies(step* s, int lane, uint64_t address, size_t bytes)
{
    const copy_begun* copies = s->warp->copies + lane * COPIES_MAX;
    for (int i = 0; i < s->warp->copy_count[lane]; i++)
    {
        if (address < copies[i].to + COPY_BYTES && copies[i].to < address + bytes)
        {
            fault_log(
                s->kernel, s->at->line, "a read of what is still being copied: %#llx", (unsigned long long)address);
        }
    }
}

void load(step* s)
{
    const instruction* i = s->at;
    size_t bytes = (size_t)bits_of(i->type) / 8;
    const uint64_t* base = from(s, i->vector);
    uint64_t addresses[LANES] = {0};
    EACH(lane)
    {
        addresses[lane] = base[lane] + (uint64_t)i->offset;
        if (i->space == SPACE_PARAM)
        {
            into(s, 0)[lane] = as(i->type, read_bytes(s->group->launch->params + addresses[lane], bytes));
            continue;
        }

        cell* cells;
        size_t offset;
        const uint8_t* place = place_of(s, addresses[lane], bytes * (size_t)i->vector, &cells, &offset);
        if (place == NULL)
        {
            return;
        }

        if (i->space == SPACE_SHARED)
        {
            check_copies(s, lane, addresses[lane], bytes * (size_t)i->vector);
        }

        toucher me = who(s, lane);
        touched(cells, offset, bytes * (size_t)i->vector, i->is_relaxed ? TOUCH_ATOMIC_READ : TOUCH_READ, false, &me,
            s->kernel, i->line);
        for (int v = 0; v < i->vector; v++)
        {
            into(s, v)[lane] = as(i->type, read_bytes(place + (size_t)v * bytes, bytes));
        }
    }

    if (i->space != SPACE_PARAM)
    {
        count_access(s->kernel, i, s->mask, addresses, bytes * (size_t)i->vector);
    }
}

void store(step* s)
{
    const instruction* i = s->at;
    size_t bytes = (size_t)bits_of(i->type) / 8;
    const uint64_t* base = from(s, 0);
    uint64_t addresses[LANES] = {0};
    EACH(lane)
    {
        addresses[lane] = base[lane] + (uint64_t)i->offset;
        cell* cells;
        size_t offset;
        uint8_t* place = place_of(s, addresses[lane], bytes * (size_t)i->vector, &cells, &offset);
        if (place == NULL)
        {
            return;
        }

        uint64_t values[4];
        for (int v = 0; v < i->vector; v++)
        {
            values[v] = from(s, v + 1)[lane];
        }

        bool same = true;
        for (int v = 0; v < i->vector; v++)
        {
            same &= memcmp(place + (size_t)v * bytes, &values[v], bytes) == 0;
            memcpy(place + (size_t)v * bytes, &values[v], bytes);
        }

        toucher me = who(s, lane);
        touched(cells, offset, bytes * (size_t)i->vector, i->is_relaxed ? TOUCH_ATOMIC : TOUCH_WRITE, same, &me,
            s->kernel, i->line);
    }

    count_access(s->kernel, i, s->mask, addresses, bytes * (size_t)i->vector);
}

static uint64_t after(const instruction* i, uint64_t old, uint64_t value, uint64_t third)
{
    bool less = is_signed(i->type) ? (int64_t)old < (int64_t)value : old < value;
    switch (i->mode)
    {
        case M_ADD: return old + value;
        case M_MIN: return less ? old : value;
        case M_MAX: return less ? value : old;
        case M_OR: return old | value;
        case M_AND: return old & value;
        case M_CAS: return old == value ? third : old;
        default: return value;
    }
}

void atomic(step* s)
{
    const instruction* i = s->at;
    size_t bytes = (size_t)bits_of(i->type) / 8;
    const uint64_t* base = from(s, 1);
    const uint64_t* value = from(s, 2);
    const uint64_t* third = from(s, i->count > 3 ? 3 : 2);
    uint64_t addresses[LANES] = {0};
    EACH(lane)
    {
        addresses[lane] = base[lane] + (uint64_t)i->offset;
        cell* cells;
        size_t offset;
        uint8_t* place = place_of(s, addresses[lane], bytes, &cells, &offset);
        if (place == NULL)
        {
            return;
        }

        uint64_t old = as(i->type, read_bytes(place, bytes));
        uint64_t now = after(i, old, as(i->type, value[lane]), third[lane]);
        memcpy(place, &now, bytes);
        into(s, 0)[lane] = old;
        toucher me = who(s, lane);
        touched(cells, offset, bytes, TOUCH_ATOMIC, false, &me, s->kernel, i->line);
    }

    count_access(s->kernel, i, s->mask, addresses, bytes);
}


static void copy_now(step* s, int lane, uint64_t to, uint64_t from)
{
    cell *from_cells, *to_cells;
    size_t from_offset, to_offset;
    const uint8_t* source = place_in(s, SPACE_GLOBAL, from, COPY_BYTES, &from_cells, &from_offset);
    uint8_t* target = place_in(s, SPACE_SHARED, to, COPY_BYTES, &to_cells, &to_offset);
    if (source == NULL || target == NULL)
    {
        return;
    }

    toucher me = who(s, lane);
    touched(from_cells, from_offset, COPY_BYTES, TOUCH_READ, false, &me, s->kernel, s->at->line);
    touched(to_cells, to_offset, COPY_BYTES, TOUCH_WRITE, false, &me, s->kernel, s->at->line);
    memcpy(target, source, COPY_BYTES);
}

// Does the lane's copies of batches before one, and keeps the rest.
static void finish_copies(step* s, int lane, int before)
{
    warp* w = s->warp;
    copy_begun* copies = w->copies + lane * COPIES_MAX;
    int kept = 0;
    for (int i = 0; i < w->copy_count[lane] && s->fault == SUCCESS; i++)
    {
        if (copies[i].batch < before)
        {
            copy_now(s, lane, copies[i].to, copies[i].from);
        }
        else
        {
            copies[kept++] = copies[i];
        }
    }

    w->copy_count[lane] = kept;
}

// cp.async [shared], [global], 16; its commit_group; its wait_group n.
void copy_async(step* s)
{
    warp* w = s->warp;
    uint64_t addresses[LANES] = {0};
    EACH(lane)
    {
        if (s->at->mode == M_COMMIT)
        {
            w->batches[lane]++;
        }
        else if (s->at->mode == M_WAIT)
        {
            finish_copies(s, lane, w->batches[lane] - (int)from(s, 0)[lane]);
        }
        else if (w->copy_count[lane] == COPIES_MAX)
        {
            say_fault(s, ILLEGAL_INSTRUCTION, "more copies begun than this machine holds:", COPIES_MAX);
        }
        else
        {
            addresses[lane] = from(s, 1)[lane];
            w->copies[lane * COPIES_MAX + w->copy_count[lane]++] = (copy_begun){
                (uint32_t)from(s, 0)[lane], addresses[lane], w->batches[lane]};
        }
    }

    if (s->at->mode == M_NONE)
    {
        count_access(s->kernel, s->at, s->mask, addresses, COPY_BYTES);
    }
}
