using Engine.Options;

namespace Engine.Flow;

/// <summary>How a stage is bounded. Immutable; change it with <c>with</c>.</summary>
public sealed record StageOptions : ICheckedOptions
{
    /// <summary>Items held at most: waiting, in work, or done but not taken. 1 to 65,536. Default 64.</summary>
    public int CapacityItems { get; init; } = 64;

    /// <summary>Bytes held at most, by the items' own weight. 1 to 64 GiB. Default 256 MiB.</summary>
    /// <remarks>One item that is heavier than this is let in alone, because it could never enter otherwise.</remarks>
    public long CapacityBytes { get; init; } = 256L << 20;

    /// <summary>Calls of the step at once. 1 to <see cref="CapacityItems"/>. Default 1.</summary>
    public int WorkersMax { get; init; } = 1;

    /// <summary>Items handed to a batch step in one call. 1 to <see cref="CapacityItems"/>. Default 1.</summary>
    public int BatchMax { get; init; } = 1;

    /// <summary>How long a batch that is not full waits for more. 0 to 1 minute. Default 20 ms.</summary>
    public TimeSpan BatchLinger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (CapacityItems is < 1 or > 65_536)
        {
            yield return new(nameof(CapacityItems), $"is {CapacityItems}; it must be 1 to 65536 items");
        }

        if (CapacityBytes is < 1 or > (64L << 30))
        {
            yield return new(nameof(CapacityBytes), $"is {CapacityBytes}; it must be 1 to {64L << 30} bytes (64 GiB)");
        }

        if (WorkersMax < 1 || WorkersMax > CapacityItems)
        {
            yield return new(nameof(WorkersMax), $"is {WorkersMax}; it must be 1 to capacity_items ({CapacityItems})");
        }

        if (BatchMax < 1 || BatchMax > CapacityItems)
        {
            yield return new(nameof(BatchMax), $"is {BatchMax}; it must be 1 to capacity_items ({CapacityItems})");
        }

        if (BatchLinger < TimeSpan.Zero || BatchLinger > TimeSpan.FromMinutes(1))
        {
            yield return new(nameof(BatchLinger), $"is {BatchLinger}; it must be 0 s to 1 min");
        }
    }

    /// <summary>Returns these options when valid.</summary>
    /// <returns>This instance.</returns>
    /// <exception cref="ArgumentException">One or more values are out of range; the message lists all.</exception>
    public StageOptions Checked()
    {
        CheckedOptions.ThrowOnProblem(this, "options");
        return this;
    }
}
