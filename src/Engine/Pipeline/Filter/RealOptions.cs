using Engine.Options;
using Kernels.Similarity;

namespace Engine.Pipeline.Filter;

/// <summary>How an object is compared with the real pictures of its category in the index.</summary>
public sealed record RealOptions : ICheckedOptions
{
    /// <summary>mean: the mean cosine to all of them, the reference's score; nearest: the mean of the largest ones.
    /// Default mean.</summary>
    public RealScore Score { get; init; }

    /// <summary>How many of the largest cosines make the score of nearest; 1 is the largest alone. 1 to 64. Default 1.
    /// </summary>
    public int Nearest { get; init; } = 1;

    /// <summary>
    /// Share of real pictures that may be rejected: above 0 and below 0.5 chooses each category's threshold so, from
    /// how its real pictures score against each other (docs/spec/index.md), and <see cref="FilterOptions.Min"/> is
    /// added to it. 0 takes min alone for all. For mean only. Default 0.
    /// </summary>
    public double RejectShare { get; init; }

    /// <summary>True rejects samples of a category without real pictures; false passes them, without a score. Default
    /// false.</summary>
    public bool RejectMissing { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Nearest is < 1 or > ISimilarity.NeighboursMax)
        {
            yield return new(nameof(Nearest), $"is {Nearest}; it must be 1 to {ISimilarity.NeighboursMax} pictures");
        }

        if (!(RejectShare is >= 0 and < 0.5))
        {
            yield return new(nameof(RejectShare), $"is {RejectShare}; it must be 0, or above 0 and below 0.5");
        }

        if (RejectShare > 0 && Score != RealScore.Mean)
        {
            yield return new(
                nameof(RejectShare), $"is {RejectShare}, but only mean scores are calibrated; set it to 0, and min");
        }
    }
}
