using Engine.Items;
using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>Reads a store without taking it: beside the daemon that writes it, or when nobody does.</summary>
/// <remarks>What it sees is what was committed when it looked; the shards under a committed sample never change.
/// </remarks>
public sealed class StoreView : IDisposable
{
    private const int PageSamples = 1024;

    private readonly LedgerReader _ledger;
    private readonly ShardReader _shards;

    private StoreView(string directory)
    {
        Directory = directory;
        _ledger = new LedgerReader(directory);
        _shards = new ShardReader(directory, DiskFiles.Instance);
    }

    /// <summary>The data directory.</summary>
    public string Directory { get; }

    /// <summary>Names the store's stream of sequences: 32 hex digits.</summary>
    public string StreamId { get; private init; } = "";

    /// <summary>Opens a store to read.</summary>
    /// <param name="directory">The data directory.</param>
    /// <returns>The view; the caller disposes it.</returns>
    /// <exception cref="StoreException">There is no ledger, it is not one of ours, or it cannot be read.</exception>
    public static StoreView Open(string directory)
    {
        string path = Path.Combine(Path.GetFullPath(directory), Ledger.FileName);
        if (!File.Exists(path))
        {
            throw new StoreException($"{path} does not exist; the directory holds no store.");
        }

        try
        {
            using SqliteConnection ledger = Ledger.OpenToRead(Path.GetFullPath(directory));
            return LedgerSchema.VersionOf(ledger, path) switch
            {
                0 => throw new StoreException($"{path} is empty; the store was never opened to its end."),
                < LedgerSchema.Version and int old => throw new StoreException(
                    $"{path} has schema {old}, but {LedgerSchema.Version} is read; the daemon, or headwater store "
                    + "repair, brings it up when it opens the store to write."),
                _ => new StoreView(Path.GetFullPath(directory)) { StreamId = Ledger.StreamId(ledger) },
            };
        }
        catch (SqliteException broken)
        {
            throw new StoreException($"{path} cannot be read as a ledger: {broken.Message}", broken);
        }
    }

    /// <summary>The newest accepted sample's sequence; 0 when there is none.</summary>
    public long LastSequence() => _ledger.Read(static ledger =>
        LedgerSchema.Number(ledger, "SELECT COALESCE(MAX(sequence), 0) FROM sample"));

    /// <summary>The first sample kept; 1 when there never was one.</summary>
    public long FirstSequence() => _ledger.Read(static ledger =>
        LedgerSchema.Number(ledger, "SELECT COALESCE(MIN(sequence), 1) FROM sample"));

    /// <summary>Lists samples in order of sequence, a page at a time.</summary>
    /// <param name="afterSequence">The last sequence that is left out; 0 for all that retention kept.</param>
    /// <param name="lastSequence">The last sequence that is listed.</param>
    public IEnumerable<StoredSample> List(long afterSequence, long lastSequence)
    {
        lastSequence = Math.Min(lastSequence, LastSequence());
        for (long after = Math.Max(afterSequence, FirstSequence() - 1); after < lastSequence;)
        {
            long last = Math.Min(lastSequence, after + PageSamples);
            foreach (StoredSample stored in _ledger.List(after + 1, last, world: 1))
            {
                yield return stored;
            }

            after = last;
        }
    }

    /// <summary>Reads one sample and checks it against its CRC-32C.</summary>
    /// <param name="stored">What <see cref="List"/> gave.</param>
    /// <returns>The sample, byte for byte as it was stored.</returns>
    /// <exception cref="SampleDeletedException">Retention has deleted it since it was listed.</exception>
    /// <exception cref="StoreDamagedException">Bytes are missing or changed; it names shard and offset.</exception>
    public Sample Read(in StoredSample stored)
    {
        try
        {
            return _shards.Read(stored);
        }
        catch (StoreDamagedException) when (IsDeleted(stored.Sequence))
        {
            throw new SampleDeletedException(stored.Sequence, FirstSequence());
        }
    }

    /// <summary>Finds a sample.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Where it lies; null where no sample of this key was accepted.</returns>
    public StoredSample? Find(string key) =>
        _ledger.SequenceOf(key) is { } sequence ? _ledger.List(sequence, sequence, world: 1)[0] : null;

