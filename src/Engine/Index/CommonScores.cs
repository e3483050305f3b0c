namespace Engine.Index;

/// <summary>What is common to the categories of an index.</summary>
/// <param name="Mean">m, the mean of the categories' means.</param>
/// <param name="Between">t^2, the variance of their true means.</param>
/// <param name="PictureVariance">v^2, the variance between the pictures of a category.</param>
/// <param name="RowVariance">s^2, that between its rows; a picture's rows share its part.</param>
internal readonly record struct CommonScores(double Mean, double Between, double PictureVariance, double RowVariance)
{
    private const double BetweenLeast = 0.05; // Of the spread seen: all categories alike is never believed wholly.
    private const int Rounds = 30; // Of m and t, which need each other; they stand still to 1e-9 after ten.

    /// <summary>What the squares of a category's scores around their mean are worth in variances: P - 1 scores that are
    /// free, each less spread by ((P - 2) / (P - 1))^2 because every picture is also in the others' scores. Two
    /// pictures score the same, and say nothing.</summary>
    /// <param name="pictures">P.</param>
    public static double Worth(int pictures) =>
        pictures > 2 ? (pictures - 2.0) * (pictures - 2.0) / (pictures - 1.0) : 0;

    /// <summary>Estimates it.</summary>
    /// <param name="scored">Categories with a scored row; one at least has three pictures.</param>
    public static CommonScores Of(IReadOnlyList<CategoryCalibration> scored)
    {
        CategoryCalibration[] spread = [.. scored.Where(one => one.OwnPictures > 2)];
        double worth = spread.Sum(one => Worth(one.OwnPictures));
        double rows = spread.Sum(one => (one.OwnPictures - 1) * one.OwnDeviation * one.OwnDeviation) / worth;
        double pictures =
            spread.Sum(one => (one.OwnPictures - 1) * one.PictureDeviation * one.PictureDeviation) / worth;
        double noise = scored.Average(one => OfMean(pictures, one)); // Of the means: no spread between them.
        double mean = scored.Average(one => one.OwnMean);
        double between = 0;
        for (int round = 0; round < Rounds; round++)
        {
            double seen = scored.Average(one => (one.OwnMean - mean) * (one.OwnMean - mean));
            between = Math.Max(seen - noise, seen * BetweenLeast);
            if (between + pictures == 0)
            {
                break; // All scores are the same.
            }

            double weights = scored.Sum(one => 1 / (between + OfMean(pictures, one)));
            mean = scored.Sum(one => one.OwnMean / (between + OfMean(pictures, one))) / weights;
        }

        return new(mean, between, pictures, rows);
    }

    // Each pair of pictures is in two scores, so the mean of the scores has twice the deviation of a mean.
    private static double OfMean(double pictures, CategoryCalibration one) => 4 * pictures / one.OwnPictures;
}
