using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>What one filter makes of one item, and how.</summary>
/// <param name="Filter">The filter's name.</param>
/// <param name="Asked">The item as the filter was given it.</param>
/// <param name="Outcome">Its verdict: the very one of the stream.</param>
/// <param name="Lines">The numbers that went into it, a line each.</param>
public sealed record FilterExplanation(
    string Filter, Embedded Asked, Outcome<Embedded> Outcome, IReadOnlyList<string> Lines)
{
    /// <summary>The scores that the filter added, with the bound of each: the least or the most that passes.</summary>
    public IEnumerable<(string Name, double Score, double? Bound)> Added => Outcome.Value is { } kept
        ? kept.Scores.Where(score => !Asked.Scores.ContainsKey(score.Key)).Select(score => (
            score.Key, score.Value, kept.Bounds.TryGetValue(score.Key, out double bound) ? bound : (double?)null))
        : [];
}
