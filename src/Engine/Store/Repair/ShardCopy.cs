using Engine.Disk;
using Engine.Items;

namespace Engine.Store.Repair;

/// <summary>A shard that is written anew of what is left of it.</summary>
/// <param name="Number">The shard's number.</param>
/// <param name="IsSealed">Whether the two zero blocks end it.</param>
/// <param name="Kept">What is left, at its old offsets, in order; when empty the shard goes.</param>
internal sealed record ShardCopy(int Number, bool IsSealed, IReadOnlyList<StoredSample> Kept)
{
    /// <summary>Bytes of the samples in the new file.</summary>
    public long Bytes => Kept.Sum(sample => (long)sample.Length);

    /// <summary>Writes the new file and brings it to the disk.</summary>
    /// <param name="from">The damaged shard.</param>
    /// <param name="to">The new file; replaced when it exists.</param>
    public void Write(string from, string to)
    {
        byte[] buffer = new byte[1 << 20];
        using FileStream source = new(from, FileMode.Open, FileAccess.Read, FileShare.Read);
        using FileStream target = new(to, FileMode.Create, FileAccess.Write, FileShare.None);
        foreach (StoredSample sample in Kept)
        {
            source.Position = sample.Offset;
            for (int left = sample.Length; left > 0;)
            {
                int part = Math.Min(left, buffer.Length);
                source.ReadExactly(buffer, 0, part);
                target.Write(buffer, 0, part);
                left -= part;
            }
        }

        if (IsSealed)
        {
            target.Write(new byte[SampleTar.TrailerBytes]);
        }

        Durable.Flush(target);
    }
}
