// PtxMachine: a libcuda.so.1 for tests. It runs PTX on the processor and watches it, as oclgrind does for OpenCL: no
// GPU is needed to execute what CudaDevice loads, and what a GPU would forgive by chance is an entry in the log here.
//
// driver.c  the driver API: contexts, memory, streams whose work waits until somebody waits for it, modules, launches
// read.c    PTX text -> kernels; what it does not know it refuses with the line
// run.c     kernels over warps of 32 lanes, each lane with its own place in the text; warps take turns at random
// compute.c what an instruction makes of its operands; access.c loads, stores and atomics
// watch.c   memory: bounds, alignment, races; how many sectors and banks an access touches
//
// It follows the PTX ISA's text, also for mma.sync's fragments. It says nothing of time, and a GPU may differ from that
// text where this machine cannot know it.
//
// Environment  HEADWATER_PTX_LOG         file that a line is added to for each fault
//              HEADWATER_PTX_SEED        of the turns that warps take; 1 where it is not set
//              HEADWATER_PTX_CAPABILITY  compute capability, 90 where it is not set
//              HEADWATER_PTX_LOST_AFTER  launches that the device survives; the next one fails, and all after it
//              HEADWATER_PTX_COUNTS      file that gets a line for each kernel when the context ends
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LANES = 32, OPERANDS_MAX = 16, PARAMS_MAX = 64, NAME_MAX_BYTES = 96, COPIES_MAX = 128, COPY_BYTES = 16 };

// The driver's codes.
enum
{
    SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, INVALID_CONTEXT = 201,
    INVALID_PTX = 218, INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700,
    ILLEGAL_INSTRUCTION = 715, MISALIGNED_ADDRESS = 716, LAUNCH_FAILED = 719
};

typedef enum { T_NONE, T_PRED, T_U8, T_S8, T_B8, T_U16, T_S16, T_B16, T_F16, T_U32, T_S32, T_B32, T_F32, T_U64, T_S64,
    T_B64 } type;

typedef enum { SPACE_NONE, SPACE_PARAM, SPACE_GLOBAL, SPACE_SHARED } space;

typedef enum
{
    OP_MOV, OP_PACK, OP_UNPACK, OP_ADD, OP_SUB, OP_MUL, OP_MAD, OP_FMA, OP_DIV, OP_REM, OP_NEG, OP_ABS, OP_MIN, OP_MAX,
    OP_AND, OP_OR, OP_XOR, OP_NOT, OP_SHL, OP_SHR, OP_POPC, OP_CLZ, OP_BFE, OP_SQRT, OP_SELP, OP_SETP, OP_CVT, OP_LD,
    OP_ST, OP_ATOM, OP_CP, OP_VOTE, OP_SHFL, OP_BRA, OP_BAR, OP_RET, OP_MMA
} op;

// What stands between an operation and its types: part of the product, comparison, rounding, kind of atomic or shuffle.
typedef enum
{
    M_NONE, M_LO, M_HI, M_WIDE, M_EQ, M_NE, M_LT, M_LE, M_GT, M_GE, M_EQU, M_NEU, M_LTU, M_LEU, M_GTU, M_GEU, M_RN,
    M_RZ, M_RNI, M_RZI, M_RMI, M_RPI, M_ADD, M_MIN, M_MAX, M_OR, M_AND, M_EXCH, M_CAS, M_IDX, M_BFLY, M_DOWN, M_UP,
    M_COMMIT, M_WAIT, M_BALLOT
} mode;

// A row of 32 values, one a lane: a register of the warp, or a constant of the kernel.
typedef struct
{
    bool constant;
    uint32_t row;
} operand;

typedef struct
{
    op op;
    type type;       // The last one written: of the sources.
    type to;         // The first one written, of the result, where there are two.
    mode mode;
    space space;
    bool is_relaxed; // A load or store that may meet others: volatile or relaxed.
    int vector;      // Values of a load or store.
    int32_t guard;   // Register row of the predicate, or -1.
    bool guard_not;
    int count;
    operand operands[OPERANDS_MAX];
    int64_t offset;  // Of an address.
    int target;      // Of a branch.
    int line;
} instruction;

