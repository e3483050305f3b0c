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
        using OpenedShard shard = new(directory, files);
        return Read(stored, shard);
    }

    /// <summary>Reads and checks samples one after the other, as the caller goes on; a shard stays open for those of it
    /// that follow each other.</summary>
    /// <exception cref="StoreDamagedException">The bytes are missing or changed.</exception>
    public IEnumerable<(StoredSample Stored, Sample Sample)> Read(IEnumerable<StoredSample> samples)
    {
        using OpenedShard shard = new(directory, files);
        foreach (StoredSample stored in samples)
        {
            yield return (stored, Read(stored, shard));
        }
    }

    /// <summary>Reads and checks the bytes of one sample's members.</summary>
    /// <exception cref="StoreDamagedException">The bytes are missing or changed.</exception>
    public byte[] ReadMembers(in StoredSample stored)
    {
        byte[] members = GC.AllocateUninitializedArray<byte>(stored.Length);
        ReadChecked(stored, members);
        return members;
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

    /// <summary>Reads the last member, the JSON, from header to header.</summary>
    /// <exception cref="StoreDamagedException">A header is none, or the file is too short.</exception>
    public byte[] ReadJson(in StoredSample stored)
    {
        try
        {
            using IShardFile shard = files.OpenToRead(ShardName.PathOf(directory, stored.Shard));
            byte[] header = new byte[SampleTar.BlockBytes];
            for (long at = 0; at + SampleTar.BlockBytes <= stored.Length;)
            {
                Fill(shard, stored, at, header);
                (string name, int bytes) = SampleTar.Header(header)
                    ?? throw Damaged(stored, $"there is no member's header at byte {at}");
                at += SampleTar.BlockBytes;
                if (name == stored.Key + SampleTar.JsonEnding && bytes <= stored.Length - at)
                {
                    byte[] json = new byte[bytes];
                    Fill(shard, stored, at, json);
                    return json;
                }

                at += (bytes + SampleTar.BlockBytes - 1L) / SampleTar.BlockBytes * SampleTar.BlockBytes;
            }
        }
        catch (FileNotFoundException)
        {
            throw Damaged(stored, "the file is missing");
        }

        throw Damaged(stored, "it has no JSON member");
    }

    private static void Fill(IShardFile shard, in StoredSample stored, long at, Span<byte> bytes)
    {
        int found = 0;
        for (int read = 1; read > 0 && found < bytes.Length; found += read)
        {
            read = shard.Read(bytes[found..], stored.Offset + at + found);
        }

        if (found < bytes.Length)
        {
            throw Damaged(stored, $"{bytes.Length} bytes from {at} on were wanted, {found} were found");
        }
    }

    private static Sample Read(in StoredSample stored, OpenedShard shard)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(stored.Length);
        try
        {
            ReadChecked(stored, buffer, shard);
            return SampleTar.Read(stored, buffer.AsSpan(0, stored.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadChecked(in StoredSample stored, byte[] buffer)
    {
        using OpenedShard shard = new(directory, files);
        ReadChecked(stored, buffer, shard);
    }

    private static void ReadChecked(in StoredSample stored, byte[] buffer, OpenedShard shard)
    {
        Span<byte> bytes = buffer.AsSpan(0, stored.Length);
        try
        {
            Fill(shard.Of(stored.Shard), stored, at: 0, bytes);
        }
        catch (FileNotFoundException)
        {
            throw Damaged(stored, "the file is missing");
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
