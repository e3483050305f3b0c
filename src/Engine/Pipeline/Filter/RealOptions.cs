using Engine.Options;
using Kernels.Similarity;

namespace Engine.Pipeline.Filter;

/// <summary>How an object is compared with the real pictures of its category in the index.</summary>
public sealed record RealOptions : ICheckedOptions
{
    private const int ThresholdsMax = 100_000;

    /// <summary>mean: the mean cosine to all of them, the reference's score; nearest: the mean of the largest ones;
    /// margin: the cosine to their mean picture less the largest to another category's, so that 0 says that the object
    /// looks like its own category rather than any other of the index. Default mean.</summary>
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

    /// <summary>The least score that passes by category's name, as in {apple: 0.45}, in place of min and of what
    /// reject_share gives; up to 100,000, each a category of the index. Default none.</summary>
    public IReadOnlyDictionary<string, double> Thresholds { get; init; } = new Dictionary<string, double>();

    /// <summary>What happens to a sample of a category without real pictures: pass, without a score; reject; or
    /// fall_back, which lets it pass when it does not look like a category that has some, and agrees with its text.
    /// Default pass.</summary>
    public MissingCategory Missing { get; init; }

    /// <summary>The rule of missing: fall_back.</summary>
    public FallBackOptions FallBack { get; init; } = new();

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

        if (Thresholds.Count > ThresholdsMax)
        {
            yield return new(nameof(Thresholds), $"has {Thresholds.Count} categories; it may have {ThresholdsMax}");
        }

        foreach ((string category, double threshold) in Thresholds.Where(one => !double.IsFinite(one.Value)))
        {
            yield return new(nameof(Thresholds), $"has {threshold} for {category}; it must be a finite number");
        }
    }
}
