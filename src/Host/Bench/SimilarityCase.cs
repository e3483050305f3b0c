using System.Diagnostics;
using Kernels.Device;
using Kernels.Similarity;

namespace Host.Bench;

/// <summary>Rows to search, and what a search of them took.</summary>
/// <param name="Rows">N.</param>
/// <param name="Width">D.</param>
/// <param name="Type">How a value is stored.</param>
/// <param name="Batches">B, one search each.</param>
internal sealed record SimilarityCase(int Rows, int Width, RowType Type, IReadOnlyList<int> Batches)
{
    /// <summary>k of all cases.</summary>
    public const int Neighbours = 10;

    /// <summary>Bytes that one pass over the rows reads.</summary>
    public long Bytes => RowBlocks.Bytes(Rows, Width, Type);

    /// <summary>Makes the rows.</summary>
    public SimilarityRows Make() => SimilarityRows.Pack(Rows, Width, Type, Fill);

    /// <summary>Random queries of length 1.</summary>
    /// <param name="count">B.</param>
    public float[] Queries(int count)
    {
        float[] queries = new float[count * Width];
        Fill(int.MaxValue - count, queries);
        return queries;
    }

    /// <summary>Times searches, after the answer to one query was checked.</summary>
    /// <param name="similarity">The search.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="batch">B.</param>
    /// <param name="repeats">Searches whose median counts.</param>
    /// <param name="between">Done before each search.</param>
    /// <returns>Seconds of one search.</returns>
    /// <exception cref="KernelDeviceException">The answer is wrong, so that its time means nothing.</exception>
    public double Seconds(ISimilarity similarity, SimilarityRows rows, int batch, int repeats, Action between)
    {
        float[] queries = Queries(batch);
        (int[] ids, float[] scores) = (new int[batch * Neighbours], new float[batch * Neighbours]);
        similarity.Search(queries, Neighbours, default, ids, scores);
        Check(rows, queries.AsSpan(0, Width), ids.AsSpan(0, Neighbours), scores.AsSpan(0, Neighbours));
        double[] seconds = new double[repeats];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            between();
            long started = Stopwatch.GetTimestamp();
            similarity.Search(queries, Neighbours, default, ids, scores);
            seconds[repeat] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return seconds.Order().ElementAt(repeats / 2);
    }

    // One query against all stored rows in f64. A score may be off by rounding, and so may the order.
    private static void Check(
        SimilarityRows rows, ReadOnlySpan<float> query, ReadOnlySpan<int> ids, ReadOnlySpan<float> scores)
    {
        float[] asked = query.ToArray();
        double[] all = new double[rows.Count];
        Parallel.For(0, RowBlocks.Blocks(rows.Count), block =>
        {
            float[] row = new float[rows.Width];
            for (int i = block * RowBlocks.BlockRows; i < Math.Min(rows.Count, (block + 1) * RowBlocks.BlockRows); i++)
            {
                rows.Read(i, row);
                for (int d = 0; d < row.Length; d++)
                {
                    all[i] += (double)row[d] * asked[d];
                }
            }
        });
        double[] best = [.. all.OrderDescending().Take(Neighbours)];
        double slack = rows.Type == RowType.F32 ? 1e-5 : 1e-3; // Tensor cores round the queries to halves, too.
        for (int i = 0; i < Neighbours; i++)
        {
            if (!(Math.Abs(scores[i] - all[ids[i]]) <= slack && Math.Abs(scores[i] - best[i]) <= slack))
            {
                throw new KernelDeviceException(
                    $"Neighbour {i} is row {ids[i]} with {scores[i]}; that row has {all[ids[i]]} and the {i}th best "
                    + $"score is {best[i]}.");
            }
        }
    }

    /// <summary>Makes rows of length 1, by a cheap generator: the numbers need only be different and spread.</summary>
    /// <param name="first">The first row's number.</param>
    /// <param name="rows">Receives rows of D values.</param>
    public void Fill(int first, Span<float> rows)
    {
        ulong state = ((ulong)first * 0x9E3779B97F4A7C15UL) + 12345;
        for (int start = 0; start < rows.Length; start += Width)
        {
            Span<float> row = rows.Slice(start, Width);
            float squares = 0;
            for (int d = 0; d < row.Length; d++)
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                row[d] = ((int)(state >> 40) - (1 << 23)) * (1f / (1 << 23));
                squares += row[d] * row[d];
            }

            float scale = 1 / MathF.Sqrt(squares);
            for (int d = 0; d < row.Length; d++)
            {
                row[d] *= scale;
            }
        }
    }
}
