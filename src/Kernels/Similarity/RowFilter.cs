namespace Kernels.Similarity;

/// <summary>Which rows may be found.</summary>
/// <remarks>The default is all of them.</remarks>
public readonly ref struct RowFilter
{
    /// <summary>The first row that may be found.</summary>
    public int First { get; init; }

    /// <summary>How many rows from there on; null for all.</summary>
    public int? Count { get; init; }

    /// <summary>One bit a category, the lowest of word 0 being category 0: rows of a category whose bit is clear are
    /// passed over. Empty lets all pass. Needs rows that know their category.</summary>
    public ReadOnlySpan<uint> Categories { get; init; }

    /// <summary>The rows as [first, end).</summary>
    /// <param name="rows">How many there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">They lie outside the rows.</exception>
    public (int First, int End) Range(int rows)
    {
        int count = Count ?? (rows - First);
        if (First < 0 || count < 0 || First > rows - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rows), rows, $"Rows {First} to {First + (long)count} lie outside the {rows} rows.");
        }

        return (First, First + count);
    }
}
