namespace Kernels.CategoryMean;

/// <summary>The mean cosine of a query to all rows of its category: the reference filter's inter-similarity, exactly.
/// </summary>
/// <remarks>Source: the CLIP inter-similarity of DiverGen (Fan et al., CVPR 2024), there by the matrix of all pairs.
/// </remarks>
public interface ICategoryMean : IDisposable
{
    /// <summary>Scores each query against its own category.</summary>
    /// <param name="queries">[B, D] f32, row-major, of length 1 each.</param>
    /// <param name="categories">[B] category of each query.</param>
    /// <param name="scores">Receives [B] mean cosines; NaN where the category has no row or the query is not finite.
    /// </param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="Device.KernelDeviceException">The device failed.</exception>
    void Score(ReadOnlySpan<float> queries, ReadOnlySpan<int> categories, Span<float> scores);
}
