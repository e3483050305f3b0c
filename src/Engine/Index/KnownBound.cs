namespace Engine.Index;

/// <summary>How like a known category a picture of another one may be.</summary>
/// <remarks>
/// Each real row is taken for a picture of an unknown category: its own is left out, and so is its photograph, and the
/// largest cosine to the mean row of what is left is noted. A bound at the quantile 1 - share of these cosines so
/// rejects that share of real pictures of a category that the index does not know.
/// </remarks>
public static class KnownBound
{
    private const int Steps = 200;

    /// <summary>Chooses the bound.</summary>
    /// <param name="info">An index's table.</param>
    /// <param name="rejectShare">Share of pictures of unknown categories that may be rejected; above 0, below 1.
    /// </param>
    /// <returns>The largest cosine to the mean row of a known category that passes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    /// <exception cref="InvalidDataException">The index has no such cosines: it has one category or one picture, or an
    /// older program made it.</exception>
    public static double Of(IndexInfo info, double rejectShare)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (!(rejectShare is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rejectShare), rejectShare, "It must be above 0 and below 1.");
        }

        return info.NearestOther is { Count: > 1 } cosines
            ? Quantile(cosines, 1 - rejectShare)
            : throw new InvalidDataException(
                "The index does not say how like its pictures are to other categories than their own: it has one "
                + "category or one picture only, or an older program made it. Build it again, or choose pass or "
                + "reject for categories without real pictures.");
    }

    /// <summary>Keeps 201 quantiles of the cosines: steps of half a percent.</summary>
    /// <param name="sorted">Ascending; may be none.</param>
    internal static double[] Quantiles(IReadOnlyList<double> sorted) => sorted.Count == 0
        ? []
        : [.. Enumerable.Range(0, Steps + 1).Select(step => Quantile(sorted, step / (double)Steps))];

    // Between two neighbours along the straight line, as numpy.quantile does.
    private static double Quantile(IReadOnlyList<double> sorted, double share)
    {
        double at = share * (sorted.Count - 1);
        int below = Math.Min((int)at, sorted.Count - 1);
        int above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
