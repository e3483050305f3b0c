namespace Engine.Index;

/// <summary>The least mean cosine that passes, by category, for a stated share of real pictures that may be rejected.
/// </summary>
/// <remarks>
/// Model: scores of category c are normal around m_c with the common deviation s; the m_c are normal around m with
/// the deviation t. Estimates: m, s and t by moments over the categories of two rows and more. A category of n rows
/// has, with k = s^2 / t^2 (its rows' worth of what the others say):
///   mean       (n * mean_c + k * m) / (n + k),
///   variance   ((n - 1) * dev_c^2 + v * s^2) / (n - 1 + v) + s^2 / (n + k), v = 4 rows' worth of the common deviation,
///   threshold  mean + z * sqrt(variance), z the normal quantile of the share.
/// So one crop says little and the other categories much; with a thousand crops it is the other way round. A category
/// of one row has n = 0: nothing was left to score it against.
/// </remarks>
public sealed class CalibratedThresholds
{
    private const double VarianceRows = 4;

    private readonly double[] _thresholds;

    private CalibratedThresholds(double[] thresholds, double common) => (_thresholds, Common) = (thresholds, common);

    /// <summary>The threshold of a category of which nothing is known.</summary>
    public double Common { get; }

    /// <summary>The threshold of a category.</summary>
    /// <param name="category">Its position in <see cref="IndexInfo.Categories"/>.</param>
    public double this[int category] => _thresholds[category];

    /// <summary>Chooses the thresholds.</summary>
    /// <param name="info">An index's table.</param>
    /// <param name="rejectShare">Share of real pictures that may be rejected, above 0 and below 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    /// <exception cref="InvalidDataException">No category has two rows, or the index was not calibrated.</exception>
    public static CalibratedThresholds Of(IndexInfo info, double rejectShare)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (!(rejectShare is > 0 and < 0.5))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rejectShare), rejectShare, "It must be above 0 and below 0.5.");
        }

        CategoryCalibration[] scored =
        [
            .. info.Categories.Select(one => one.Calibration).OfType<CategoryCalibration>()
                .Where(one => one.OwnCount > 1),
        ];
        if (scored.Length == 0)
        {
            throw new InvalidDataException(
                "No category of the index has two pictures that were scored against each other: a threshold cannot be "
                + "calibrated. State one.");
        }

        double freedom = scored.Sum(one => one.OwnCount - 1.0);
        double within = scored.Sum(one => (one.OwnCount - 1) * one.OwnDeviation * one.OwnDeviation) / freedom;
        double mean = scored.Average(one => one.OwnMean);
        double spread = scored.Average(one => (one.OwnMean - mean) * (one.OwnMean - mean));
        double noise = scored.Average(one => within / one.OwnCount); // Of the means, which is not spread between them.
        double between = Math.Max(spread - noise, spread * 0.05);
        double worth = between > 0 ? within / between : 0;
        double z = NormalQuantile(rejectShare);

        double ThresholdOf(CategoryCalibration? own)
        {
            double n = own?.OwnCount ?? 0;
            double squares = n > 1 ? (n - 1) * own!.OwnDeviation * own.OwnDeviation : 0;
            double variance = ((squares + (VarianceRows * within)) / (Math.Max(0, n - 1) + VarianceRows))
                + (n + worth > 0 ? within / (n + worth) : 0);
            double centre = n == 0 ? mean : ((n * own!.OwnMean) + (worth * mean)) / (n + worth);
            return centre + (z * Math.Sqrt(variance));
        }

        return new CalibratedThresholds(
            [.. info.Categories.Select(category => ThresholdOf(category.Calibration))], ThresholdOf(null));
    }

    // By bisection: it is asked once a start.
    private static double NormalQuantile(double share)
    {
        (double low, double high) = (-10, 0);
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = Below(middle) < share ? (middle, high) : (low, middle);
        }

        return low;
    }

    // The normal distribution below x < 0, by Simpson's rule over ten deviations.
    private static double Below(double x)
    {
        const int Steps = 400;
        double from = Math.Min(x, -10) - 1;
        double width = (x - from) / Steps;
        double sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double at = from + (i * width);
            sum += Math.Exp(-at * at / 2) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }
}
