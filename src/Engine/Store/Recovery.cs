namespace Engine.Store;

/// <summary>Brings the shards to what the ledger says when a store is opened.</summary>
/// <remarks>
/// (1) A shard that the ledger does not know is refused: it is not ours to delete. (2) A shard that is missing or
/// shorter than the ledger says, or sealed and longer, is refused: samples were lost or something else wrote to it.
/// (3) What an open shard has beyond its last sample was never accepted and is cut off. (4) The file of a deleted
/// shard, where a stop left it, is unlinked; its absence is as it should be.
/// </remarks>
internal static class Recovery
{
    /// <summary>Checks and cuts; gives the shard to go on with.</summary>
    /// <exception cref="StoreException">Steps 1 and 2; the message names shard, wanted and found.</exception>
    public static OpenShard Run(string directory, Ledger ledger, IFileLayer files)
    {
        if (ledger.PendingRepair() is not null)
        {
            throw new StoreException(
                $"A repair of {directory} was stopped on its way; headwater store repair --apply ends it.");
        }

        IReadOnlyList<ShardRow> shards = ledger.Shards();
        if (Problems(directory, shards, files).FirstOrDefault() is { } first)
        {
            throw first;
        }

        foreach (ShardRow left in shards.Where(shard => shard.IsDeleted))
        {
            files.Delete(ShardName.PathOf(directory, left.Number)); // (4)
        }

        ShardRow[] open = [.. shards.Where(shard => !shard.IsSealed && !shard.IsDeleted)];
        if (open.Length == 0)
        {
            open = [new ShardRow(shards.Count, Bytes: 0, IsSealed: false)];
            ledger.AddShard(shards.Count);
        }

        // Shards after the first open one were announced by a batch that did not end; they have no sample.
        foreach (ShardRow announced in open.Skip(1))
        {
            Cut(directory, announced, files).Dispose();
        }

        return Cut(directory, open[0], files); // (3)
    }

    /// <summary>What keeps a store from being opened: steps 1 and 2 for every shard.</summary>
    public static IEnumerable<StoreException> Problems(
        string directory, IReadOnlyList<ShardRow> shards, IFileLayer files) => Unknown(directory, shards) // (1)
        .Concat(shards
            .Where(shard => !shard.IsDeleted)
            .Select(shard => Damage(directory, shard, files))
            .OfType<StoreException>()); // (2)

    private static IEnumerable<StoreException> Unknown(string directory, IReadOnlyList<ShardRow> shards)
    {
        HashSet<int?> known = [.. shards.Select(shard => (int?)shard.Number)];
        return Directory.EnumerateFiles(directory, ShardName.Pattern)
            .Where(path => !known.Contains(ShardName.NumberOf(Path.GetFileName(path))))
            .Select(path => new StoreException(
                $"{path} is not in the ledger, which knows {shards.Count} shards. Was {Ledger.FileName} lost or "
                + "replaced by an older one? Bring the right ledger back, or see headwater store repair."));
    }

    private static StoreDamagedException? Damage(string directory, ShardRow shard, IFileLayer files)
    {
        long? found = files.LengthBytes(ShardName.PathOf(directory, shard.Number));
        if (found is null && shard.FileBytes > 0)
        {
            return new(
                shard.Number, 0, $"the ledger has {shard.FileBytes} bytes in it; {directory} has no such file.");
        }

        if (found < shard.FileBytes)
        {
            return new(
                shard.Number,
                found.Value,
                $"the ledger has {shard.FileBytes} bytes in it; the file has {found} bytes.");
        }

        return shard.IsSealed && found > shard.FileBytes
            ? new(
                shard.Number, shard.FileBytes, $"it is sealed at {shard.FileBytes} bytes; the file has {found} bytes.")
            : null;
    }

    private static OpenShard Cut(string directory, ShardRow shard, IFileLayer files)
    {
        IShardFile file = files.OpenToAppend(ShardName.PathOf(directory, shard.Number));
        if (file.LengthBytes > shard.Bytes)
        {
            file.Truncate(shard.Bytes);
        }

        return new OpenShard(shard.Number, file, shard.Bytes);
    }
}
