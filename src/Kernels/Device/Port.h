// Port: one kernel text for two compilers. It is OpenCL C 1.2, built by
//   (1) any OpenCL driver at run time (PoCL in the tests), and
//   (2) clang -x cl --target=nvptx64-nvidia-cuda ahead of time (Cuda/build-ptx.sh); there is no built-in library there,
//       so a kernel calls no OpenCL function by its name, only what stands below. A test finds what slips through.
// It asks for no generic address space (name GLOBAL or LOCAL with every pointer), no sub-groups, no arithmetic in half.
//
// Kernels     KERNEL GROUP(x, y, z) name(...)    the group's size is fixed when the text is compiled
//             DEVICE                             a function that kernels call
//             GLOBAL, LOCAL                      address spaces; LOCAL arrays stand at the top of a kernel's body,
//                                                48 KB in all at most (the device throws above that)
// Places      LOCAL_X/Y/Z, GROUP_X/Y/Z           int: the work-item in its group, the group in the launch
//             SIZE_X/Y/Z, GROUPS_X/Y/Z           int: a group's size, the launch's groups
//             GLOBAL_X/Y/Z                       int: GROUP * SIZE + LOCAL
// Barriers    BARRIER_LOCAL, BARRIER             the whole group; the first orders LOCAL, the second GLOBAL as well
// Atomics     ATOMIC_ADD/MIN/MAX/OR/XCHG(p, v)   int, GLOBAL or LOCAL; give the old value; relaxed
//             ATOMIC_CAS(p, expected, v)         the same
//             ATOMIC_LOAD(p)                     int; a plain read beside atomic writes is a race, this is none
// Warp        BALLOT(set)                        a bit for each of the 32 work-items that run together, all of which
//                                                come here; only where HAS_BALLOT is defined (PTX)
// Numbers     FMA FABS FLOOR SQRT                float; FMA rounds once
//             MIN MAX CLAMP(v, low, high)        macros: an argument may be evaluated twice. NaN: as (a < b ? a : b)
//             TO_FLOAT(i) TO_INT(f)              conversion, TO_INT towards zero
//             AS_FLOAT(bits) AS_INT(f)           the same 32 bits
//             IS_FINITE(f)                       by bits, so that no compiler option can assume it
//             LOAD_HALF(p, i) STORE_HALF(v,p,i)  half as storage; STORE rounds to nearest even
//             INFINITY, NAN
// Bits        COUNT_BITS LOWEST_BIT BIT_LENGTH   of a uint: how many are set; the lowest one's place, 32 for none; the
//                                                highest one's place and 1, 0 for none
// Group       reduce_group(sums, kinds, least, largest, items)    over LOCAL sums[kinds][items], one column a
//                                                work-item: the first column gets the sums, from kind `least` on the
//                                                least, from `largest` on the largest; items is a power of 2
// Loops       UNROLL, ROLLED before a loop: arrays that should live in registers need the first; the second keeps a
//             long body with barriers in it from taking PoCL's compiler half a minute.
// Vectors     float2..float16 and so on with + - * and .s0; casts as (float4)(x); loads through a pointer.
// Ahead       COPY_AHEAD(to, from)               16 bytes of GLOBAL to LOCAL, both aligned, for this work-item alone
//             CLOSE_AHEAD                        what was begun so far is a batch
//             WAIT_AHEAD(n)                      all batches but the n last are there; n is a literal
//             Only where HAS_AHEAD is defined (PTX, sm_80 and newer) do copies go on while others are begun; elsewhere
//             each is made at once. A compiler that may move a load moves it to its use, and memory waits.
// Tensor      HAS_MMA is defined where mma.sync m16n8k16 exists (PTX, sm_80 and newer).
// Rounding    a * b + c is never fused unless written as FMA, so sums equal C#'s bit for bit; / and SQRT may be off by
//             2.5 and 3 units in the last place on an OpenCL GPU: divide on the host where bits matter.
// Arguments   pointers, int and float only, as KernelArgument knows no others.
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL __kernel
#define GROUP(x, y, z) __attribute__((reqd_work_group_size(x, y, z)))
#define DEVICE static inline
#define GLOBAL __global
#define LOCAL __local

#if defined(__NVPTX__)

