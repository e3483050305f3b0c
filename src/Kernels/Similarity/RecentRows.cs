// RecentRows: the newest rows of a stream, searched where they lie: a ring of N_max rows in the layout of RowBlocks.
//
// Shapes   rows [N_max, D] f16 in blocks of 64; a row enters at (rows entered before) mod N_max; one query a search.
// Memory   taken whole when it is made, so that a run that has begun cannot fail for want of it: N_max * D * 2 B here,
//          as much again on a device with memory of its own, 4 B a row for categories.
// Traffic  a search reads Count * D * 2 B, whatever the category; an entry copies one block, D * 128 B, to a device.
// Tried    a ring a category, which a search reads alone: less traffic by the number of categories, but each ring is
//          rounded up to its own growth (with 1,203 categories of 64-row blocks and D = 768, 118 MB when they hold one
//          row each), and what one category forgets another cannot use. A search of all is 3.5 ms at 100,000 rows of
//          512 on two cores (docs/performance.d/duplicates.md), below any picture's price, so the ring stays one.
using Kernels.Device;

namespace Kernels.Similarity;

/// <summary>The newest rows of a stream, up to a bound; searchable at any moment. Safe from several threads.</summary>
public sealed class RecentRows : IDisposable
{
    private readonly Lock _turn = new(); // Guards everything below.
    private readonly SimilarityRows _rows;
    private readonly ISimilarity _similarity;
    private uint[] _mask = [0];
    private long _entered;

    /// <summary>Takes the memory.</summary>
    /// <param name="device">Where rows are searched; it outlives this.</param>
    /// <param name="width">D, 1 to <see cref="RowBlocks.WidthMax"/>.</param>
    /// <param name="rowsMax">N_max, 1 or more.</param>
    /// <exception cref="KernelDeviceException">The device has not that much memory.</exception>
    /// <exception cref="OutOfMemoryException">Nor has the process.</exception>
    public RecentRows(IKernelDevice device, int width, int rowsMax)
    {
        _rows = SimilarityRows.Room(rowsMax, width, RowType.F16);
        try
        {
            _similarity = SimilaritySearch.On(device, _rows);
        }
        catch
        {
            _rows.Dispose();
            throw;
        }
    }

    /// <summary>Rows held, N_max at most.</summary>
    public int Count => (int)Math.Min(Interlocked.Read(ref _entered), _rows.Count);

    /// <summary>Rows that gave way to newer ones.</summary>
    public long Forgotten => Math.Max(0, Interlocked.Read(ref _entered) - _rows.Count);

    /// <summary>Enters a row; where there is no room the oldest gives way.</summary>
    /// <param name="values">[D] f32, of length 1; kept as f16.</param>
    /// <param name="category">0 or more.</param>
    /// <returns>Its place, 0 to N_max - 1: that of the row that gave way, if one did.</returns>
    /// <exception cref="ArgumentException">The length is not D, or a value is not finite; nothing is entered.
    /// </exception>
    public int Enter(ReadOnlySpan<float> values, int category)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(category);
        lock (_turn)
        {
            int place = (int)(_entered % _rows.Count);
            _rows.Write(place, values, category);
            _similarity.Update(_rows, place);
            Interlocked.Increment(ref _entered);
            return place;
        }
    }

    /// <summary>Finds the row with the largest dot product.</summary>
    /// <param name="query">[D] f32, of length 1.</param>
    /// <param name="category">Looks at the rows of this category; -1 at all.</param>
    /// <returns>Its place and the product; -1 and negative infinity where there is no such row, -1 and NaN where the
    /// query is not finite.</returns>
    /// <exception cref="ArgumentException">The length is not D.</exception>
    public (int Place, float Score) Nearest(ReadOnlySpan<float> query, int category)
    {
        Span<int> places = stackalloc int[1];
        Span<float> scores = stackalloc float[1];
        lock (_turn)
        {
            RowFilter filter = category < 0
                ? new() { Count = Count }
                : new() { Count = Count, Categories = MaskOf(category) };
            _similarity.Search(query, 1, filter, places, scores);
            if (category >= 0)
            {
                _mask[category / 32] = 0;
            }
        }

        return (places[0], scores[0]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _similarity.Dispose();
        _rows.Dispose();
    }

    private uint[] MaskOf(int category)
    {
        if (_mask.Length <= category / 32)
        {
            _mask = new uint[Math.Max(_mask.Length * 2, (category / 32) + 1)];
        }

        _mask[category / 32] = 1u << (category % 32);
        return _mask;
    }
}
