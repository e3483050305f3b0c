namespace Engine.Index;

/// <summary>The least mean cosine that passes, by category, for a stated share of real pictures that may be rejected.
/// </summary>
/// <remarks>
/// Model: the mean score of picture p of category c is normal around m_c with the common deviation v; a row's score is
/// around m_c with the deviation s; the m_c are normal around m with the deviation t. Estimates: v and s by moments over
/// the categories of two pictures and more; m and t over all that were scored, each weighing as much as it is known.
/// A category of P pictures has, with k = t^2 / (t^2 + v^2 / P):
///   mean       m + k * (mean_c - m),
///   variance   ((P - 1) dev_c^2 + 4 s^2) / (P + 3) + t^2 (1 - k), 4 being the common deviation's worth in pictures,
///   threshold  mean + z * sqrt(variance), z the normal quantile of the share.
/// So one picture says little and the other categories much; with a thousand it is the other way round. Pictures count
/// and not rows, because rows of one picture are alike. A category in one picture has P = 0: nothing was left to score
/// it against. Counting rows was tried, and rejected four times the share asked for (docs/spec/index.md).
/// </remarks>
public sealed class CalibratedThresholds
{
    private const double VariancePictures = 4;
    private const int Rounds = 30; // Of m and t, which need each other; they stand still to 1e-9 after ten.

    private readonly CalibratedThreshold[] _thresholds;

    private CalibratedThresholds(CalibratedThreshold[] thresholds, CalibratedThreshold common) =>
        (_thresholds, Common) = (thresholds, common);

    /// <summary>The threshold of a category of which nothing is known.</summary>
    public CalibratedThreshold Common { get; }

    /// <summary>The threshold of a category.</summary>
    /// <param name="category">Its position in <see cref="IndexInfo.Categories"/>.</param>
    public CalibratedThreshold this[int category] => _thresholds[category];

    /// <summary>Chooses the thresholds.</summary>
    /// <param name="info">An index's table.</param>
    /// <param name="rejectShare">Share of real pictures that may be rejected, above 0 and below 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    /// <exception cref="InvalidDataException">No category has two pictures, or the index was not calibrated, or by an
    /// older program.</exception>
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
                .Where(one => one.OwnCount > 0),
        ];
        if (scored.Any(one => one.OwnPictures == 0))
        {
            throw new InvalidDataException(
                "The index was calibrated row by row, by an older program, which rejects several times the share that is "
                + "asked for. Build it again, or state a threshold.");
        }

        if (!scored.Any(one => one.OwnPictures > 1))
        {
            throw new InvalidDataException(
                "No category of the index has rows in two pictures, which could be scored against each other: a "
                + "threshold cannot be calibrated. State one.");
        }

        CommonScores common = CommonScores.Of(scored, Rounds);
        double z = NormalQuantile.Of(rejectShare);
        return new CalibratedThresholds(
            [.. info.Categories.Select(category => Threshold(category.Calibration, common, z))],
            Threshold(own: null, common, z));
    }

    private static CalibratedThreshold Threshold(CategoryCalibration? own, in CommonScores common, double z)
    {
        if (own is not { OwnPictures: > 0 and int pictures })
        {
            return new(0, 0, common.Mean, Math.Sqrt(common.RowVariance + common.Between), z);
        }

        double known = common.Between / (common.Between + (common.PictureVariance / pictures));
        double variance =
            (((pictures - 1) * own.OwnDeviation * own.OwnDeviation) + (VariancePictures * common.RowVariance))
            / (pictures - 1 + VariancePictures);
        return new(
            pictures, own.OwnMean, common.Mean + (known * (own.OwnMean - common.Mean)),
            Math.Sqrt(variance + (common.Between * (1 - known))), z);
    }
}