#define LOCAL_X ((int)__nvvm_read_ptx_sreg_tid_x())
#define LOCAL_Y ((int)__nvvm_read_ptx_sreg_tid_y())
#define LOCAL_Z ((int)__nvvm_read_ptx_sreg_tid_z())
#define GROUP_X ((int)__nvvm_read_ptx_sreg_ctaid_x())
#define GROUP_Y ((int)__nvvm_read_ptx_sreg_ctaid_y())
#define GROUP_Z ((int)__nvvm_read_ptx_sreg_ctaid_z())
#define SIZE_X ((int)__nvvm_read_ptx_sreg_ntid_x())
#define SIZE_Y ((int)__nvvm_read_ptx_sreg_ntid_y())
#define SIZE_Z ((int)__nvvm_read_ptx_sreg_ntid_z())
#define GROUPS_X ((int)__nvvm_read_ptx_sreg_nctaid_x())
#define GROUPS_Y ((int)__nvvm_read_ptx_sreg_nctaid_y())
#define GROUPS_Z ((int)__nvvm_read_ptx_sreg_nctaid_z())
#define BARRIER_LOCAL __syncthreads()
#define BARRIER __syncthreads()
#define ATOMIC_ADD(p, v) __sync_fetch_and_add((p), (v))
#define ATOMIC_MIN(p, v) __sync_fetch_and_min((p), (v))
#define ATOMIC_MAX(p, v) __sync_fetch_and_max((p), (v))
#define ATOMIC_OR(p, v) __sync_fetch_and_or((p), (v))
#define ATOMIC_XCHG(p, v) __sync_lock_test_and_set((p), (v))
#define ATOMIC_CAS(p, expected, v) __sync_val_compare_and_swap((p), (expected), (v))
#define ATOMIC_LOAD(p) (*(volatile __typeof__(*(p))*)(p))
#define HAS_BALLOT 1
#define BALLOT(set) ((uint)__nvvm_vote_ballot_sync(0xffffffff, (set)))
#define FMA(a, b, c) __builtin_fmaf((a), (b), (c))
#define FABS(a) __builtin_fabsf(a)
#define FLOOR(a) __builtin_floorf(a)
#define SQRT(a) __nvvm_sqrt_rn_f(a)
#define COUNT_BITS(v) __builtin_popcount(v)
#define BIT_LENGTH(v) ((v) == 0 ? 0 : 32 - __builtin_clz(v))
#define LOAD_HALF(p, i) __builtin_load_halff((p) + (i))
#define STORE_HALF(v, p, i) __builtin_store_halff((v), (p) + (i))
#if PORT_SM >= 80
#define HAS_MMA 1
#define HAS_AHEAD 1
#define COPY_AHEAD(to, from)                                                                                           \
    __asm__ volatile("cp.async.cg.shared.global [%0], [%1], 16;" : : "r"((uint)(ulong)(to)), "l"(from) : "memory")
#define CLOSE_AHEAD __asm__ volatile("cp.async.commit_group;" : : : "memory")
#define WAIT_AHEAD(n) __asm__ volatile("cp.async.wait_group %0;" : : "n"(n) : "memory")
#endif

#else

#define LOCAL_X ((int)get_local_id(0))
#define LOCAL_Y ((int)get_local_id(1))
#define LOCAL_Z ((int)get_local_id(2))
#define GROUP_X ((int)get_group_id(0))
#define GROUP_Y ((int)get_group_id(1))
#define GROUP_Z ((int)get_group_id(2))
#define SIZE_X ((int)get_local_size(0))
#define SIZE_Y ((int)get_local_size(1))
#define SIZE_Z ((int)get_local_size(2))
#define GROUPS_X ((int)get_num_groups(0))
#define GROUPS_Y ((int)get_num_groups(1))
#define GROUPS_Z ((int)get_num_groups(2))
#define BARRIER_LOCAL barrier(CLK_LOCAL_MEM_FENCE)
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define ATOMIC_ADD(p, v) atomic_add((p), (v))
#define ATOMIC_MIN(p, v) atomic_min((p), (v))
#define ATOMIC_MAX(p, v) atomic_max((p), (v))
#define ATOMIC_OR(p, v) atomic_or((p), (v))
#define ATOMIC_XCHG(p, v) atomic_xchg((p), (v))
#define ATOMIC_CAS(p, expected, v) atomic_cmpxchg((p), (expected), (v))
#define ATOMIC_LOAD(p) atomic_or((p), 0)
#define FMA(a, b, c) fma((a), (b), (c))
#define FABS(a) fabs(a)
#define FLOOR(a) floor(a)
#define SQRT(a) sqrt(a)
#define COUNT_BITS(v) ((int)popcount(v))
#define BIT_LENGTH(v) (32 - (int)clz(v))
#define LOAD_HALF(p, i) vload_half((i), (p))
#define STORE_HALF(v, p, i) vstore_half_rte((v), (i), (p))

#endif

#if !HAS_AHEAD
#define COPY_AHEAD(to, from) *(LOCAL uint4*)(to) = *(GLOBAL const uint4*)(from)
#define CLOSE_AHEAD
#define WAIT_AHEAD(n)
#endif

#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("nounroll")
#define GLOBAL_X (GROUP_X * SIZE_X + LOCAL_X)
#define GLOBAL_Y (GROUP_Y * SIZE_Y + LOCAL_Y)
#define GLOBAL_Z (GROUP_Z * SIZE_Z + LOCAL_Z)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define CLAMP(v, low, high) MIN(MAX((v), (low)), (high))
#define TO_FLOAT(i) ((float)(i))
#define TO_INT(f) ((int)(f))
#define AS_FLOAT(bits) as_float(bits)
#define AS_INT(f) as_int(f)
#define IS_FINITE(f) ((as_int(f) & 0x7f800000) != 0x7f800000)
#define LOWEST_BIT(v) COUNT_BITS(((v) & (0u - (v))) - 1u)

DEVICE __attribute__((unused)) void reduce_group(LOCAL int* sums, int kinds, int least, int largest, int items)
{
    BARRIER_LOCAL;
    for (int width = items / 2; width > 0; width /= 2)
    {
        for (int k = 0; k < kinds && LOCAL_X < width; k++)
        {
            LOCAL int* own = sums + k * items + LOCAL_X;
            own[0] = k < least ? own[0] + own[width] : k < largest ? MIN(own[0], own[width]) : MAX(own[0], own[width]);
        }

        BARRIER_LOCAL;
    }
}
#line 1 "kernel"