typedef struct
{
    char name[NAME_MAX_BYTES];
    instruction* text;
    int count;
    uint64_t* constants; // [constant_count, 32]
    uint32_t constant_count;
    uint32_t registers;  // Rows; the first SPECIALS are the warp's place in the launch.
    int params;
    int param_offset[PARAMS_MAX];
    int param_bytes[PARAMS_MAX];
    int shared_bytes;    // As a GPU counts them.
    int shared_room;     // With gaps between arrays, so that one array's end is not the next one's start.
    uint8_t* shared_map; // [shared_room]: 1 where an array is.
    int size[3];         // Of a group as the text demands it; 0 where it does not.
    uint64_t counts[6];  // See watch.c.
    uint64_t launches;
} kernel;

typedef struct
{
    kernel* kernels;
    int count;
} module;

// %tid, %ctaid, %ntid and %nctaid, each x, y and z, and %laneid.
enum { SPECIALS = 13 };

typedef struct
{
    kernel* kernel;
    int groups[3];
    int size[3];
    uint8_t params[PARAMS_MAX * 8];
    uint32_t serial;
} launch;

// Who touches memory, for the search for races.
typedef struct
{
    uint32_t launch; // Serial number.
    uint32_t group;
    uint32_t thread; // In the launch, from 1.
    uint32_t epoch;  // Barriers of the group so far.
} toucher;

typedef struct cell cell;

// Where a launch stands.
// A copy to shared memory that was begun and that nobody has waited for: it is done when somebody does.
typedef struct
{
    uint64_t to;
    uint64_t from;
    int batch;
} copy_begun;

typedef struct
{
    uint64_t* rows; // [registers, 32]
    int place[LANES];
    uint32_t live;
    uint32_t early; // Lanes that have come to an instruction of the whole warp and wait for the others.
    bool waits;     // At a barrier.
    int index;
    copy_begun* copies; // [32, COPIES_MAX]
    int copy_count[LANES];
    int batches[LANES]; // Closed ones.
} warp;

typedef struct
{
    const launch* launch;
    uint32_t number;
    int warps;
    int live_warps;
    int waiting;
    uint32_t epoch;
    warp* warp;
    uint8_t* shared;
    cell* cells;
} group;

typedef struct
{
    group* group;
    warp* warp;
    kernel* kernel;
    const instruction* at;
    uint32_t mask;
    int fault;
} step;

#define EACH(lane) for (int lane = 0; lane < LANES; lane++) if ((s->mask >> lane & 1) != 0)

const uint64_t* from(const step* s, int index); // The row of an operand.
uint64_t* into(const step* s, int index);
int bits_of(type t);
bool is_signed(type t);
uint64_t as(type t, uint64_t value);            // A value as its type has it, in 64 bits.
void say_fault(step* s, int code, const char* what, uint64_t address);
void compute(step* s);
void load(step* s);
void store(step* s);
void atomic(step* s);
void copy_async(step* s);

// read.c: NULL and the reason in `why` when it cannot be read.
module* module_read(const char* text, int capability, char* why, size_t why_bytes);
void module_free(module* m);

// run.c: SUCCESS, or the code of the first fault.
int launch_run(const launch* l, uint64_t* random);

// watch.c
typedef enum { TOUCH_READ, TOUCH_WRITE, TOUCH_ATOMIC_READ, TOUCH_ATOMIC } touch;
enum { COUNT_INSTRUCTIONS, COUNT_GLOBAL_BYTES, COUNT_GLOBAL_SECTORS, COUNT_GLOBAL_ACCESSES, COUNT_SHARED_ACCESSES,
    COUNT_SHARED_TURNS };

uint64_t memory_allocate(size_t bytes); // 0 when there is no room.
bool memory_free(uint64_t address);
void memory_free_all(void);
// The host's place of device memory, or NULL where it is not all in one allocation. Where it is in that, and who
// touched it, for who asks.
uint8_t* memory_at(uint64_t address, size_t bytes, cell** cells, size_t* offset);
cell* cells_make(size_t bytes);
// Looks for a race. `same`: the bytes do not change, which is no race between writes.
void touched(cell* cells, size_t offset, size_t bytes, touch how, bool same, const toucher* who, const kernel* k,
    int line);
void count_access(kernel* k, const instruction* i, uint32_t mask, const uint64_t* addresses, size_t bytes);
// Once for a kernel and a line of it.
void fault_log(const kernel* k, int line, const char* format, ...) __attribute__((format(printf, 3, 4)));

#endif
