// BlockScores: dot products of the 64 rows of one block with 1 or 6 queries.
//
// Shapes   block [D, 64] values; queries [D, 6] f32 (or [D] for one); scores [6, 64] f32 (or [64]).
// Order    each sum runs over d from 0 up, one fused multiply-add a value, in every path: the score of a row does not
//          depend on the vectors' width, on the threads, or on how many queries are asked at a time.
// Work     2*64*6*D flop on 64*D values: 24 sums in registers need 4 loads and 6 broadcasts for 24 multiply-adds, so
//          those bound it (two of 512 bits a cycle and core on the machine measured).
// Measured 214 GF/s of 230 that the same two threads reach on multiply-adds alone (B = 256, D = 512, N = 100 000, f32).
//          Two cores of an AMD EPYC VM, AVX-512, .NET 10.0.12; `headwater bench kernels`.
// Tried    horizontal sums over row-major rows, 4 rows by 6 queries: 54 per cent of the multiply-add peak.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kernels.Similarity;

/// <summary>The inner loops of the similarity on the processor.</summary>
internal static unsafe class BlockScores
{
    /// <summary>Queries of a panel: with four vectors of rows, 24 sums, which leaves 8 of 32 registers.</summary>
    public const int PanelQueries = 6;

    private const int Rows = RowBlocks.BlockRows;

    /// <summary>The widest path of this processor for panels.</summary>
    public static delegate*<byte*, float*, int, float*, void> Panel<T>()
        where T : struct, IRowDecoder =>
        Vector512.IsHardwareAccelerated ? &Panel512<T> : Vector256.IsHardwareAccelerated ? &Panel256<T> : &PanelOne<T>;

    /// <summary>The widest path of this processor for one query.</summary>
    public static delegate*<byte*, float*, int, float*, void> Single<T>()
        where T : struct, IRowDecoder =>
        Vector512.IsHardwareAccelerated ? &Single512<T>
        : Vector256.IsHardwareAccelerated ? &Single256<T> : &SingleOne<T>;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel512<T>(byte* block, float* queries, int width, float* scores)
        where T : struct, IRowDecoder
    {
        Sums512 q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default;
        for (int d = 0; d < width; d++, queries += PanelQueries)
        {
            Vector512<float> r0 = T.Load512(block, d * Rows);
            Vector512<float> r1 = T.Load512(block, (d * Rows) + 16);
            Vector512<float> r2 = T.Load512(block, (d * Rows) + 32);
            Vector512<float> r3 = T.Load512(block, (d * Rows) + 48);
            q0.Add(r0, r1, r2, r3, queries[0]);
            q1.Add(r0, r1, r2, r3, queries[1]);
            q2.Add(r0, r1, r2, r3, queries[2]);
            q3.Add(r0, r1, r2, r3, queries[3]);
            q4.Add(r0, r1, r2, r3, queries[4]);
            q5.Add(r0, r1, r2, r3, queries[5]);
        }

        q0.Store(scores);
        q1.Store(scores + Rows);
        q2.Store(scores + (2 * Rows));
        q3.Store(scores + (3 * Rows));
        q4.Store(scores + (4 * Rows));
        q5.Store(scores + (5 * Rows));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Single512<T>(byte* block, float* query, int width, float* scores)
        where T : struct, IRowDecoder
    {
        Sums512 sums = default;
        for (int d = 0; d < width; d++)
        {
            sums.Add(
                T.Load512(block, d * Rows), T.Load512(block, (d * Rows) + 16),
                T.Load512(block, (d * Rows) + 32), T.Load512(block, (d * Rows) + 48), query[d]);
        }

        sums.Store(scores);
    }

    // Two vectors of rows by six queries are 12 sums of the 16 registers there are; four turns make a block.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel256<T>(byte* block, float* queries, int width, float* scores)
        where T : struct, IRowDecoder
    {
        for (int row = 0; row < Rows; row += 16)
        {
            Sums256 q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default;
            float* query = queries;
            for (int d = 0; d < width; d++, query += PanelQueries)
            {
                Vector256<float> r0 = T.Load256(block, (d * Rows) + row);
                Vector256<float> r1 = T.Load256(block, (d * Rows) + row + 8);
                q0.Add(r0, r1, query[0]);
                q1.Add(r0, r1, query[1]);
                q2.Add(r0, r1, query[2]);
                q3.Add(r0, r1, query[3]);
                q4.Add(r0, r1, query[4]);
                q5.Add(r0, r1, query[5]);
            }

            q0.Store(scores + row);
            q1.Store(scores + row + Rows);
            q2.Store(scores + row + (2 * Rows));
            q3.Store(scores + row + (3 * Rows));
            q4.Store(scores + row + (4 * Rows));
            q5.Store(scores + row + (5 * Rows));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Single256<T>(byte* block, float* query, int width, float* scores)
        where T : struct, IRowDecoder
    {
        for (int row = 0; row < Rows; row += 32)
        {
            Sums256 low = default, high = default;
            for (int d = 0; d < width; d++)
            {
                int at = (d * Rows) + row;
                low.Add(T.Load256(block, at), T.Load256(block, at + 8), query[d]);
                high.Add(T.Load256(block, at + 16), T.Load256(block, at + 24), query[d]);
            }

            low.Store(scores + row);
            high.Store(scores + row + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PanelOne<T>(byte* block, float* queries, int width, float* scores)
        where T : struct, IRowDecoder
    {
        new Span<float>(scores, PanelQueries * Rows).Clear();
        for (int d = 0; d < width; d++, queries += PanelQueries)
        {
            for (int row = 0; row < Rows; row++)
            {
                float value = T.Load(block, (d * Rows) + row);
                for (int q = 0; q < PanelQueries; q++)
                {
                    float* sum = scores + (q * Rows) + row;
                    *sum = MathF.FusedMultiplyAdd(value, queries[q], *sum);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SingleOne<T>(byte* block, float* query, int width, float* scores)
        where T : struct, IRowDecoder
    {
        new Span<float>(scores, Rows).Clear();
        for (int d = 0; d < width; d++)
        {
            for (int row = 0; row < Rows; row++)
            {
                scores[row] = MathF.FusedMultiplyAdd(T.Load(block, (d * Rows) + row), query[d], scores[row]);
            }
        }
    }

    private struct Sums512
    {
        private Vector512<float> _s0, _s1, _s2, _s3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(
            Vector512<float> r0, Vector512<float> r1, Vector512<float> r2, Vector512<float> r3, float query)
        {
            Vector512<float> all = Vector512.Create(query);
            _s0 = Vector512.FusedMultiplyAdd(r0, all, _s0);
            _s1 = Vector512.FusedMultiplyAdd(r1, all, _s1);
            _s2 = Vector512.FusedMultiplyAdd(r2, all, _s2);
            _s3 = Vector512.FusedMultiplyAdd(r3, all, _s3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* scores)
        {
            _s0.Store(scores);
            _s1.Store(scores + 16);
            _s2.Store(scores + 32);
            _s3.Store(scores + 48);
        }
    }

    private struct Sums256
    {
        private Vector256<float> _s0, _s1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector256<float> r0, Vector256<float> r1, float query)
        {
            Vector256<float> all = Vector256.Create(query);
            _s0 = Vector256.FusedMultiplyAdd(r0, all, _s0);
            _s1 = Vector256.FusedMultiplyAdd(r1, all, _s1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* scores)
        {
            _s0.Store(scores);
            _s1.Store(scores + 8);
        }
    }
}
