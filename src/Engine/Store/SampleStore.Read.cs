using Engine.Items;

namespace Engine.Store;

/// <summary>Reading, beside the writer.</summary>
public sealed partial class SampleStore
{
    // Completed and replaced at each commit, so that every waiter wakes and looks again.
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sequence of the newest accepted sample, from 1 without gaps; 0 when there is none.</summary>
    public long LastSequence => Volatile.Read(ref _lastSequence);

    /// <summary>Lists accepted samples in sequence.</summary>
    /// <param name="afterSequence">Samples after this one, from 0; what retention deleted is not listed.</param>
    /// <param name="max">At most so many, from 1.</param>
    /// <param name="rank">Samples whose sequence modulo <paramref name="world"/> is this; below it.</param>
    /// <param name="world">Ranks that share the samples, at least 1.</param>
    /// <returns>The samples; fewer than <paramref name="max"/> only at the newest one. Owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public IReadOnlyList<StoredSample> List(long afterSequence, int max, int rank = 0, int world = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSequence);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(world, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, world);
        ObjectDisposedException.ThrowIf(_isClosed, this);
        long newest = LastSequence;
        if (afterSequence >= newest)
        {
            return [];
        }

        long first = Math.Max(afterSequence + 1, FirstSequence);
        first += (rank - (first % world) + world) % world;
        long last = Math.Min(newest, first + ((max - 1L) * world));
        return first > last ? [] : _ledgerReader.List(first, last, world);
    }

    /// <summary>Looks accepted samples up.</summary>
    /// <param name="sequences">Their sequences, in any order.</param>
    /// <returns>The samples in that order, without those that are not there; read as the caller goes on.</returns>
    public IEnumerable<StoredSample> Find(IEnumerable<long> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        foreach (long sequence in sequences)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (sequence >= FirstSequence && _rows.Find(sequence, LastSequence) is { } stored)
            {
                yield return stored;
            }
        }
    }

    /// <summary>Reads one sample and checks it against its CRC-32C. Reads on the caller's thread.</summary>
    /// <param name="stored">What <see cref="List"/> or <see cref="AppendAsync"/> gave.</param>
    /// <param name="cancel">Heeded before the read begins.</param>
    /// <returns>The sample, byte for byte as it was appended; owned by the caller.</returns>
    /// <exception cref="SampleDeletedException">Retention has deleted it since.</exception>
    /// <exception cref="StoreDamagedException">Bytes are missing or changed; it names shard and offset.</exception>
    public ValueTask<Sample> ReadAsync(StoredSample stored, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        cancel.ThrowIfCancellationRequested();
        try
        {
            return new ValueTask<Sample>(_reader.Read(stored));
        }
        catch (StoreDamagedException) when (stored.Sequence < FirstSequence)
        {
            throw new SampleDeletedException(stored.Sequence, FirstSequence);
        }
    }

    /// <summary>Reads samples together and checks each against its CRC-32C: cheaper than each by itself. Reads on the
    /// caller's thread.</summary>
    /// <param name="samples">What <see cref="Find"/> or <see cref="List"/> gave; 2 GiB together at most.</param>
    /// <returns>Each with its sample, byte for byte as it was appended, in memory that is lent.</returns>
    /// <exception cref="SampleDeletedException">Retention has deleted one since.</exception>
    /// <exception cref="StoreDamagedException">Bytes are missing or changed; it names shard and offset.</exception>
    public Lent<(StoredSample Stored, Sample Sample)> Lend(IReadOnlyList<StoredSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ObjectDisposedException.ThrowIf(_isClosed, this);
        try
        {
            return _reader.Lend(samples);
        }
        catch (StoreDamagedException) when (samples.Any(stored => stored.Sequence < FirstSequence))
        {
            throw new SampleDeletedException(samples.Min(stored => stored.Sequence), FirstSequence);
        }
    }

    /// <summary>Reads the JSON member of one sample alone, a few kilobytes. Its bytes are not checked against the
    /// CRC-32C, which is that of the whole sample: what must be right is read by <see cref="ReadAsync"/>.</summary>
    /// <param name="stored">What <see cref="List"/> or <see cref="AppendAsync"/> gave.</param>
    /// <returns>The member's content; owned by the caller.</returns>
    /// <exception cref="StoreDamagedException">The members' headers are missing or changed.</exception>
    public byte[] ReadJson(StoredSample stored)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _reader.ReadJson(stored);
    }

    /// <summary>Waits for newer samples.</summary>
    /// <param name="above">The newest sequence that the caller knows.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Done when <see cref="LastSequence"/> is above it, at once where it is.</returns>
    /// <exception cref="ObjectDisposedException">The store was closed meanwhile.</exception>
    public async Task WaitForSequenceAsync(long above, CancellationToken cancel = default)
    {
        while (true)
        {
            Task changed = _changed.Task; // before the look, so that no commit falls between the two
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (LastSequence > above)
            {
                return;
            }

            await changed.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Reads what the ledger knows of all tries. Seconds for millions of tries: meant for the start.</summary>
    /// <returns>A snapshot, owned by the caller.</returns>
    public LedgerState LoadState()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _ledgerReader.Read(LedgerStateQuery.Run);
    }

    /// <summary>Reads the prompts that were added at run time.</summary>
    /// <returns>In the order in which they were added; owned by the caller.</returns>
    public IReadOnlyList<PromptRow> LoadPrompts()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _ledgerReader.Read(Ledger.Prompts);
    }

    /// <summary>Reads every group's cursors.</summary>
    /// <returns>By group and rank, one world and one order a group; owned by the caller.</returns>
    public IReadOnlyList<GroupCursor> LoadCursors()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _ledgerReader.Read(Ledger.Cursors);
    }

    /// <summary>Reads every boundary.</summary>
    /// <returns>Sequences, ascending; owned by the caller.</returns>
    public IReadOnlyList<long> LoadBoundaries()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return _ledgerReader.Read(Ledger.Boundaries);
    }

    private void Announce() => Interlocked
        .Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
        .TrySetResult();
}
