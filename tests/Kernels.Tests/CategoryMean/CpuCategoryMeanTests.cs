using Kernels.CategoryMean;
using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Kernels.Tests.CategoryMean;

/// <summary>The suite on the processor, and what is computed by searches.</summary>
public sealed class CpuCategoryMeanTests : CategoryMeanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public void Mean_of_the_nearest_equals_the_matrix_of_pairs(int nearest)
    {
        const int width = 90;
        int[] categoryOf = [.. Enumerable.Range(0, 160).Select(i => i < 3 ? 0 : i < 90 ? 2 : 5)];
        using SimilarityRows rows = SimilarityRows.Pack(
            UnitRows.Of(160, width, seed: 1), width, RowType.F32, categoryOf);
        using CpuDevice device = new(threads: 2);
        using ISimilarity similarity = SimilaritySearch.On(device, rows);
        float[] asked = UnitRows.Of(8, width, seed: 2);
        int[] own = [0, 0, 2, 1, 5, 2, 9, 5];
        (float[] scores, int[] ids) = (new float[8], new int[8]);

        CategoryTop.Score(similarity, CategoryMeans.Of(rows), asked, own, nearest, scores, ids);

        for (int b = 0; b < 8; b++)
        {
            double[] cosines = [.. Pairs(rows, asked.AsSpan(b * width, width), own[b]).OrderDescending()];
            double expected = cosines.Take(nearest).DefaultIfEmpty(double.NaN).Average();
            Assert.Equal(expected, scores[b], 1e-5);
            Assert.Equal(cosines.Length == 0, ids[b] == -1);
            Assert.True(cosines.Length == 0 || categoryOf[ids[b]] == own[b]);
        }
    }

    [Fact]
    public void Rows_of_a_category_that_lie_apart_are_refused()
    {
        using SimilarityRows rows = SimilarityRows.Pack(
            UnitRows.Of(4, 3, seed: 1), 3, RowType.F32, [7, 7, 2, 7]);

        ArgumentException refused = Assert.Throws<ArgumentException>(() => CategoryMeans.Of(rows));

        Assert.Contains("Row 3 is of category 7", refused.Message, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    protected override ICategoryMean Make(CategoryMeans means) => new CpuCategoryMean(means);
}
