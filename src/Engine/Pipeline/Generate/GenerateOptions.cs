using Engine.Options;

namespace Engine.Pipeline.Generate;

/// <summary>When a generator counts as broken. Immutable.</summary>
/// <remarks>Failures are what is the generator's own doing: generator_failed, bad_image, blank, nonfinite. Having
/// nothing for a category is not one.</remarks>
public sealed record GenerateOptions : ICheckedOptions
{
    /// <summary>Pictures of a generator that are looked at together. 0 turns the breaker off. 0 to 10,000.
    /// Default 32.</summary>
    public int BreakerWindow { get; init; } = 32;

    /// <summary>The largest part of the window that may have failed; above it the generator is stopped. 0 to 1.
    /// Default 0.9.</summary>
    public double BreakerFailedMax { get; init; } = 0.9;

    /// <summary>How long a stopped generator is left alone before it is tried again. 100 ms to 1 d. Default 30 s.
    /// </summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (BreakerWindow is < 0 or > 10_000)
        {
            yield return new(nameof(BreakerWindow), $"is {BreakerWindow}; it must be 0 to 10000 pictures");
        }

        if (!(BreakerFailedMax is >= 0 and <= 1))
        {
            yield return new(nameof(BreakerFailedMax), $"is {BreakerFailedMax}; it must be 0 to 1");
        }

        if (BreakerPause < TimeSpan.FromMilliseconds(100) || BreakerPause > TimeSpan.FromDays(1))
        {
            yield return new(nameof(BreakerPause), $"is {BreakerPause}; it must be 100 ms to 1 d");
        }
    }
}
