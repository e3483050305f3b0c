namespace Engine.Index;

/// <summary>What is common to the categories of an index.</summary>
/// <param name="Mean">m, the mean of the categories' means.</param>
/// <param name="Between">t^2, the variance of their true means.</param>
/// <param name="PictureVariance">v^2, the variance of a picture's mean score around its category's.</param>
/// <param name="RowVariance">s^2, that of a row's.</param>
internal readonly record struct CommonScores(double Mean, double Between, double PictureVariance, double RowVariance)
{
    private const double BetweenLeast = 0.05; // Of the spread seen: all categories alike is never believed wholly.

    /// <summary>Estimates it.</summary>
    /// <param name="scored">Categories with a scored row; one at least has two pictures.</param>
    /// <param name="rounds">Times that mean and variance between are made of each other.</param>
    public static CommonScores Of(IReadOnlyList<CategoryCalibration> scored, int rounds)
    {
        double freedom = scored.Sum(one => one.OwnPictures - 1.0);
        double rows = scored.Sum(one => (one.OwnPictures - 1) * one.OwnDeviation * one.OwnDeviation) / freedom;
        double pictures =
            scored.Sum(one => (one.OwnPictures - 1) * one.PictureDeviation * one.PictureDeviation) / freedom;
        double noise = scored.Average(one => pictures / one.OwnPictures); // Of the means: no spread between them.
        double mean = scored.Average(one => one.OwnMean);
        double between = 0;
        for (int round = 0; round < rounds; round++)
        {
            double spread = scored.Average(one => (one.OwnMean - mean) * (one.OwnMean - mean));
            between = Math.Max(spread - noise, spread * BetweenLeast);
            if (between + pictures == 0)
            {
                break; // All scores are the same.
            }

            double weights = scored.Sum(one => 1 / (between + (pictures / one.OwnPictures)));
            mean = scored.Sum(one => one.OwnMean / (between + (pictures / one.OwnPictures))) / weights;
        }

        return new(mean, between, pictures, rows);
    }
}
