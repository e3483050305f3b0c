using System.Buffers;
using System.Text;
using Engine.Items;
using Kernels.Checksums;

namespace Engine.Store;

/// <summary>Reads samples out of shards and checks them. Safe for several threads, and beside the writer.</summary>
internal sealed class ShardReader(string directory, IFileLayer files)
{
    // So much is read before it is checked: it then still lies in the core's cache.
    private const int RunBytes = 256 << 10;

    /// <summary>Reads and checks one sample.</summary>
    /// <returns>The sample, which owns its memory.</returns>
    /// <exception cref="StoreDamagedException">The bytes are missing or changed.</exception>
    public Sample Read(in StoredSample stored) => SampleTar.Read(stored, ReadMembers(stored));

    /// <summary>Reads and checks samples, those that lie one after the other in a shard together.</summary>
    /// <param name="samples">2 GiB together at most.</param>
    /// <returns>The samples, in memory that is lent.</returns>
    /// <exception cref="StoreDamagedException">The bytes are missing or changed.</exception>
    public Lent<(StoredSample Stored, Sample Sample)> Lend(IReadOnlyList<StoredSample> samples)
    {
        LentBuffer buffer = new(checked((int)samples.Sum(stored => (long)stored.Length)));
        try
        {
            using OpenedShard shard = new(directory, files);
            (StoredSample, Sample)[] read = new (StoredSample, Sample)[samples.Count];
            int start = 0; // Of the run, in the buffer.
            for (int first = 0, after; first < read.Length; first = after)
            {
                after = RunFrom(samples, first);
                int bytes = FillRun(shard, samples, first, after, buffer.Array.AsSpan(start));
                int end = start + bytes;
                for (int i = first; i < after; start += samples[i++].Length)
                {
                    int have = Math.Clamp(end - start, 0, samples[i].Length);
                    Check(samples[i], buffer.Array.AsSpan(start, have));
                    read[i] = (samples[i], SampleTar.Read(samples[i], buffer.Array.AsMemory(start, have)));
                }
            }

            return new Lent<(StoredSample Stored, Sample Sample)>(read, buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
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
                if (!SampleTar.TryHeader(header, out ReadOnlySpan<byte> name, out int bytes))
                {
                    throw Damaged(stored, $"there is no member's header at byte {at}");
                }

                at += SampleTar.BlockBytes;
                if (Ascii.Equals(name, stored.Key + SampleTar.JsonEnding) && bytes <= stored.Length - at)
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

    // Samples that lie one after the other, as many as a run may have, at least one.
    private static int RunFrom(IReadOnlyList<StoredSample> samples, int first)
    {
        StoredSample last = samples[first];
        long bytes = last.Length;
        int after = first + 1;
        while (after < samples.Count && samples[after] is var next && next.Shard == last.Shard
            && next.Offset == last.Offset + last.Length && bytes + next.Length <= RunBytes)
        {
            (last, bytes) = (next, bytes + next.Length);
            after++;
        }

        return after;
    }

    private static int FillRun(
        OpenedShard shard, IReadOnlyList<StoredSample> samples, int first, int after, Span<byte> buffer)
    {
        StoredSample from = samples[first];
        int bytes = (int)(samples[after - 1].Offset + samples[after - 1].Length - from.Offset);
        return Read(Open(shard, from), from.Offset, buffer[..bytes]);
    }

    private static IShardFile Open(OpenedShard shard, in StoredSample stored)
    {
        try
        {
            return shard.Of(stored.Shard);
        }
        catch (FileNotFoundException)
        {
            throw Damaged(stored, "the file is missing");
        }
    }

    /// <summary>Reads until the span is full or the file ends.</summary>
    private static int Read(IShardFile shard, long offset, Span<byte> bytes)
    {
        int found = 0;
        for (int read = 1; read > 0 && found < bytes.Length; found += read)
        {
            read = shard.Read(bytes[found..], offset + found);
        }

        return found;
    }

    private static void Fill(IShardFile shard, in StoredSample stored, long at, Span<byte> bytes)
    {
        int found = Read(shard, stored.Offset + at, bytes);
        if (found < bytes.Length)
        {
            throw Damaged(stored, $"{bytes.Length} bytes from {at} on were wanted, {found} were found");
        }
    }

    private void ReadChecked(in StoredSample stored, byte[] buffer)
    {
        using OpenedShard shard = new(directory, files);
        int found = Read(Open(shard, stored), stored.Offset, buffer.AsSpan(0, stored.Length));
        Check(stored, buffer.AsSpan(0, found));
    }

    private static void Check(in StoredSample stored, ReadOnlySpan<byte> members)
    {
        if (members.Length < stored.Length)
        {
            throw Damaged(stored, $"{stored.Length} bytes from 0 on were wanted, {members.Length} were found");
        }

        uint crc = Crc32C.Of(members);
        if (crc != stored.Crc32C)
        {
            throw Damaged(stored, $"its CRC-32C must be {stored.Crc32C:x8} and is {crc:x8}");
        }
    }

    private static StoreDamagedException Damaged(in StoredSample stored, string what) => new(
        stored.Shard, stored.Offset, $"sample {stored.Sequence} ({stored.Key}) cannot be read: {what}.");
}
