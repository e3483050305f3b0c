namespace Engine.Store;

/// <summary>What a store holds, by its ledger.</summary>
public sealed record StoreStat
{
    /// <summary>Accepted samples that are there.</summary>
    public required long Samples { get; init; }

    /// <summary>Bytes of their tar members.</summary>
    public required long SampleBytes { get; init; }

    /// <summary>Shards that are there, the open one included.</summary>
    public required int Shards { get; init; }

    /// <summary>Shards that never change again.</summary>
    public required int SealedShards { get; init; }

    /// <summary>Shards whose samples retention deleted.</summary>
    public required int DeletedShards { get; init; }

    /// <summary>Accepted samples by category, deleted ones included.</summary>
    public required IReadOnlyDictionary<string, long> AcceptedByCategory { get; init; }

    /// <summary>Rejected tries by reason.</summary>
    public required IReadOnlyDictionary<string, long> RejectedByReason { get; init; }

    /// <summary>Where the consumer groups are.</summary>
    public required IReadOnlyList<GroupCursor> Cursors { get; init; }
}
