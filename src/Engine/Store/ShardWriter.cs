using Engine.Items;
using Kernels.Checksums;

namespace Engine.Store;

/// <summary>Appends to the open shard and opens the next when it is full. Guarded by the store's write gate.</summary>
/// <remarks>
/// A batch is written, flushed, then accepted or rolled back as one. Until then the shards it touched stay open, so
/// that a batch which crossed from one shard to the next can still be undone in both.
/// </remarks>
internal sealed class ShardWriter : IDisposable
{
    private readonly string _directory;
    private readonly IFileLayer _files;
    private readonly long _shardBytesMax;
    private readonly Action<int> _announce;

    // One buffer for all samples: it grows to the largest and stays, so at most about twice SampleBytesMax.
    private readonly MemoryStream _members = new();

    // The shards this batch touched, the open one last; between batches the open one only.
    private readonly List<OpenShard> _touched;

    /// <summary>Goes on with the open shard.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="files">The file layer.</param>
    /// <param name="shardBytesMax">A shard with samples in it is sealed before it would be longer than this.</param>
    /// <param name="open">The open shard; owned by the writer from here on.</param>
    /// <param name="announce">Tells the ledger of a shard before its file is made.</param>
    public ShardWriter(
        string directory, IFileLayer files, long shardBytesMax, OpenShard open, Action<int> announce)
    {
        (_directory, _files, _shardBytesMax, _announce) = (directory, files, shardBytesMax, announce);
        _touched = [open];
    }

    /// <summary>Shards made so far.</summary>
    public int Count => _touched[^1].Number + 1;

    /// <summary>Bytes of the open shard.</summary>
    public long OpenBytes => _touched[^1].Bytes;

    /// <summary>Writes a sample's members, in a new shard where the open one has no room.</summary>
    public StoredSample Append(long sequence, Sample sample)
    {
        int length = SampleTar.Write(sample, _members);
        ReadOnlySpan<byte> members = _members.GetBuffer().AsSpan(0, length);
        OpenShard open = _touched[^1];
        if (open.Bytes > 0 && open.Bytes + length + SampleTar.TrailerBytes > _shardBytesMax)
        {
            open.Seal();
            _announce(open.Number + 1);
            string next = ShardName.PathOf(_directory, open.Number + 1);
            open = new OpenShard(open.Number + 1, _files.OpenToAppend(next), ledgeredBytes: 0);
            _touched.Add(open);
        }

        long offset = open.Bytes;
        open.Append(members);
        return new(sequence, sample.Key, sample.Category, open.Number, offset, length, Crc32C.Of(members));
    }

    /// <summary>Makes all that was written durable: the shards, and the directory where it has new names.</summary>
    public void Flush()
    {
        foreach (OpenShard shard in _touched.Where(shard => shard.IsAhead))
        {
            shard.Flush();
        }

        if (_touched.Any(shard => shard.IsNew))
        {
            _files.FlushDirectory(_directory);
        }
    }

    /// <summary>What the ledger has to know of the shards that changed.</summary>
    /// <param name="now">Unix seconds, for shards that were sealed.</param>
    public IReadOnlyList<ShardRow> Changes(long now) => [.. _touched
        .Where(shard => shard.IsAhead)
        .Select(shard => new ShardRow(shard.Number, shard.Bytes, shard.IsSealed, shard.IsSealed ? now : null))];

    /// <summary>The ledger knows the batch: the sealed shards are done with.</summary>
    public void Accept()
    {
        _touched[^1].Accept();
        Drop(_touched[..^1]);
    }

    /// <summary>Cuts every shard back to what the ledger knows; the first one touched is open again.</summary>
    public void RollBack()
    {
        foreach (OpenShard shard in _touched)
        {
            shard.RollBack();
        }

        Drop(_touched[1..]);
    }

    public void Dispose() => Drop([.. _touched]);

    private void Drop(List<OpenShard> shards)
    {
        foreach (OpenShard shard in shards)
        {
            _touched.Remove(shard);
            shard.Dispose();
        }
    }
}
