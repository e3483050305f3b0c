using System.Buffers;
using Engine.Items;
using Kernels.Checksums;

namespace Engine.Store;

/// <summary>Reads samples out of shards and checks them. Safe for several threads, and beside the writer.</summary>
internal sealed class ShardReader(string directory, IFileLayer files)
{
    /// <summary>Reads and checks one sample.</summary>
    /// <exception cref="StoreDamagedException">The bytes are missing or changed.</exception>
    public Sample Read(in StoredSample stored)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(stored.Length);
        try
        {
            ReadChecked(stored, buffer);
            return SampleTar.Read(stored, new ArraySegment<byte>(buffer, 0, stored.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Checks one sample.</summary>
    /// <exception cref="StoreDamagedException">The bytes are missing or changed.</exception>
    public void Verify(in StoredSample stored)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(stored.Length);
        try
        {
            ReadChecked(stored, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadChecked(in StoredSample stored, byte[] buffer)
    {
        string path = ShardName.PathOf(directory, stored.Shard);
        Span<byte> bytes = buffer.AsSpan(0, stored.Length);
        int found = 0;
        try
        {
            using IShardFile shard = files.OpenToRead(path);
            for (int read = 1; read > 0 && found < bytes.Length; found += read)
            {
                read = shard.Read(bytes[found..], stored.Offset + found);
            }
        }
        catch (FileNotFoundException)
        {
            throw Damaged(stored, "the file is missing");
        }

        if (found < bytes.Length)
        {
            throw Damaged(stored, $"it has {bytes.Length} bytes, {found} were found");
        }

        uint crc = Crc32C.Of(bytes);
        if (crc != stored.Crc32C)
        {
            throw Damaged(stored, $"its CRC-32C must be {stored.Crc32C:x8} and is {crc:x8}");
        }
    }

    private static StoreDamagedException Damaged(in StoredSample stored, string what) => new(
        stored.Shard, stored.Offset, $"sample {stored.Sequence} ({stored.Key}) cannot be read: {what}.");
}
