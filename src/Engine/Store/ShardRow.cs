namespace Engine.Store;

/// <summary>What the ledger says of one shard.</summary>
/// <param name="Number">The shard's number, from 0.</param>
/// <param name="Bytes">End of its last accepted sample in bytes.</param>
/// <param name="IsSealed">The two zero blocks follow and nothing after them; the file never changes again.</param>
/// <param name="SealedAt">When it was sealed, in Unix seconds; null when it is open, or was sealed by schema 1.</param>
/// <param name="IsDeleted">Its samples were deleted; its file is gone or about to go.</param>
internal readonly record struct ShardRow(
    int Number, long Bytes, bool IsSealed, long? SealedAt = null, bool IsDeleted = false)
{
    /// <summary>Bytes the file must have: all of them when it is sealed, at least them when it is open.</summary>
    public long FileBytes => IsSealed ? Bytes + SampleTar.TrailerBytes : Bytes;
}
