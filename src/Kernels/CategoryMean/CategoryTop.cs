using Kernels.Similarity;

namespace Kernels.CategoryMean;

/// <summary>The cosines to the nearest rows of a category: the largest, or the mean of the m largest.</summary>
public static class CategoryTop
{
    /// <summary>Scores each query by the mean of its m largest cosines to the rows of its category.</summary>
    /// <param name="similarity">The search over the rows.</param>
    /// <param name="means">Where each category's rows are.</param>
    /// <param name="queries">[B, D] f32, row-major, of length 1 each.</param>
    /// <param name="categories">[B] category of each query. Neighbours of one category are searched together.</param>
    /// <param name="nearest">m, 1 to <see cref="ISimilarity.NeighboursMax"/>: 1 is the largest cosine. A category of
    /// fewer rows gives the mean of all of them.</param>
    /// <param name="scores">Receives [B] means; NaN where the category has no row or the query is not finite.</param>
    /// <param name="ids">Receives [B] row of the largest cosine; -1 where there is none.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Score(
        ISimilarity similarity, CategoryMeans means, ReadOnlySpan<float> queries, ReadOnlySpan<int> categories,
        int nearest, Span<float> scores, Span<int> ids)
    {
        CpuCategoryMean.CheckLengths(similarity.Width, queries.Length, categories.Length, scores.Length);
        CpuCategoryMean.CheckLengths(similarity.Width, queries.Length, categories.Length, ids.Length);
        for (int first = 0, end; first < categories.Length; first = end)
        {
            end = first + 1;
            while (end < categories.Length && categories[end] == categories[first])
            {
                end++;
            }

            int count = end - first;
            int found = Math.Min(nearest, means.CountOf(categories[first]));
            if (found == 0)
            {
                scores.Slice(first, count).Fill(float.NaN);
                ids.Slice(first, count).Fill(-1);
                continue;
            }

            OneCategory(
                similarity, means.RowsOf(categories[first]),
                queries.Slice(first * similarity.Width, count * similarity.Width), found,
                scores.Slice(first, count), ids.Slice(first, count));
        }
    }

    private static void OneCategory(
        ISimilarity similarity, RowFilter rows, ReadOnlySpan<float> queries, int found, Span<float> scores,
        Span<int> ids)
    {
        int[] all = new int[scores.Length * found];
        float[] cosines = new float[all.Length];
        similarity.Search(queries, found, rows, all, cosines);
        for (int b = 0; b < scores.Length; b++)
        {
            double sum = 0;
            foreach (float cosine in cosines.AsSpan(b * found, found))
            {
                sum += cosine;
            }

            (scores[b], ids[b]) = ((float)(sum / found), all[b * found]);
        }
    }
}
