using Kernels.Similarity;

namespace Kernels.CategoryMean;

/// <summary>The mean row of each category, and where its rows are: what is asked of an index by category.</summary>
/// <remarks>The mean of unit vectors, not brought back to length 1: its dot product with a query is the mean of the
/// query's cosines to all rows of the category.</remarks>
public sealed class CategoryMeans
{
    private readonly float[] _means;
    private readonly int[] _first;
    private readonly int[] _count;

    /// <summary>Takes means that were computed before, for example read from a file.</summary>
    /// <param name="width">D.</param>
    /// <param name="means">[C, D] f32; it is kept.</param>
    /// <param name="first">[C] first row of each category; it is kept.</param>
    /// <param name="count">[C] rows of each category; it is kept.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public CategoryMeans(int width, float[] means, int[] first, int[] count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (first.Length != count.Length || means.Length != (long)width * count.Length)
        {
            throw new ArgumentException(
                $"{means.Length} values, {first.Length} first rows and {count.Length} counts are not one of each "
                + $"for categories of {width} values.");
        }

        (Width, _means, _first, _count) = (width, means, first, count);
    }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>C, one more than the largest category number.</summary>
    public int Categories => _count.Length;

    /// <summary>All means, [C, D]; zeros where a category has no row.</summary>
    public ReadOnlySpan<float> Values => _means;

    /// <summary>Computes the means of rows, in f64.</summary>
    /// <param name="rows">Rows that know their category, those of a category next to each other.</param>
    /// <returns>The means.</returns>
    /// <exception cref="ArgumentException">The rows know no category, or a category's rows are apart.</exception>
    public static CategoryMeans Of(SimilarityRows rows)
    {
        if (!rows.HasCategories)
        {
            throw new ArgumentException("The rows know no category.", nameof(rows));
        }

        (int[] first, int[] count) = Ranges(rows.Categories);
        double[] sums = new double[count.Length * rows.Width];
        float[] row = new float[rows.Width];
        for (int i = 0; i < rows.Count; i++)
        {
            rows.Read(i, row);
            Span<double> sum = sums.AsSpan(rows.Categories[i] * rows.Width, rows.Width);
            for (int d = 0; d < row.Length; d++)
            {
                sum[d] += row[d];
            }
        }

        float[] means = new float[sums.Length];
        for (int i = 0; i < means.Length; i++)
        {
            int rowsOfIt = count[i / rows.Width];
            means[i] = rowsOfIt == 0 ? 0 : (float)(sums[i] / rowsOfIt);
        }

        return new CategoryMeans(rows.Width, means, first, count);
    }

    /// <summary>How many rows a category has; 0 for a number that no row has.</summary>
    /// <param name="category">The number.</param>
    public int CountOf(int category) => (uint)category < (uint)_count.Length ? _count[category] : 0;

    /// <summary>The rows of a category, for a search among them only.</summary>
    /// <param name="category">The number.</param>
    public RowFilter RowsOf(int category) =>
        CountOf(category) == 0 ? new() { Count = 0 } : new() { First = _first[category], Count = _count[category] };

    /// <summary>A category's mean, [D]; empty where it has no row.</summary>
    /// <param name="category">The number.</param>
    public ReadOnlySpan<float> MeanOf(int category) =>
        CountOf(category) == 0 ? [] : _means.AsSpan(category * Width, Width);

    private static (int[] First, int[] Count) Ranges(ReadOnlySpan<int> categories)
    {
        int most = 0;
        foreach (int category in categories)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(category);
            most = Math.Max(most, category);
        }

        (int[] first, int[] count) = (new int[most + 1], new int[most + 1]);
        for (int i = 0; i < categories.Length; i++)
        {
            int category = categories[i];
            if (count[category] != 0 && categories[i - 1] != category)
            {
                throw new ArgumentException($"Row {i} is of category {category}, whose rows are not all together.");
            }

            first[category] = count[category] == 0 ? i : first[category];
            count[category]++;
        }

        return (first, count);
    }
}
