// The entry points of CudaNative.cs. What is put into a stream is done when somebody waits for it and not before, the
// latest that a GPU may do it: host memory that is given back too early shows.
#include "machine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONTEXTS_MAX = 16, STREAMS_MAX = 1024, DEVICE = 7, GROUP_THREADS_MAX = 1024, SHARED_MAX = 48 * 1024,
    GRID_YZ_MAX = 65535, ERROR_LOG = 5, ERROR_LOG_BYTES = 6, ATTRIBUTE_UNITS = 16, ATTRIBUTE_MAJOR = 75,
    ATTRIBUTE_MINOR = 76, FUNCTION_SHARED_BYTES = 1, VERSION = 12000, UNITS = 4 };

#define MEMORY_BYTES ((size_t)8 << 30)

typedef struct mark { uint64_t magic; bool done; struct timespec at; } mark;

typedef enum { DO_UPLOAD, DO_DOWNLOAD, DO_COPY, DO_LAUNCH, DO_MARK } deed;

typedef struct work
{
    struct work* next;
    deed deed;
    void* host;
    uint64_t to;
    uint64_t from;
    size_t bytes;
    mark* mark;
    launch launch;
} work;

typedef struct { uint64_t magic; work* first; work** last; } stream;

static const uint64_t stream_magic = 0x6d61657274737470, mark_magic = 0x6b72616d6d737470;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static bool initialized;
static int retained;
static int context; // Its address is the handle.
static int sticky;  // After a kernel's fault every call gives its code, until the context is given back.
static uint64_t turns;
static uint32_t serial;
static stream main_stream;
static stream* streams[STREAMS_MAX];
static module* modules[STREAMS_MAX];
static __thread int depth;

static int enter(bool needs_context)
{
    pthread_mutex_lock(&gate);
    return !initialized ? NOT_INITIALIZED : needs_context && (depth == 0 || retained == 0) ? INVALID_CONTEXT : sticky;
}

static int leave(int status)
{
    pthread_mutex_unlock(&gate);
    return status;
}

// Runs a body with the gate closed unless the context is unfit.
#define CALL(needs_context, ...)                                                                                       \
    int status = enter(needs_context);                                                                                 \
    if (status == SUCCESS)                                                                                             \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }                                                                                                                  \
                                                                                                                       \
    return leave(status);

static void open_stream(stream* s)
{
    *s = (stream){.magic = stream_magic};
    s->last = &s->first;
}

static stream* stream_of(void* handle)
{
    return handle == NULL ? &main_stream : (stream*)handle;
}

static bool is_stream(void* handle)
{
    for (int i = 0; i < STREAMS_MAX; i++)
    {
        if (handle == NULL || streams[i] == handle)
        {
            return true;
        }
    }

    return false;
}

static int copy(work* w)
{
    uint8_t* to = w->deed == DO_DOWNLOAD ? w->host : memory_at(w->to, w->bytes, NULL, NULL);
    uint8_t* from = w->deed == DO_UPLOAD ? w->host : memory_at(w->from, w->bytes, NULL, NULL);
    if (to == NULL || from == NULL)
    {
        return INVALID_VALUE;
    }

    memmove(to, from, w->bytes);
    return SUCCESS;
}

static int do_work(work* w)
{
    switch (w->deed)
    {
        case DO_MARK:
            w->mark->done = true;
            clock_gettime(CLOCK_MONOTONIC, &w->mark->at);
            return SUCCESS;
        case DO_LAUNCH:;
            const char* survived = getenv("HEADWATER_PTX_LOST_AFTER");
            w->launch.serial = ++serial;
            return survived != NULL && serial > strtoul(survived, NULL, 10) ? LAUNCH_FAILED : launch_run(&w->launch, &turns);
        default:
            return copy(w);
    }
}

// Does what a stream holds, up to and with a mark where one is given.
static int drain(stream* s, const mark* until)
{
    while (s->first != NULL && (until == NULL || !until->done) && sticky == SUCCESS)
    {
        work* w = s->first;
        s->first = w->next;
        s->last = s->first == NULL ? &s->first : s->last;
        int status = do_work(w);
        free(w);
        sticky = status == SUCCESS || status == INVALID_VALUE ? SUCCESS : status;
        if (status != SUCCESS)
        {
            return status;
        }
    }

    return sticky;
}

static int drain_all(void)
{
    int status = drain(&main_stream, NULL);
    for (int i = 0; i < STREAMS_MAX && status == SUCCESS; i++)
    {
        status = streams[i] == NULL ? SUCCESS : drain(streams[i], NULL);
    }

    return status;
}

