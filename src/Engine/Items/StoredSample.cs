namespace Engine.Items;

/// <summary>Where an accepted sample lies in the store.</summary>
/// <param name="Sequence">1 for the store's first sample, without gaps.</param>
/// <param name="Key">The sample's key.</param>
/// <param name="Category">The category's name.</param>
/// <param name="Shard">The shard's number, from 0.</param>
/// <param name="Offset">First byte of the sample's first tar header in the shard.</param>
/// <param name="Length">Bytes of all its tar members, headers and padding included.</param>
/// <param name="Crc32C">CRC-32C (Castagnoli) of those bytes.</param>
public readonly record struct StoredSample(
    long Sequence, string Key, string Category, int Shard, long Offset, int Length, uint Crc32C);
