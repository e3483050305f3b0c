namespace Engine.Store;

/// <summary>A shard does not hold what the ledger says: bytes are missing or changed.</summary>
public sealed class StoreDamagedException : StoreException
{
    internal StoreDamagedException(int shard, long offset, string message)
        : base($"{ShardName.Of(shard)} is damaged at byte {offset}: {message}") => (Shard, Offset) = (shard, offset);

    /// <summary>The shard's number.</summary>
    public int Shard { get; }

    /// <summary>First byte of the damaged sample, or the first missing byte.</summary>
    public long Offset { get; }
}