static int add(void* handle, work w)
{
    if (!is_stream(handle))
    {
        return INVALID_HANDLE;
    }

    stream* s = stream_of(handle);
    work* one = malloc(sizeof *one);
    *one = w;
    one->next = NULL;
    *s->last = one;
    s->last = &one->next;
    return SUCCESS;
}

static void forget_work(stream* s)
{
    while (s->first != NULL)
    {
        work* w = s->first;
        s->first = w->next;
        free(w);
    }

    s->last = &s->first;
}

static void write_counts(const module* m)
{
    const char* path = getenv("HEADWATER_PTX_COUNTS");
    FILE* file = path == NULL ? NULL : fopen(path, "a");
    for (int i = 0; file != NULL && i < m->count; i++)
    {
        const kernel* k = &m->kernels[i];
        if (k->launches > 0)
        {
            fprintf(file, "%s launches %llu instructions %llu global_bytes %llu global_sectors %llu "
                "global_accesses %llu shared_accesses %llu shared_turns %llu\n", k->name,
                (unsigned long long)k->launches,
                (unsigned long long)k->counts[COUNT_INSTRUCTIONS], (unsigned long long)k->counts[COUNT_GLOBAL_BYTES],
                (unsigned long long)k->counts[COUNT_GLOBAL_SECTORS],
                (unsigned long long)k->counts[COUNT_GLOBAL_ACCESSES],
                (unsigned long long)k->counts[COUNT_SHARED_ACCESSES],
                (unsigned long long)k->counts[COUNT_SHARED_TURNS]);
        }
    }

    if (file != NULL)
    {
        fclose(file);
    }
}

static void close_module(int at)
{
    write_counts(modules[at]);
    module_free(modules[at]);
    modules[at] = NULL;
}

// The last one leaves the primary context: all that was in it goes.
static void reset(void)
{
    forget_work(&main_stream);
    for (int i = 0; i < STREAMS_MAX; i++)
    {
        if (streams[i] != NULL)
        {
            forget_work(streams[i]);
            free(streams[i]);
            streams[i] = NULL;
        }

        if (modules[i] != NULL)
        {
            close_module(i);
        }
    }

    memory_free_all();
    sticky = SUCCESS;
}

int cuInit(unsigned flags)
{
    pthread_mutex_lock(&gate);
    const char* seed = getenv("HEADWATER_PTX_SEED");
    if (!initialized)
    {
        turns = seed == NULL ? 1 : strtoull(seed, NULL, 10);
        open_stream(&main_stream);
        initialized = true;
    }

    return leave(flags == 0 ? SUCCESS : INVALID_VALUE);
}

int cuDriverGetVersion(int* version)
{
    *version = VERSION;
    return SUCCESS;
}

