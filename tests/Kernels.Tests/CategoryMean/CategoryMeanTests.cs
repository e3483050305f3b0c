using Kernels.CategoryMean;
using Kernels.Similarity;
using Tests.Shared;

namespace Kernels.Tests.CategoryMean;

/// <summary>Goal: the mean cosine to a category is the mean of the full matrix of pairs, on every device. Method: that
/// matrix, in f64, over the stored rows.</summary>
public abstract class CategoryMeanTests
{
    /// <summary>Makes the kernel on the device under test.</summary>
    protected abstract ICategoryMean Make(CategoryMeans means);

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 3, 7, 2)]
    [InlineData(200, 768, 9, 12)]
    [InlineData(130, 515, 33, 5)]
    public void The_mean_equals_the_matrix_of_pairs(int count, int width, int queries, int categories)
    {
        int[] categoryOf = [.. Enumerable.Range(0, count).Select(i => i * categories / count)];
        using SimilarityRows rows = SimilarityRows.Pack(
            UnitRows.Of(count, width, seed: 1), width, RowType.F32, categoryOf);
        CategoryMeans means = CategoryMeans.Of(rows);
        using ICategoryMean kernel = Make(means);
        float[] asked = UnitRows.Of(queries, width, seed: 2);
        int[] own = [.. Enumerable.Range(0, queries).Select(b => b % (categories + 1))]; // One has no row.
        float[] scores = new float[queries];

        kernel.Score(asked, own, scores);

        for (int b = 0; b < queries; b++)
        {
            double expected = Pairs(rows, asked.AsSpan(b * width, width), own[b]).DefaultIfEmpty(double.NaN).Average();
            Assert.Equal(expected, scores[b], 1e-5);
        }
    }

    [Fact]
    [Trait("oclgrind", "yes")]
    public void A_query_that_is_not_finite_has_no_mean_and_harms_no_other()
    {
        using SimilarityRows rows = SimilarityRows.Pack(
            UnitRows.Of(20, 40, seed: 1), 40, RowType.F32, new int[20]);
        CategoryMeans means = CategoryMeans.Of(rows);
        using ICategoryMean kernel = Make(means);
        float[] asked = UnitRows.Of(3, 40, seed: 2);
        (asked[40 + 7], asked[80 + 39]) = (float.PositiveInfinity, float.NaN);
        float[] scores = new float[3];

        kernel.Score(asked, [0, 0, 0], scores);

        Assert.True(float.IsFinite(scores[0]));
        Assert.True(float.IsNaN(scores[1]));
        Assert.True(float.IsNaN(scores[2]));
    }

    private protected static IEnumerable<double> Pairs(SimilarityRows rows, ReadOnlySpan<float> query, int category)
    {
        List<double> cosines = [];
        float[] row = new float[rows.Width];
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.Categories[i] == category)
            {
                rows.Read(i, row);
                double sum = 0;
                for (int d = 0; d < row.Length; d++)
                {
                    sum += (double)row[d] * query[d];
                }

                cosines.Add(sum);
            }
        }

        return cosines;
    }
}
