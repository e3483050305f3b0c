using Engine.Options;

namespace Host.Configuration;

/// <summary>The run as a whole.</summary>
internal sealed record RunOptions : ICheckedOptions
{
    /// <summary>Names the run in every sample. 1 to 64 characters. Default "headwater".</summary>
    public string Name { get; init; } = "headwater";

    /// <summary>Seeds every prompt that brings no seed. Any whole number from 0. Default 42.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>End once the plan is filled, instead of waiting for more prompts. Default false.</summary>
    public bool StopWhenFilled { get; init; }

    /// <summary>How long a drain may take. 1 s to 1 h. Default 2 min.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Without any progress for so long while prompts are under way the daemon is not ready. 1 s to 1 d.
    /// Default 5 min.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Name.Length is < 1 or > 64)
        {
            yield return new(nameof(Name), $"has {Name.Length} characters; it must have 1 to 64");
        }

        if (DrainTimeout < TimeSpan.FromSeconds(1) || DrainTimeout > TimeSpan.FromHours(1))
        {
            yield return new(nameof(DrainTimeout), $"is {DrainTimeout}; it must be 1 s to 1 h");
        }

        if (StallTimeout < TimeSpan.FromSeconds(1) || StallTimeout > TimeSpan.FromDays(1))
        {
            yield return new(nameof(StallTimeout), $"is {StallTimeout}; it must be 1 s to 1 d");
        }
    }
}
