namespace Engine.Pipeline.Filter;

/// <summary>How near a point is to the mean picture of its category, and of the nearest other one.</summary>
/// <param name="Own">The cosine to its category's; null where that has no picture, NaN where the point is no point.
/// </param>
/// <param name="Other">The nearest other category and the cosine to its mean picture; null where there is none.</param>
public readonly record struct RealMargin(double? Own, RealNeighbour? Other)
{
    /// <summary>The lead of the own category: above 0 the point is nearest to it. Without another category the cosine
    /// itself; null without its own.</summary>
    public double? Lead => Own - (Other?.Cosine ?? 0);
}
