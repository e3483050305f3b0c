// Runs kernels. A warp's lanes have a place in the text each; those at the least place go on together, so that lanes
// that part meet again where their ways do, as clang lays blocks out. Groups and their warps take turns at random: a
// barrier that is missing shows as a race, and as another answer.
#include "machine.h"

#include <stdlib.h>
#include <string.h>

enum { RESIDENT_MAX = 6, TURN_MAX = 48, ENDED = INT32_MAX, SHARED_FILL = 0xff };

static uint64_t next_random(uint64_t* state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void release(group* g)
{
    if (g->live_warps > 0 && g->waiting == g->live_warps)
    {
        g->epoch++;
        g->waiting = 0;
        for (int w = 0; w < g->warps; w++)
        {
            g->warp[w].waits = false;
        }
    }
}

static void leave(step* s)
{
    EACH(lane)
    {
        s->warp->place[lane] = ENDED;
    }

    s->warp->live &= ~s->mask;
    if (s->warp->live == 0)
    {
        s->group->live_warps--;
        release(s->group);
    }
}

static void execute(step* s)
{
    switch (s->at->op)
    {
        case OP_LD: load(s); break;
        case OP_ST: store(s); break;
        case OP_ATOM: atomic(s); break;
        case OP_CP: copy_async(s); break;
        default: compute(s); break;
    }
}

// Lanes at the least place, but for those that wait for the rest of their warp.
static int gather(warp* w, uint32_t* mask, int* other)
{
    int least = ENDED;
    *mask = 0;
    *other = ENDED;
    for (int lane = 0; lane < LANES; lane++)
    {
        int place = (w->early >> lane & 1) != 0 ? ENDED : w->place[lane];
        if (place < least)
        {
            *other = least;
            least = place;
            *mask = 0;
        }

        *other = place > least && place < *other ? place : *other;
        *mask |= place == least ? (uint32_t)1 << lane : 0;
    }

    return least;
}

// Whether an instruction of the whole warp has to wait for lanes that go another way to it.
static bool comes_early(const instruction* i, const warp* w, uint32_t mask)
{
    return (i->op == OP_BAR || i->op == OP_MMA || i->op == OP_SHFL || i->op == OP_VOTE) && mask != w->live;
}

// Lanes wait for the rest of their warp; when all do, it must be at one place.
static void wait_for_others(step* s, uint32_t mask)
{
    warp* w = s->warp;
    w->early |= mask;
    if ((w->early & w->live) != w->live)
    {
        return;
    }

    w->early = 0;
    for (int lane = 0; lane < LANES; lane++)
    {
        if ((w->live >> lane & 1) != 0 && &s->kernel->text[w->place[lane]] != s->at)
        {
            say_fault(s, ILLEGAL_INSTRUCTION, "lanes of a warp wait at different places:", mask);
            return;
        }
    }
}

static void put_places(warp* w, uint32_t mask, uint32_t jumping, int target, int next)
{
    for (int lane = 0; lane < LANES; lane++)
    {
        if ((mask >> lane & 1) != 0)
        {
            w->place[lane] = (jumping >> lane & 1) != 0 ? target : next;
        }
    }
}

static uint32_t taken_by(const instruction* i, const warp* w, uint32_t mask)
{
    if (i->guard < 0)
    {
        return mask;
    }

    const uint64_t* guard = w->rows + (size_t)i->guard * LANES;
    for (int lane = 0; lane < LANES; lane++)
    {
        mask &= ~((uint32_t)((guard[lane] & 1) == (uint64_t)i->guard_not) << lane);
    }

    return mask;
}

static void arrive(step* s)
{
    if (s->mask != s->warp->live)
    {
        say_fault(s, ILLEGAL_INSTRUCTION, "a barrier for a part of a warp:", s->mask);
        return;
    }

    s->warp->waits = true;
    s->group->waiting++;
    release(s->group);
}

// Some instructions of a warp: until its turn is over, it waits, it ends, or it fails.
static int take_turn(group* g, warp* w, int turn)
{
    step s = {g, w, g->launch->kernel, NULL, 0, SUCCESS};
    uint32_t mask;
    int other, at = gather(w, &mask, &other);
    while (turn-- > 0 && s.fault == SUCCESS && w->live != 0 && !w->waits)
    {
        const instruction* i = &s.kernel->text[at];
        s.at = i;
        if (comes_early(i, w, mask))
        {
            put_places(w, mask, 0, 0, at);
            wait_for_others(&s, mask);
            at = gather(w, &mask, &other);
            continue;
        }

        s.mask = taken_by(i, w, mask);
        s.kernel->counts[COUNT_INSTRUCTIONS]++;
        if (i->op != OP_BRA && i->op != OP_RET && i->op != OP_BAR)
        {
            execute(&s);
            if (++at < other)
            {
                continue;
            }

            at--;
        }

        put_places(w, mask, i->op == OP_BRA ? s.mask : 0, i->target, at + 1);
        if (i->op == OP_RET)
        {
            leave(&s);
        }
        else if (i->op == OP_BAR)
        {
            arrive(&s);
        }

        at = gather(w, &mask, &other);
    }

    put_places(w, mask, 0, 0, at);
    return s.fault;
}

static void begin_group(group* g, const launch* l, uint32_t number)
{
    int threads = l->size[0] * l->size[1] * l->size[2];
    *g = (group){.launch = l, .number = number, .warps = (threads + LANES - 1) / LANES};
    g->live_warps = g->warps;
    g->warp = calloc((size_t)g->warps, sizeof(warp));
    g->shared = malloc((size_t)l->kernel->shared_room + 1);
    memset(g->shared, SHARED_FILL, (size_t)l->kernel->shared_room);
    g->cells = cells_make((size_t)l->kernel->shared_room);
    int at[3] = {(int)number % l->groups[0], (int)number / l->groups[0] % l->groups[1],
        (int)number / l->groups[0] / l->groups[1]};
    for (int w = 0; w < g->warps; w++)
    {
        warp* one = &g->warp[w];
        one->index = w;
        one->rows = malloc((size_t)l->kernel->registers * LANES * sizeof(uint64_t));
        one->copies = calloc(LANES * COPIES_MAX, sizeof *one->copies);
        memset(one->rows, 0xa5, (size_t)l->kernel->registers * LANES * sizeof(uint64_t));
        for (int lane = 0; lane < LANES; lane++)
        {
            int item = w * LANES + lane;
            int own[3] = {item % l->size[0], item / l->size[0] % l->size[1], item / l->size[0] / l->size[1]};
            for (int axis = 0; axis < 3; axis++)
            {
                one->rows[(0 + axis) * LANES + lane] = (uint64_t)own[axis];
                one->rows[(3 + axis) * LANES + lane] = (uint64_t)at[axis];
                one->rows[(6 + axis) * LANES + lane] = (uint64_t)l->size[axis];
                one->rows[(9 + axis) * LANES + lane] = (uint64_t)l->groups[axis];
            }

            one->rows[12 * LANES + lane] = (uint64_t)lane;
            one->place[lane] = item < threads ? 0 : ENDED;
            one->live |= (uint32_t)(item < threads) << lane;
        }
    }
}

static void end_group(group* g)
{
    for (int w = 0; w < g->warps; w++)
    {
        free(g->warp[w].rows);
        free(g->warp[w].copies);
    }

    free(g->warp);
    free(g->shared);
    free(g->cells);
    g->warps = 0;
}

int launch_run(const launch* l, uint64_t* random)
{
    uint64_t all = (uint64_t)l->groups[0] * (uint64_t)l->groups[1] * (uint64_t)l->groups[2];
    group resident[RESIDENT_MAX] = {0};
    uint64_t begun = 0, ended = 0;
    int fault = SUCCESS;
    l->kernel->launches++;
    while (ended < all && fault == SUCCESS)
    {
        int slot = (int)(next_random(random) % RESIDENT_MAX);
        group* g = &resident[slot];
        if (g->warps == 0)
        {
            if (begun == all)
            {
                continue;
            }

            begin_group(g, l, (uint32_t)begun++);
        }

        // A turn of a warp that does not wait; there is one, as a barrier lets all go when the last one comes.
        int w = (int)(next_random(random) % (uint64_t)g->warps);
        while (g->warp[w].live == 0 || g->warp[w].waits)
        {
            w = (w + 1) % g->warps;
        }

        fault = take_turn(g, &g->warp[w], 1 + (int)(next_random(random) % TURN_MAX));
        if (g->live_warps == 0)
        {
            end_group(g);
            ended++;
        }
    }

    for (int slot = 0; slot < RESIDENT_MAX; slot++)
    {
        if (resident[slot].warps != 0)
        {
            end_group(&resident[slot]);
        }
    }

    return fault;
}
