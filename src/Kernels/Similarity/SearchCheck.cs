namespace Kernels.Similarity;

/// <summary>Checks the arguments of a search, the same on every device.</summary>
internal static class SearchCheck
{
    /// <summary>Gives B, the number of queries.</summary>
    public static int Queries(
        SimilarityRows rows, int queryValues, int neighbours, RowFilter filter, int ids, int scores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(neighbours, ISimilarity.NeighboursMax);
        int count = queryValues / rows.Width;
        if (count == 0 || queryValues % rows.Width != 0)
        {
            throw new ArgumentException($"{queryValues} values are not queries of {rows.Width} values.");
        }

        if (ids != (long)count * neighbours || scores != ids)
        {
            throw new ArgumentException(
                $"There is room for {ids} ids and {scores} scores; {count} queries with {neighbours} neighbours each "
                + $"need {(long)count * neighbours}.");
        }

        if (!filter.Categories.IsEmpty && !rows.HasCategories)
        {
            throw new ArgumentException("The filter names categories; the rows know none.");
        }

        filter.Range(rows.Count);
        return count;
    }
}
