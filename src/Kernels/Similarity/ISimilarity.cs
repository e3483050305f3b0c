namespace Kernels.Similarity;

/// <summary>Finds, for each query, the rows with the largest dot product: the cosine, as all are of length 1.</summary>
/// <remarks>One search at a time; rows change only through <see cref="Update"/>.</remarks>
public interface ISimilarity : IDisposable
{
    /// <summary>Most neighbours that one search gives.</summary>
    const int NeighboursMax = 64;

    /// <summary>N, the rows.</summary>
    int Rows { get; }

    /// <summary>D, values of a row and of a query.</summary>
    int Width { get; }

    /// <summary>Searches all queries.</summary>
    /// <param name="queries">[B, D] f32, row-major, of length 1 each; B is their length over D, 1 or more.</param>
    /// <param name="neighbours">k, 1 to <see cref="NeighboursMax"/>.</param>
    /// <param name="filter">Which rows may be found.</param>
    /// <param name="ids">Receives [B, k] row numbers, the most similar first, the lower number first among equals; -1
    /// behind the last where fewer rows pass the filter, and throughout for a query that is not finite.</param>
    /// <param name="scores">Receives [B, k] dot products; negative infinity where the id is -1, NaN throughout for a
    /// query that is not finite.</param>
    /// <exception cref="ArgumentException">A length does not fit the others.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k or the filter's range is out of its bounds.</exception>
    /// <exception cref="Device.KernelDeviceException">The device failed.</exception>
    void Search(
        ReadOnlySpan<float> queries, int neighbours, RowFilter filter, Span<int> ids, Span<float> scores);

    /// <summary>Takes over one row that <see cref="SimilarityRows.Write"/> wrote. Not during a search.</summary>
    /// <param name="rows">The rows that this was made of.</param>
    /// <param name="row">0 to N - 1.</param>
    /// <exception cref="ArgumentException">They are other rows, or there is no such row.</exception>
    /// <exception cref="Device.KernelDeviceException">The device failed.</exception>
    void Update(SimilarityRows rows, int row);
}
