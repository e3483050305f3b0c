// CpuSimilarity: the k rows with the largest dot product for each of B queries, on the processor.
//
// Shapes   rows [blocks, D, 64] f32, f16 or i8 (RowBlocks); queries [B, D] f32; ids [B, k] i32; scores [B, k] f32.
// Traffic  reads N*D*(4, 2 or 1) B once for every 384 KB of queries; writes B*k*8 B. Never B*N.
// Work     2*B*N*D flop: bound by memory up to about B = 6 (one panel), by multiply-adds from there on.
// Method   (1) queries are packed into panels of six; (2) each thread takes runs of blocks; (3) a block's scores with a
//          panel are 6*64 numbers in L1; (4) those that reach a query's k-th best enter its sorted list, one a thread;
//          (5) the threads' lists are merged. Blocks of f16 and i8 that meet several panels are decoded once, into L2.
// Roof     B = 1: N*D*bytes over the read rate; many queries: 2*B*N*D over the rate of multiply-adds.
// Measured D = 512, k = 10: N = 100 000 f32 in 7.1 ms (B = 1, all of the read rate), 20 ms (B = 32, 72 % of the
//          multiply-adds), 130 ms (B = 256, 87 %); N = 1 000 000, B = 1: f32 69 ms, f16 35 ms, int8 26 ms, all at 93 %
//          of the read rate or above. 2 vCPU EPYC, AVX-512, .NET 10.0.12; `headwater bench kernels` (performance.d).
// Ladder   1 SimilarityReference (scalar, f64); 2 this file, in 512-bit, 256-bit and scalar paths that give the same
//          bits (BlockScores); 3 Similarity.cl.
// Error    |score - exact| <= D * 2^-24 * sum|q*x| over the stored values.
using Kernels.Device.Cpu;

namespace Kernels.Similarity;

/// <summary>The similarity on a <see cref="CpuDevice"/>. Allocates nothing once it has seen the largest B and k.
/// </summary>
public sealed unsafe partial class CpuSimilarity : ISimilarity
{
    private const int PanelBytesMax = 384 * 1024; // Queries that stay in L2 beside a block of rows.
    private const int PartsPerThread = 8; // So that a thread that was held up leaves parts to the others.

    private readonly CpuDevice _device;
    private readonly SimilarityRows _rows;
    private readonly QueryPanels _panels = new();
    private readonly SearchJob _job;
    private readonly Lock _turn = new(); // Guards the panels, the lists and the job.
    private readonly TopLists[] _lists;

    /// <summary>Searches rows that stay where they are.</summary>
    /// <param name="device">The threads.</param>
    /// <param name="rows">The rows; the caller disposes them, after this.</param>
    public CpuSimilarity(CpuDevice device, SimilarityRows rows)
    {
        (_device, _rows) = (device, rows);
        _lists = [.. Enumerable.Range(0, device.Threads).Select(_ => new TopLists())];
        _job = new SearchJob(rows, _panels, _lists);
    }

    /// <inheritdoc/>
    public int Rows => _rows.Count;

    /// <inheritdoc/>
    public int Width => _rows.Width;

    /// <inheritdoc/>
    public void Search(
        ReadOnlySpan<float> queries, int neighbours, RowFilter filter, Span<int> ids, Span<float> scores)
    {
        (int count, int firstRow, int endRow) = SearchBounds.Check(
            Rows, Width, _rows.HasCategories, queries.Length, neighbours, filter, ids.Length, scores.Length);
        int together = Math.Max(BlockScores.PanelQueries, PanelBytesMax / sizeof(float) / Width / 6 * 6);
        lock (_turn)
        {
            for (int first = 0; first < count; first += together)
            {
                int some = Math.Min(together, count - first);
                SearchSome(
                    queries.Slice(first * Width, some * Width), neighbours, firstRow, endRow, filter.Categories,
                    ids.Slice(first * neighbours, some * neighbours),
                    scores.Slice(first * neighbours, some * neighbours));
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>The processor reads the rows where they are, so there is nothing to copy.</remarks>
    public void Update(SimilarityRows rows, int row) =>
        SearchBounds.CheckUpdate(ReferenceEquals(rows, _rows), Rows, row);

    /// <summary>Frees what it decoded blocks into.</summary>
    public void Dispose() => _job.Dispose();

    private void SearchSome(
        ReadOnlySpan<float> queries, int neighbours, int firstRow, int endRow, ReadOnlySpan<uint> categories,
        Span<int> ids, Span<float> scores)
    {
        int count = queries.Length / Width;
        _panels.Pack(queries, Width, _job.QueryFactor);
        foreach (TopLists lists in _lists)
        {
            lists.Reset(count, neighbours);
        }

        int parts = _job.Prepare(count, firstRow, endRow, categories, _device.Threads * PartsPerThread);
        _device.Run(_job, parts);
        for (int query = 0; query < count; query++)
        {
            Span<int> own = ids.Slice(query * neighbours, neighbours);
            Span<float> ownScores = scores.Slice(query * neighbours, neighbours);
            if (!_panels.IsFinite(query))
            {
                own.Fill(-1);
                ownScores.Fill(float.NaN);
                continue;
            }

            for (int worker = 1; worker < _lists.Length; worker++)
            {
                _lists[0].Merge(query, _lists[worker]);
            }

            _lists[0].Write(query, own, ownScores);
        }
    }
}
