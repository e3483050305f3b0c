using Engine.Index;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Goal: the scores are those of the matrix of pairs, and the thresholds reject the share that was asked for,
/// of rare categories as of large ones.</summary>
public sealed class CalibrationTests
{
    [Fact]
    public void Scores_equal_the_matrix_of_pairs_with_the_row_itself_left_out()
    {
        const int width = 9;
        int[] counts = [1, 2, 30, 7];
        float[] rows = UnitRows.Of(40, width, seed: 1);
        int[] categoryOf = [.. counts.SelectMany((count, c) => Enumerable.Repeat(c, count))];

        IReadOnlyList<IndexCategory> scored = Run(counts, width, rows);

        for (int c = 0; c < counts.Length; c++)
        {
            double[] own = [.. Enumerable.Range(0, 40).Where(i => categoryOf[i] == c && counts[c] > 1)
                .Select(i => Enumerable.Range(0, 40).Where(j => j != i && categoryOf[j] == c).Average(j => Dot(i, j)))];
            double[] other = [.. Enumerable.Range(0, 40).Where(i => categoryOf[i] != c)
                .Select(i => Enumerable.Range(0, 40).Where(j => categoryOf[j] == c).Average(j => Dot(i, j)))];
            CategoryCalibration calibration = scored[c].Calibration!;
            Assert.Equal(own.Length, calibration.OwnCount);
            Assert.Equal(own.DefaultIfEmpty().Average(), calibration.OwnMean, 1e-5);
            Assert.Equal(Deviation(own), calibration.OwnDeviation, 1e-5);
            Assert.Equal(other.Average(), calibration.OtherMean, 1e-5);
            Assert.Equal(Deviation(other), calibration.OtherDeviation, 1e-5);
        }

        double Dot(int i, int j) => Enumerable.Range(0, width).Sum(
            d => (double)rows[(i * width) + d] * rows[(j * width) + d]);
    }

    [Theory]
    [InlineData(0.02, 0.04, 1)]
    [InlineData(0.05, 0.04, 1)]
    [InlineData(0.2, 0.04, 1)]
    [InlineData(0.05, 0, 1)] // All categories alike.
    [InlineData(0.02, 0.05, 9)]
    [InlineData(0.05, 0.05, 9)]
    [InlineData(0.2, 0.05, 9)]
    public void The_share_asked_for_is_rejected_of_rare_categories_as_of_large_ones(
        double share, double between, int objectsMax)
    {
        int[] sizes = [1, 2, 3, 12, 80]; // Photographs.
        Random random = new(17);
        DrawnCategory[] drawn = [.. Enumerable.Range(0, 500).Select(
            c => new DrawnCategory(random, 0.5 + (between * DrawnCategory.Normal(random)), sizes[c % 5], objectsMax))];
        IReadOnlyList<IndexCategory> made = new TestIndex(1, RowType.F32, [.. drawn.Select(_ => 1)]).Info.Categories;
        IndexInfo info = new(
            "m", "r", "s",
            [.. made.Zip(drawn, (category, own) => category with
            {
                Calibration = OwnScores.Summary(own.Scores, default),
            })],
            new Dictionary<string, long>());

        CalibratedThresholds thresholds = CalibratedThresholds.Of(info, share);

        for (int size = 0; size < sizes.Length; size++)
        {
            double actual = Enumerable.Range(0, 40_000).Average(draw =>
            {
                int c = (draw % 100 * 5) + size;
                return drawn[c].Next(random) < thresholds[c].Value ? 1 : 0;
            });
            Assert.True(
                actual > share * 0.5 && actual < share * 1.7, $"{sizes[size]} photographs: {actual:P1} for {share:P1}");
        }
    }

    [Fact]
    public void A_larger_share_never_lowers_a_threshold()
    {
        int[] counts = [1, 5, 90];
        IndexInfo info = Info(
            counts, c => [.. Enumerable.Range(0, counts[c]).Select(i => 0.5 + (0.01 * (i % 9)))]);
        double[][] thresholds = [.. new[] { 0.01, 0.05, 0.1, 0.3, 0.49 }.Select(share =>
        {
            CalibratedThresholds chosen = CalibratedThresholds.Of(info, share);
            return new[] { chosen[0], chosen[1], chosen[2], chosen.Common }.Select(one => one.Value).ToArray();
        })];

        for (int i = 1; i < thresholds.Length; i++)
        {
            Assert.All(thresholds[i].Zip(thresholds[i - 1]), pair => Assert.True(pair.First >= pair.Second));
        }
    }

    [Fact]
    public void An_index_that_was_calibrated_row_by_row_is_refused()
    {
        IndexInfo info = Info([9], _ => [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        IndexInfo old = info with
        {
            Categories = [info.Categories[0] with { Calibration = new CategoryCalibration(5, 2, 9, 0, 0) }],
        };

        Assert.Contains(
            "row by row", Assert.Throws<InvalidDataException>(() => CalibratedThresholds.Of(old, 0.1)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    public void A_share_outside_its_bounds_is_refused(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => CalibratedThresholds.Of(Info([5], _ => [1, 2, 3, 4, 5]), share));

    [Fact]
    public void Categories_of_two_pictures_each_cannot_be_calibrated() =>
        Assert.Throws<InvalidDataException>(() => CalibratedThresholds.Of(Info([1, 2], _ => [0.5, 0.5]), 0.05));

    private static IReadOnlyList<IndexCategory> Run(int[] counts, int width, float[] rows) => Scored(
        counts, width, rows, [.. Enumerable.Range(0, counts.Sum()).Select(row => $"picture {row}")]).Categories;

    private static RealScores Scored(
        int[] counts, int width, float[] rows, string[] ids) => CalibrationPass.Run(
        new TestIndex(width, RowType.F32, counts).Info.Categories, width,
        (first, values) => rows.AsSpan(first * width, values.Length).CopyTo(values), ids, CancellationToken.None);

    private static IndexInfo Info(int[] counts, Func<int, double[]> scores)
    {
        IReadOnlyList<IndexCategory> categories = new TestIndex(1, RowType.F32, counts).Info.Categories;
        return new IndexInfo("m", "r", "s", [.. categories.Select((category, c) =>
        {
            double[] own = counts[c] > 1 ? scores(c) : [];
            return category with
            {
                Calibration = new CategoryCalibration(
                    own.DefaultIfEmpty().Average(), Deviation(own), own.Length, 0, 0)
                {
                    OwnPictures = own.Length, PictureDeviation = Deviation(own),
                },
            };
        })], new Dictionary<string, long>());
    }

    private static double Deviation(double[] values)
    {
        double mean = values.DefaultIfEmpty().Average();
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return values.Length < 2 ? 0 : Math.Sqrt(squares / (values.Length - 1));
    }
}