int cuGetErrorName(int status, const char** name)
{
    static const struct { int status; const char* name; } names[] = {
        {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"}, {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
        {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED"}, {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
        {INVALID_PTX, "CUDA_ERROR_INVALID_PTX"},
        {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"}, {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
        {NOT_READY, "CUDA_ERROR_NOT_READY"}, {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
        {ILLEGAL_INSTRUCTION, "CUDA_ERROR_ILLEGAL_INSTRUCTION"},
        {MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS"}, {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    {
        if (names[i].status == status)
        {
            *name = names[i].name;
            return SUCCESS;
        }
    }

    *name = NULL;
    return INVALID_VALUE;
}

int cuDeviceGetCount(int* count)
{
    CALL(false, *count = 1;)
}

int cuDeviceGet(int* device, int ordinal)
{
    CALL(false, *device = DEVICE; status = ordinal == 0 ? SUCCESS : INVALID_VALUE;)
}

int cuDeviceGetName(char* name, int room, int device)
{
    CALL(false,
        snprintf(name, (size_t)room, "PTX machine, no GPU");
        status = device == DEVICE ? SUCCESS : INVALID_VALUE;)
}

int cuDeviceTotalMem_v2(size_t* bytes, int device)
{
    CALL(false, *bytes = MEMORY_BYTES; status = device == DEVICE ? SUCCESS : INVALID_VALUE;)
}

int cuDeviceGetAttribute(int* value, int attribute, int device)
{
    const char* set = getenv("HEADWATER_PTX_CAPABILITY");
    int capability = set == NULL ? 90 : atoi(set);
    CALL(false,
        *value = attribute == ATTRIBUTE_UNITS ? UNITS : attribute == ATTRIBUTE_MAJOR ? capability / 10
            : attribute == ATTRIBUTE_MINOR ? capability % 10 : -1;
        status = device == DEVICE && *value >= 0 ? SUCCESS : INVALID_VALUE;)
}

int cuDevicePrimaryCtxRetain(void** handle, int device)
{
    CALL(false, retained++; *handle = &context; status = device == DEVICE ? SUCCESS : INVALID_VALUE;)
}

int cuDevicePrimaryCtxRelease_v2(int device)
{
    pthread_mutex_lock(&gate);
    if (device != DEVICE || retained == 0)
    {
        return leave(INVALID_CONTEXT);
    }

    if (--retained == 0)
    {
        reset();
    }

    return leave(SUCCESS);
}

int cuCtxPushCurrent_v2(void* handle)
{
    pthread_mutex_lock(&gate);
    bool fit = handle == &context && retained > 0;
    depth += fit;
    return leave(fit ? SUCCESS : INVALID_CONTEXT);
}

int cuCtxPopCurrent_v2(void** handle)
{
    pthread_mutex_lock(&gate);
    bool fit = depth > 0;
    depth -= fit;
    *handle = fit ? &context : NULL;
    return leave(fit ? SUCCESS : INVALID_CONTEXT);
}

int cuMemAlloc_v2(uint64_t* address, size_t bytes)
{
    CALL(true,
        *address = memory_allocate(bytes);
        status = bytes == 0 ? INVALID_VALUE : *address == 0 ? OUT_OF_MEMORY : SUCCESS;)
}

int cuMemFree_v2(uint64_t address)
{
    CALL(true,
        status = drain_all();
        status = status != SUCCESS ? status : memory_free(address) ? SUCCESS : INVALID_VALUE;)
}

int cuMemcpyHtoDAsync_v2(uint64_t target, void* source, size_t bytes, void* stream)
{
    CALL(true, status = add(stream, (work){.deed = DO_UPLOAD, .host = source, .to = target, .bytes = bytes});)
}

int cuMemcpyDtoHAsync_v2(void* target, uint64_t source, size_t bytes, void* stream)
{
    CALL(true, status = add(stream, (work){.deed = DO_DOWNLOAD, .host = target, .from = source, .bytes = bytes});)
}

int cuMemcpyDtoDAsync_v2(uint64_t target, uint64_t source, size_t bytes, void* stream)
{
    CALL(true, status = add(stream, (work){.deed = DO_COPY, .to = target, .from = source, .bytes = bytes});)
}

int cuStreamCreate(void** handle, unsigned flags)
{
    CALL(true,
        int at = 0;
        while (at < STREAMS_MAX && streams[at] != NULL)
        {
            at++;
        }

        status = at == STREAMS_MAX || flags > 1 ? INVALID_VALUE : SUCCESS;
        if (status == SUCCESS)
        {
            *handle = streams[at] = malloc(sizeof(stream));
            open_stream(streams[at]);
        })
}

int cuStreamSynchronize(void* handle)
{
    CALL(true, status = is_stream(handle) ? drain(stream_of(handle), NULL) : INVALID_HANDLE;)
}

int cuStreamDestroy_v2(void* handle)
{
    CALL(true,
        status = handle == NULL || !is_stream(handle) ? INVALID_HANDLE : drain(handle, NULL);
        for (int i = 0; i < STREAMS_MAX && status == SUCCESS; i++)
        {
            if (streams[i] == handle)
            {
                free(streams[i]);
                streams[i] = NULL;
            }
        })
}

int cuEventCreate(void** handle, unsigned flags)
{
    CALL(true,
        mark* made = calloc(1, sizeof *made);
        made->magic = mark_magic;
        made->done = true; // One that was never put into a stream.
        *handle = made;
        status = flags <= 7 ? SUCCESS : INVALID_VALUE;)
}

static bool is_mark(const mark* m)
{
    return m != NULL && m->magic == mark_magic;
}

int cuEventRecord(mark* m, void* stream)
{
    CALL(true,
        status = is_mark(m) ? add(stream, (work){.deed = DO_MARK, .mark = m}) : INVALID_HANDLE;
        if (status == SUCCESS)
        {
            m->done = false;
        })
}

static int reach(const mark* m)
{
    int status = drain(&main_stream, m);
    for (int i = 0; i < STREAMS_MAX && status == SUCCESS && !m->done; i++)
    {
        status = streams[i] == NULL ? SUCCESS : drain(streams[i], m);
    }

    return status;
}

// Says once that it is not done, then comes to it: a GPU goes on while it is asked.
int cuEventQuery(mark* m)
{
    CALL(true,
        bool done = is_mark(m) && m->done;
        status = !is_mark(m) ? INVALID_HANDLE : done ? SUCCESS : reach(m);
        status = status == SUCCESS && !done ? NOT_READY : status;)
}

int cuEventSynchronize(mark* m)
{
    CALL(true, status = is_mark(m) ? reach(m) : INVALID_HANDLE;)
}

int cuEventElapsedTime(float* milliseconds, mark* earlier, mark* later)
{
    CALL(true,
        status = !is_mark(earlier) || !is_mark(later) ? INVALID_HANDLE
            : !earlier->done || !later->done ? NOT_READY : SUCCESS;
        if (status == SUCCESS)
        {
            *milliseconds = (float)((double)(later->at.tv_sec - earlier->at.tv_sec) * 1e3
                + (double)(later->at.tv_nsec - earlier->at.tv_nsec) / 1e6);
        })
}

int cuEventDestroy_v2(mark* m)
{
    CALL(true,
        status = is_mark(m) ? reach(m) : INVALID_HANDLE;
        if (status == SUCCESS)
        {
            m->magic = 0;
            free(m);
        })
}

int cuModuleLoadDataEx(void** handle, const char* image, unsigned count, const int* names, void** values)
{
    CALL(true,
        char why[256] = "";
        int at = 0;
        while (at < STREAMS_MAX && modules[at] != NULL)
        {
            at++;
        }

        const char* set = getenv("HEADWATER_PTX_CAPABILITY");
        module* made = at == STREAMS_MAX ? NULL : module_read(image, set == NULL ? 90 : atoi(set), why, sizeof why);
        status = made == NULL ? INVALID_PTX : SUCCESS;
        char* log = NULL;
        size_t room = 0;
        for (unsigned i = 0; i < count; i++)
        {
            log = names[i] == ERROR_LOG ? values[i] : log;
            room = names[i] == ERROR_LOG_BYTES ? (size_t)(uintptr_t)values[i] : room;
        }

        if (made == NULL && log != NULL)
        {
            snprintf(log, room, "%s", why);
        }
        else if (made != NULL)
        {
            *handle = modules[at] = made;
        })
}

int cuModuleGetFunction(void** function, module* m, const char* name)
{
    CALL(true,
        status = NOT_FOUND;
        for (int i = 0; i < m->count; i++)
        {
            if (strcmp(m->kernels[i].name, name) == 0)
            {
                *function = &m->kernels[i];
                status = SUCCESS;
            }
        })
}

int cuModuleUnload(module* m)
{
    CALL(true,
        status = drain_all();
        int at = 0;
        while (at < STREAMS_MAX && modules[at] != m)
        {
            at++;
        }

        status = status != SUCCESS ? status : at == STREAMS_MAX ? INVALID_HANDLE : SUCCESS;
        if (status == SUCCESS)
        {
            close_module(at);
        })
}

int cuFuncGetAttribute(int* value, int attribute, const kernel* k)
{
    CALL(true, *value = k->shared_bytes; status = attribute == FUNCTION_SHARED_BYTES ? SUCCESS : INVALID_VALUE;)
}

// What a GPU would refuse: sizes, and a group that the kernel was not compiled for.
static bool is_fit(const kernel* k, const unsigned* groups, const unsigned* size)
{
    uint64_t threads = (uint64_t)size[0] * size[1] * size[2];
    bool fits = threads >= 1 && threads <= GROUP_THREADS_MAX && groups[0] >= 1 && groups[0] <= INT32_MAX
        && k->shared_bytes <= SHARED_MAX;
    for (int axis = 0; axis < 3; axis++)
    {
        fits &= k->size[0] == 0 || (unsigned)k->size[axis] == size[axis];
        fits &= axis == 0 || (groups[axis] >= 1 && groups[axis] <= GRID_YZ_MAX);
    }

    return fits;
}

int cuLaunchKernel(
    kernel* k, unsigned groups_x, unsigned groups_y, unsigned groups_z, unsigned size_x, unsigned size_y,
    unsigned size_z, unsigned dynamic_bytes, void* stream, void** arguments, void** extra)
{
    CALL(true,
        unsigned groups[] = {groups_x, groups_y, groups_z};
        unsigned size[] = {size_x, size_y, size_z};
        status = is_fit(k, groups, size) && dynamic_bytes == 0 && extra == NULL ? SUCCESS : INVALID_VALUE;
        work w = {.deed = DO_LAUNCH, .launch = {.kernel = k}};
        for (int axis = 0; axis < 3; axis++)
        {
            w.launch.groups[axis] = (int)groups[axis];
            w.launch.size[axis] = (int)size[axis];
        }

        for (int p = 0; status == SUCCESS && p < k->params; p++)
        {
            memcpy(w.launch.params + k->param_offset[p], arguments[p], (size_t)k->param_bytes[p]);
        }

        status = status == SUCCESS ? add(stream, w) : status;)
}
