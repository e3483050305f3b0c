using Engine.Items;

namespace Engine.Store;

/// <summary>Group commit.</summary>
public sealed partial class SampleStore
{
    // Sequence of the newest accepted sample; written under the gate, read anywhere.
    private long _lastSequence;

    /// <summary>Stores a batch as one: all of it is accepted, or, when this throws, none.</summary>
    /// <param name="batch">
    /// Samples whose key is that of their prompt and attempt, of <see cref="StoreOptions.SampleBytesMax"/> at most.
    /// </param>
    /// <param name="cancel">Heeded while another write has the turn; a commit that began is ended.</param>
    /// <returns>
    /// One a sample, in order: where it lies, durable; null when its try had ended already, in the store or earlier in
    /// the batch.
    /// </returns>
    /// <exception cref="ArgumentException">A sample is wrong; the message names it.</exception>
    /// <exception cref="StoreFullException">No space; after a wait the same batch may be given again.</exception>
    /// <exception cref="StoreReadOnlyException">This or an earlier write has an unknown fate.</exception>
    /// <remarks>
    /// (1) Tries that have ended are left out. (2) The members of all others are written. (3) The shards are flushed.
    /// (4) One ledger transaction accepts them. (5) Readers are told.
    /// </remarks>
    public async Task<IReadOnlyList<StoredSample?>> AppendAsync(
        IReadOnlyList<Sample> batch, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Sample sample in batch)
        {
            SampleCheck.Throw(sample, _options.SampleBytesMax);
        }

        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            ThrowUnlessWritable();
            return Commit(batch);
        }
        finally
        {
            _gate.Release();
        }
    }

    private StoredSample?[] Commit(IReadOnlyList<Sample> batch)
    {
        long started = _time.GetTimestamp();
        bool[] isNew = Undecided(batch); // (1)
        List<(Sample Sample, StoredSample Stored)> added = Guarded(() => Write(batch, isNew)); // (2)
        if (added.Count > 0)
        {
            long flushing = _time.GetTimestamp();
            Flush(); // (3)
            TimeSpan fsync = _time.GetElapsedTime(flushing);
            IReadOnlyList<ShardRow> shards = _writer.Changes(NowSeconds);
            Guarded(() => // (4)
            {
                _ledger.Append(added, shards);
                return added;
            });
            _writer.Accept();
            NoteSealed(shards.Where(shard => shard.IsSealed));
            Volatile.Write(ref _lastSequence, added[^1].Stored.Sequence);
            Announce(); // (5)
            _metrics.Committed(
                added.Count, added.Sum(one => (long)one.Stored.Length), fsync, _time.GetElapsedTime(started));
        }

        _metrics.Duplicates(batch.Count - added.Count);
        Queue<StoredSample> answers = new(added.Select(one => one.Stored));
        return [.. isNew.Select(one => one ? answers.Dequeue() : (StoredSample?)null)];
    }

    private bool[] Undecided(IReadOnlyList<Sample> batch)
    {
        HashSet<string> seen = new(batch.Count, StringComparer.Ordinal);
        return Guarded(() => batch
            .Select(sample => seen.Add(sample.Key) && !_ledger.IsEnded(sample.PromptId, sample.Attempt))
            .ToArray());
    }

    private List<(Sample Sample, StoredSample Stored)> Write(IReadOnlyList<Sample> batch, bool[] isNew)
    {
        List<(Sample Sample, StoredSample Stored)> added = [];
        for (int i = 0; i < batch.Count; i++)
        {
            if (isNew[i])
            {
                added.Add((batch[i], _writer.Append(_lastSequence + added.Count + 1, batch[i])));
            }
        }

        return added;
    }

    // A flush that failed may have dropped the pages it could not write and succeed the next time without them, so
    // there is no second try, not even for a full disk.
    private void Flush()
    {
        try
        {
            _writer.Flush();
        }
        catch (Exception unknownFate)
        {
            throw Broken(unknownFate);
        }
    }
}
