namespace Engine.Store;

/// <summary>What the ledger says of one shard.</summary>
/// <param name="Number">The shard's number, from 0.</param>
/// <param name="Bytes">End of its last accepted sample in bytes.</param>
/// <param name="IsSealed">The two zero blocks follow and nothing after them; the file never changes again.</param>
internal readonly record struct ShardRow(int Number, long Bytes, bool IsSealed)
{
    /// <summary>Bytes the file must have: all of them when it is sealed, at least them when it is open.</summary>
    public long FileBytes => IsSealed ? Bytes + SampleTar.TrailerBytes : Bytes;
}