    /// <summary>Says how a try ended.</summary>
    /// <param name="promptId">The prompt's id.</param>
    /// <param name="attempt">Which try of it, from 0.</param>
    /// <returns>How; null where it did not end, or never was.</returns>
    public EndedTry? Ended(string promptId, int attempt) => _ledger.Ended(promptId, attempt);

    /// <summary>Reads one sample's tar members as they lie in its shard, and checks them against its CRC-32C.</summary>
    /// <param name="stored">What <see cref="List"/> gave.</param>
    /// <returns>Whole blocks of 512 bytes: headers, contents and padding; owned by the caller.</returns>
    /// <exception cref="SampleDeletedException">Retention has deleted it since it was listed.</exception>
    /// <exception cref="StoreDamagedException">Bytes are missing or changed; it names shard and offset.</exception>
    public byte[] ReadMembers(in StoredSample stored)
    {
        try
        {
            return _shards.ReadMembers(stored);
        }
        catch (StoreDamagedException) when (IsDeleted(stored.Sequence))
        {
            throw new SampleDeletedException(stored.Sequence, FirstSequence());
        }
    }

    /// <summary>Counts what the ledger holds.</summary>
    public StoreStat Stat() => _ledger.Read(static ledger =>
    {
        (Dictionary<string, long> accepted, Dictionary<(string, string Reason), long> rejected) =
            LedgerStateQuery.Tally(ledger);
        IReadOnlyList<ShardRow> shards = Ledger.Shards(ledger);
        return new StoreStat
        {
            Samples = LedgerSchema.Number(ledger, "SELECT COUNT(*) FROM sample"),
            SampleBytes = LedgerSchema.Number(ledger, "SELECT COALESCE(SUM(length), 0) FROM sample"),
            Shards = shards.Count(shard => !shard.IsDeleted),
            SealedShards = shards.Count(shard => shard.IsSealed && !shard.IsDeleted),
            DeletedShards = shards.Count(shard => shard.IsDeleted),
            AcceptedByCategory = accepted,
            RejectedByReason = rejected
                .GroupBy(entry => entry.Key.Reason, entry => entry.Value)
                .ToDictionary(group => group.Key, group => group.Sum()),
            Cursors = Ledger.Cursors(ledger),
        };
    });

    /// <summary>Reads every byte that the ledger answers for, and names all that is wrong.</summary>
    /// <param name="progress">Told the sequence that was checked, about once a thousand samples; may be null.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>One line a finding, in order: shards first, then samples by sequence. Empty when all is well.</returns>
    public IEnumerable<string> Verify(Action<long>? progress, CancellationToken stopping)
    {
        foreach (StoreException problem in Recovery.Problems(
            Directory, _ledger.Read(Ledger.Shards), DiskFiles.Instance))
        {
            if (problem is not StoreDamagedException { Shard: int number } || !IsDeletedShard(number))
            {
                yield return problem.Message;
            }
        }

        (long last, long next) = (LastSequence(), FirstSequence());
        foreach (StoredSample stored in List(0, last))
        {
            stopping.ThrowIfCancellationRequested();
            if (stored.Sequence != next && (next = Math.Max(next, FirstSequence())) != stored.Sequence)
            {
                yield return $"The ledger has a gap: sample {next} is missing before {stored.Sequence} ({stored.Key}).";
            }

            next = stored.Sequence + 1;
            if (Damage(stored) is { } damage)
            {
                yield return damage;
            }

            if (stored.Sequence % PageSamples == 0)
            {
                progress?.Invoke(stored.Sequence);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ledger.Dispose();

    // Retention goes on beside a reader: what is missing may have been deleted since the ledger was asked.
    private bool IsDeleted(long sequence) => sequence < FirstSequence();

    private bool IsDeletedShard(int number) =>
        _ledger.Read(Ledger.Shards).Any(shard => shard.Number == number && shard.IsDeleted);

    private string? Damage(in StoredSample stored)
    {
        try
        {
            _ = Read(stored);
            return null;
        }
        catch (SampleDeletedException)
        {
            return null;
        }
        catch (StoreDamagedException damaged)
        {
            return damaged.Message;
        }
    }
}
