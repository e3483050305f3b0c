namespace Engine.Index;

/// <summary>How real rows score against real rows.</summary>
/// <param name="Categories">The categories, with their calibration.</param>
/// <param name="Own">By category the score of each row that has rows of other pictures in its category.</param>
/// <param name="NearestOther">The rows' largest cosines to the mean row of another category, ascending.</param>
public sealed record RealScores(
    IReadOnlyList<IndexCategory> Categories, IReadOnlyList<IReadOnlyList<double>> Own,
    IReadOnlyList<double> NearestOther)
{
    /// <summary>An index's table with these scores.</summary>
    /// <param name="info">The table without them.</param>
    public IndexInfo Into(IndexInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return info with { Categories = Categories, NearestOther = KnownBound.Quantiles(NearestOther) };
    }
}
