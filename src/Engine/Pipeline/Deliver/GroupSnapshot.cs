namespace Engine.Pipeline.Deliver;

/// <summary>What is known of one consumer group at one moment.</summary>
public sealed record GroupSnapshot
{
    /// <summary>The group's name.</summary>
    public required string Name { get; init; }

    /// <summary>Ranks that share the samples.</summary>
    public required int World { get; init; }

    /// <summary>Samples in a block of the group's shuffled order; 0 for the order of sequences.</summary>
    public required int ShuffleWindow { get; init; }

    /// <summary>The seed of that order.</summary>
    public required long ShuffleSeed { get; init; }

    /// <summary>Ranks that are connected now.</summary>
    public required int Connections { get; init; }

    /// <summary>Whether the line has stopped waiting for this group.</summary>
    public required bool IsDetached { get; init; }

    /// <summary>Time for which samples waited in the deliver stage because of this group.</summary>
    public required TimeSpan Blocked { get; init; }

    /// <summary>[World] samples that are stored and not acknowledged by the rank.</summary>
    public required IReadOnlyList<long> LagByRank { get; init; }

    /// <summary>[World] last position acknowledged of the rank's share.</summary>
    public required IReadOnlyList<long> CursorByRank { get; init; }

    /// <summary>Ranks that have not been connected for <see cref="DeliverOptions.RankLease"/> while others were.
    /// </summary>
    public required IReadOnlyList<int> DeadRanks { get; init; }

    /// <summary>Samples that are stored and not acknowledged, over all ranks.</summary>
    public long LagItems => LagByRank.Sum();
}
