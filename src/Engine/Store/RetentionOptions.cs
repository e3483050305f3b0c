using Engine.Options;

namespace Engine.Store;

/// <summary>When old samples are deleted: whole sealed shards, oldest first. By default never. Immutable.</summary>
public sealed record RetentionOptions : ICheckedOptions
{
    /// <summary>The oldest shards go while the shards are larger than this. In bytes, 0 (keep all) to 1 PiB; at least
    /// twice <c>shard_bytes_max</c>, since the open shard always stays. Default 0.</summary>
    /// <remarks>The batch under way may go beyond it.</remarks>
    public long BytesMax { get; init; }

    /// <summary>A shard goes when it was sealed this long ago. 0 (keep all) or 1 min to 10,000 days. Default 0.
    /// </summary>
    public TimeSpan AgeMax { get; init; }

    /// <summary>Whether a shard goes that a registered group has not acknowledged. Keep or Delete. Default Keep.
    /// </summary>
    /// <remarks>A group that is gone for good holds its samples until it is removed.</remarks>
    public UnacknowledgedPolicy OnUnacknowledged { get; init; } = UnacknowledgedPolicy.Keep;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (BytesMax is < 0 or > 1L << 50)
        {
            yield return new(nameof(BytesMax), $"is {BytesMax}; it must be 0 to 1125899906842624 bytes");
        }

        if (AgeMax != TimeSpan.Zero && (AgeMax < TimeSpan.FromMinutes(1) || AgeMax > TimeSpan.FromDays(10_000)))
        {
            yield return new(nameof(AgeMax), $"is {AgeMax}; it must be 0, or 1 min to 10000 days");
        }

        if (!Enum.IsDefined(OnUnacknowledged))
        {
            yield return new(nameof(OnUnacknowledged), $"is {OnUnacknowledged}; it must be keep or delete");
        }
    }
}
