namespace Engine.Index;

/// <summary>The least mean cosine that passes, by category, for a stated share of real pictures that may be rejected.
/// </summary>
/// <remarks>
/// Model: the cosine of two rows of category c is m_c + r_i + r_j, r being how typical a row is: normal around 0 with
/// the deviation s, of which rows of one picture share the part of deviation v; the m_c are normal around m with the
/// deviation t. A category's own scores so vary less than the next picture's score will, and their mean, which holds
/// each r twice, more than what the next picture is compared with. <see cref="CommonScores"/> estimates m, s, v and t
/// by moments. A category of P pictures has
///   mean       m + k * (mean_c - m), k = (t^2 + 2 v^2 / P) / (t^2 + 4 v^2 / P),
///   variance   ((P - 1) dev_c^2 + 4 s^2) / (w + 4) + t^2 + v^2 / P - k * (t^2 + 2 v^2 / P), w = (P - 2)^2 / (P - 1),
///   threshold  mean + z * sqrt(variance), z the normal quantile of the share.
/// So one picture says little and the other categories much; with a thousand it is the other way round. A category in
/// one picture has P = 0, since nothing was left to score it against: mean m, variance s^2 + v^2 + t^2.
/// Tried and lost: rows for pictures, and scores as if each were apart from the others (docs/spec/index.md).
/// </remarks>
public sealed class CalibratedThresholds
{
    private const double VariancePictures = 4;

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
    /// <exception cref="InvalidDataException">No category has three pictures, or the index was not calibrated, or by an
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
                "The index was calibrated row by row, by an older program, which rejects several times the share that "
                + "is asked for. Build it again, or state a threshold.");
        }

        if (!scored.Any(one => one.OwnPictures > 2))
        {
            throw new InvalidDataException(
                "No category of the index is in three pictures, which would say how its scores spread: a threshold "
                + "cannot be calibrated. State one.");
        }

        CommonScores common = CommonScores.Of(scored);
        double z = NormalQuantile.Of(rejectShare);
        return new CalibratedThresholds(
            [.. info.Categories.Select(category => Threshold(category.Calibration, common, z))],
            Threshold(own: null, common, z));
    }

    private static CalibratedThreshold Threshold(CategoryCalibration? own, in CommonScores common, double z)
    {
        if (own is not { OwnPictures: > 0 and int pictures })
        {
            return new(
                0, 0, common.Mean, Math.Sqrt(common.RowVariance + common.PictureVariance + common.Between), z);
        }

        double ofMean = common.PictureVariance / pictures;
        double shared = common.Between + (2 * ofMean); // Covariance of the own mean and of what is compared with.
        double seen = common.Between + (4 * ofMean);
        double known = seen > 0 ? shared / seen : 1;
        double worth = CommonScores.Worth(pictures);
        double squares = worth > 0 ? (pictures - 1) * own.OwnDeviation * own.OwnDeviation : 0;
        double variance = ((squares + (VariancePictures * common.RowVariance)) / (worth + VariancePictures))
            + common.Between + ofMean - (known * shared);
        return new(
            pictures, own.OwnMean, common.Mean + (known * (own.OwnMean - common.Mean)),
            Math.Sqrt(Math.Max(0, variance)), z);
    }
}
