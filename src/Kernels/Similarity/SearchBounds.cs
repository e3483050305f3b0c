namespace Kernels.Similarity;

/// <summary>Checks what a search is asked, for all implementations.</summary>
internal static class SearchBounds
{
    /// <summary>Checks lengths, k and the filter.</summary>
    /// <param name="rows">N.</param>
    /// <param name="width">D.</param>
    /// <param name="hasCategories">Whether the rows know their category.</param>
    /// <param name="queries">Values of all queries.</param>
    /// <param name="neighbours">k.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="ids">Room for row numbers.</param>
    /// <param name="scores">Room for scores.</param>
    /// <returns>B, and the rows as [first, end).</returns>
    /// <exception cref="ArgumentException">A length does not fit the others.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k or the range is out of bounds.</exception>
    public static (int Batch, int First, int End) Check(
        int rows, int width, bool hasCategories, int queries, int neighbours, RowFilter filter, int ids, int scores)
    {
        if (neighbours is < 1 or > ISimilarity.NeighboursMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(neighbours), neighbours, $"k must be from 1 to {ISimilarity.NeighboursMax}.");
        }

        int batch = queries / width;
        if (batch == 0 || queries % width != 0 || ids != (long)batch * neighbours || scores != ids)
        {
            throw new ArgumentException(
                $"{queries} values, {ids} ids and {scores} scores are not B queries of {width} values with "
                + $"{neighbours} neighbours each.", nameof(queries));
        }

        if (!filter.Categories.IsEmpty && !hasCategories)
        {
            throw new ArgumentException("The rows know no category to filter by.", nameof(filter));
        }

        (int first, int end) = filter.Range(rows);
        return (batch, first, end);
    }

    /// <summary>Checks that an update is of the rows that are searched.</summary>
    /// <param name="same">Whether they have their number, width and type.</param>
    /// <param name="rows">N.</param>
    /// <param name="row">The row.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void CheckUpdate(bool same, int rows, int row)
    {
        if (!same || row < 0 || row >= rows)
        {
            throw new ArgumentException($"Row {row} is none of the {rows} rows that are searched here.", nameof(row));
        }
    }
}
